package io.eventsgateway.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
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
        for (String address : addresses(properties).split(",", -1)) {
            Answer answer = answer(address.strip(), properties);
            if (answer.who() == Who.ANOTHER) {
                others.add(address.strip() + " " + answer.text());
            } else {
                left.add(address.strip());
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

    /** That Kafka answers at none of the bootstrap addresses, and why, in words; empty where it does. */
    static String silence(Map<String, Object> properties) {
        List<String> silent = new ArrayList<>();
        for (String address : addresses(properties).split(",", -1)) {
            Answer answer = answer(address.strip(), properties);
            if (answer.who() == Who.KAFKA) {
                return "";
            }
            silent.add(address.strip() + " (" + answer.text() + ")");
        }
        return "Kafka does not answer at " + String.join(", ", silent) + " ("
                + KafkaClientSettings.BOOTSTRAP_SERVERS.name() + ")";
    }

    /** Where a cluster is asked for, as it was configured. */
    static String addresses(Map<String, Object> properties) {
        return String.valueOf(properties.get("bootstrap.servers"));
    }

    private enum Who {
        KAFKA,
        ANOTHER,
        NOBODY
    }

    /** Who answers at an address; who is not Kafka in words. */
    private record Answer(Who who, String text) {
        static final Answer OF_KAFKA = new Answer(Who.KAFKA, "");

        static Answer another(String what) {
            return new Answer(Who.ANOTHER, what);
        }

        static Answer nobody(String why) {
            return new Answer(Who.NOBODY, why);
        }
    }

    private static Answer answer(String address, Map<String, Object> properties) {
        String host = Utils.getHost(address);
        Integer port = Utils.getPort(address);
        if (host == null || port == null) {
            return Answer.nobody("no address");
        }
        try {
            return asked(host, port, properties);
        } catch (UnknownHostException | UnresolvedAddressException unknown) {
            return Answer.nobody("unknown host");
        } catch (SocketTimeoutException slow) {
            return Answer.nobody("no answer within " + PATIENCE_MILLIS / 1000 + " s");
        } catch (EOFException closed) {
            return Answer.nobody("connection closed");
        } catch (IOException | KafkaException nobody) {
            return Answer.nobody(Reason.of(nobody));
        }
    }

    /**
     * What answers at an address in place of Kafka, in words; null for Kafka, and where it is not asked.
     *
     * @throws IOException if nobody answers, or TLS fails
     * @throws KafkaException if the certificates that are set can't be used
     */
    public static @Nullable String otherThanKafka(String host, int port, Map<String, Object> properties)
            throws IOException {
        Answer answer = asked(host, port, properties);
        return answer.who() == Who.ANOTHER ? answer.text() : null;
    }

    private static Answer asked(String host, int port, Map<String, Object> properties) throws IOException {
        String protocol = String.valueOf(properties.getOrDefault("security.protocol", "PLAINTEXT"));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (!protocol.endsWith("SSL")) {
                return isKafka(socket, protocol);
            }
            SSLSocketFactory tls = tls(properties);
            if (tls == null) {
                return Answer.nobody("not asked: TLS is up to ssl.engine.factory.class");
            }
            try (SSLSocket secured = (SSLSocket) tls.createSocket(socket, host, port, false)) {
                return isKafka(secured, protocol);
            }
        }
    }

    /** The same of a connection. */
    private static Answer isKafka(Socket socket, String protocol) throws IOException {
        new DataOutputStream(socket.getOutputStream()).write(QUESTION);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (length > 0 && length <= LARGEST) {
            return in.readInt() == CORRELATION ? Answer.OF_KAFKA : Answer.another("answers, but does not speak Kafka");
        }
        if (length >>> 16 == 0x1503) {
            return Answer.another("speaks TLS, and the security protocol is " + protocol);
        }
        return Answer.another(length == 0x48545450 ? "speaks HTTP, not Kafka" : "answers, but does not speak Kafka");
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
