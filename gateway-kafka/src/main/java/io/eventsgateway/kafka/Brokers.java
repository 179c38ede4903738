package io.eventsgateway.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Asks who answers at the bootstrap addresses before a client is made. A client takes the first four bytes of any answer for its length and
 * takes as much memory, whatever it is: the alert of a server that speaks TLS is 352 MB so, and the answer of an HTTP server 1.2 GB. Clients have
 * no setting for the largest answer. Any thread may call; a call blocks for a second or two per address.
 */
public final class Brokers {

    private static final int PATIENCE_MILLIS = 1000;
    private static final int LARGEST = 1024 * 1024;
    private static final int CORRELATION = 0x45474757;

    /** ApiVersions, version 0, from a client without a name; its length first. Brokers answer it before anybody logs in. */
    private static final byte[] QUESTION = ByteBuffer.allocate(14)
            .putInt(10)
            .putShort((short) 18)
            .putShort((short) 0)
            .putInt(CORRELATION)
            .putShort((short) -1)
            .array();

    private Brokers() {}

    /**
     * What a client may be made with: the same, without the bootstrap addresses where something else than Kafka answers. Those where nobody
     * answers stay, for clients to say why.
     *
     * @throws KafkaException if there is none left, saying what answers instead
     */
    static Map<String, Object> checked(Map<String, Object> properties) {
        List<String> left = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String address :
                String.valueOf(properties.get("bootstrap.servers")).split(",", -1)) {
            String other = otherThanKafka(address.strip(), properties);
            if (other == null) {
                left.add(address.strip());
            } else {
                others.add(address.strip() + " " + other);
            }
        }
        if (left.isEmpty()) {
            throw new KafkaException("no Kafka at the bootstrap servers: " + String.join("; ", others));
        }
        Map<String, Object> checked = new HashMap<>(properties);
        checked.put("bootstrap.servers", String.join(",", left));
        TokenLogin.replace(checked);
        return checked;
    }

    /** What a client may be made with that asks one address alone, of which somebody has made sure that it is Kafka. */
    public static Map<String, Object> at(String address, Map<String, Object> properties) {
        Map<String, Object> alone = new HashMap<>(properties);
        alone.put("bootstrap.servers", address);
        TokenLogin.replace(alone);
        return alone;
    }

    /** What answers at an address in place of Kafka, in words; null for Kafka, and for nobody. */
    private static @Nullable String otherThanKafka(String address, Map<String, Object> properties) {
        String host = Utils.getHost(address);
        Integer port = Utils.getPort(address);
        if (host == null || port == null) {
            return null;
        }
        try {
            return otherThanKafka(host, port, properties);
        } catch (IOException | KafkaException nobody) {
            return null;
        }
    }

    /**
     * What answers at an address in place of Kafka, in words; null for Kafka.
     *
     * @throws IOException if nobody answers, or TLS fails
     * @throws KafkaException if the certificates that are set can't be used
     */
    public static @Nullable String otherThanKafka(String host, int port, Map<String, Object> properties)
            throws IOException {
        String protocol = String.valueOf(properties.getOrDefault("security.protocol", "PLAINTEXT"));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (!protocol.endsWith("SSL")) {
                return isKafka(socket, protocol);
            }
            SSLSocketFactory tls = tls(properties);
            if (tls == null) {
                return null;
            }
            try (SSLSocket secured = (SSLSocket) tls.createSocket(socket, host, port, false)) {
                return isKafka(secured, protocol);
            }
        }
    }

    /** The same of a connection. */
    private static @Nullable String isKafka(Socket socket, String protocol) throws IOException {
        new DataOutputStream(socket.getOutputStream()).write(QUESTION);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (length > 0 && length <= LARGEST) {
            return in.readInt() == CORRELATION ? null : "answers, but does not speak Kafka";
        }
        if (length >>> 16 == 0x1503) {
            return "speaks TLS, and the security protocol is " + protocol;
        }
        return length == 0x48545450 ? "speaks HTTP, not Kafka" : "answers, but does not speak Kafka";
    }

    /** How the clients speak TLS; null where a class of the operator's own says how. */
    private static @Nullable SSLSocketFactory tls(Map<String, Object> properties) {
        if (properties.containsKey("ssl.engine.factory.class")) {
            return null;
        }
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AdminClientConfig(properties).values());
            return factory.sslContext().getSocketFactory();
        }
    }
}
