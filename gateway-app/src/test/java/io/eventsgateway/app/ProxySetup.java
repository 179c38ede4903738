package io.eventsgateway.app;

import java.util.Locale;
import java.util.Set;

/** A proxy with one of the files of {@code docs/ingress}, and one way in. What it can do is what the file's document says. Immutable. */
enum ProxySetup {
    NGINX_PLAIN(ProxyServer.NGINX, "nginx-plain.conf", "`proxy_pass` alone", Trait.TELLS),
    NGINX(ProxyServer.NGINX, "nginx.conf", "two replicas", Trait.TELLS, Trait.COMES_BACK),
    NGINX_H2(ProxyServer.NGINX, "nginx.conf", "TLS, HTTP/2", Trait.TELLS, Trait.HTTP2),
    NGINX_RULE(ProxyServer.NGINX, "nginx-ingress-rule.conf", "the rule of FlowX's guide", Trait.TELLS),
    NGINX_GZIP(ProxyServer.NGINX, "nginx-gzip.conf", "gzip", Trait.TELLS, Trait.GZIP),
    HAPROXY(ProxyServer.HAPROXY, "haproxy.cfg", "two replicas", Trait.TELLS, Trait.COMES_BACK),
    HAPROXY_H2(ProxyServer.HAPROXY, "haproxy.cfg", "TLS, HTTP/2", Trait.TELLS, Trait.HTTP2),
    HAPROXY_H2C(ProxyServer.HAPROXY, "haproxy-h2c.cfg", "HTTP/2 behind", Trait.TELLS),
    APACHE(ProxyServer.APACHE, "apache.conf", "two replicas"),
    APACHE_TLS(ProxyServer.APACHE, "apache.conf", "TLS, HTTP/1.1", Trait.TLS),
    CADDY(ProxyServer.CADDY, "Caddyfile", "two replicas", Trait.TELLS, Trait.COMES_BACK),
    CADDY_H2(ProxyServer.CADDY, "Caddyfile", "TLS, HTTP/2", Trait.TELLS, Trait.HTTP2),
    VARNISH(ProxyServer.VARNISH, "varnish.vcl", "`pipe`", Trait.TELLS),
    SQUID(ProxyServer.SQUID, "squid.conf", "reverse proxy", Trait.TELLS);

    private final ProxyServer server;
    private final String file;
    private final String variant;
    private final Set<Trait> traits;

    /** What not all do. */
    private enum Trait {
        /** Closes a stream's connection to the gateway as soon as its client has left, and not only when something is to be written. */
        TELLS,
        /** Compresses. */
        GZIP,
        /** Speaks TLS with clients. */
        TLS,
        /** Speaks HTTP/2 with clients, which is by TLS. */
        HTTP2,
        /** Asks clients to come back where no replica is there, which is no error to them. */
        COMES_BACK
    }

    ProxySetup(ProxyServer server, String file, String variant, Trait... traits) {
        this.server = server;
        this.file = file;
        this.variant = variant;
        this.traits = Set.of(traits);
    }

    ProxyServer server() {
        return server;
    }

    /** The name of its file in {@code docs/ingress}. */
    String file() {
        return file;
    }

    /** A name for destinations of its own. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean tellsThatClientsLeave() {
        return traits.contains(Trait.TELLS);
    }

    boolean compresses() {
        return traits.contains(Trait.GZIP);
    }

    boolean hasHttp2InFront() {
        return traits.contains(Trait.HTTP2);
    }

    boolean isSecure() {
        return traits.contains(Trait.TLS) || hasHttp2InFront();
    }

    boolean asksToComeBack() {
        return traits.contains(Trait.COMES_BACK);
    }

    /** As a row of a table begins. */
    @Override
    public String toString() {
        return name().replaceAll("_.*", "").toLowerCase(Locale.ROOT) + " | " + variant;
    }
}
