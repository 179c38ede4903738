package io.eventsgateway.app.doctor;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who the gateway is to the brokers, as far as its settings say: the brokers do not. */
final class KafkaPrincipal {

    private static final Pattern USERNAME = Pattern.compile("username=\"([^\"]*)\"|username='([^']*)'");

    private KafkaPrincipal() {}

    /** As an access control list names it, or in words. */
    static String of(Map<String, Object> properties) {
        String protocol = String.valueOf(properties.getOrDefault("security.protocol", "PLAINTEXT"));
        if (protocol.startsWith("SASL")) {
            Matcher name = USERNAME.matcher(String.valueOf(properties.get("sasl.jaas.config")));
            if (name.find()) {
                return "User:" + (name.group(1) == null ? name.group(2) : name.group(1));
            }
            Object client = properties.get("sasl.oauthbearer.client.credentials.client.id");
            return client == null ? "the user of the login" : "the user of the OAuth client " + client;
        }
        boolean certificate =
                properties.containsKey("ssl.keystore.location") || properties.containsKey("ssl.keystore.key");
        return protocol.equals("SSL") && certificate ? "the user of the client certificate" : "User:ANONYMOUS";
    }
}
