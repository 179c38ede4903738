package io.eventsgateway.app;

import java.nio.file.Path;
import java.util.List;

/** How each proxy is run by a user of its own beside others: its files in one folder, in the foreground. Immutable. */
enum ProxyServer {
    NGINX("""
            daemon off;
            worker_processes 1;
            pid FOLDER/nginx.pid;
            error_log FOLDER/error.log;
            events { worker_connections 4096; }
            http {
                access_log off;
                client_body_temp_path FOLDER/body;
                proxy_temp_path FOLDER/proxy;
                fastcgi_temp_path FOLDER/fastcgi;
                uwsgi_temp_path FOLDER/uwsgi;
                scgi_temp_path FOLDER/scgi;
                include SHOWN;
            }
            """, "nginx", "-e", "FOLDER/error.log", "-p", "FOLDER", "-c", "MAIN"),
    HAPROXY("", "haproxy", "-db", "-f", "SHOWN"),
    APACHE("""
            ServerRoot FOLDER
            ServerName localhost
            PidFile FOLDER/httpd.pid
            ErrorLog FOLDER/error.log
            DefaultRuntimeDir FOLDER
            User nobody
            Group nogroup
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            LoadModule slotmem_shm_module /usr/lib/apache2/modules/mod_slotmem_shm.so
            LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
            LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
            LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
            LoadModule proxy_balancer_module /usr/lib/apache2/modules/mod_proxy_balancer.so
            LoadModule lbmethod_byrequests_module /usr/lib/apache2/modules/mod_lbmethod_byrequests.so
            LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
            Include SHOWN
            """, "apache2", "-DFOREGROUND", "-f", "MAIN"),
    CADDY("", "caddy", "run", "--adapter", "caddyfile", "--config", "SHOWN"),
    VARNISH(
            "",
            "varnishd",
            "-F",
            "-j",
            "none",
            "-n",
            "FOLDER/varnish",
            "-s",
            "malloc,32m",
            "-a",
            ":CLEAR",
            "-f",
            "SHOWN"),
    SQUID("""
            pid_filename FOLDER/squid.pid
            cache_log FOLDER/error.log
            access_log none
            netdb_filename none
            coredump_dir FOLDER
            pinger_enable off
            visible_hostname localhost
            max_filedescriptors 4096
            include SHOWN
            """, "squid", "-N", "-f", "MAIN");

    private final String main;
    private final List<String> command;

    ProxyServer(String main, String... command) {
        this.main = main;
        this.command = List.of(command);
    }

    /**
     * What a distribution has around the file that is shown: what every site has, and where a server's own files are.
     *
     * @param shown where that file is
     */
    String main(Path folder, Path shown) {
        return fill(main, folder, shown, 0);
    }

    /**
     * The command that starts it.
     *
     * @param shown where the file that is shown is
     * @param clear the port to listen on, for those whose file does not say
     */
    List<String> command(Path folder, Path shown, int clear) {
        return command.stream().map(word -> fill(word, folder, shown, clear)).toList();
    }

    private static String fill(String text, Path folder, Path shown, int clear) {
        return text.replace("FOLDER", folder.toString())
                .replace("MAIN", folder.resolve("main.conf").toString())
                .replace("SHOWN", shown.toString())
                .replace("CLEAR", Integer.toString(clear));
    }
}
