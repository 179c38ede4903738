package io.eventsgateway.app.doctor;

import io.eventsgateway.config.HostAndPort;
import io.eventsgateway.kafka.Brokers;
import io.eventsgateway.kafka.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;

/**
 * Looks at one bootstrap server: whether its name resolves, it takes connections, speaks Kafka, and lets the gateway in.
 *
 * @param cluster learns of a server that does
 * @param left how many servers have not been found wanting
 */
record KafkaServerCheck(HostAndPort server, KafkaCluster cluster, AtomicInteger left) {

    private static final String BOOTSTRAP = "KAFKA_BOOTSTRAP_SERVERS";

    String name() {
        return "kafka server " + address();
    }

    private String address() {
        return server.toString();
    }

    List<Finding> look() {
        Finding found = null;
        try {
            found = found();
        } finally {
            if ((found == null || found.verdict() == Verdict.FAIL) && left.decrementAndGet() == 0) {
                cluster.notFound();
            }
        }
        return List.of(found);
    }

    private Finding found() {
        try {
            InetAddress.getAllByName(server.host());
            String other = Brokers.otherThanKafka(server.host(), server.port(), cluster.properties());
            return other == null ? login() : Finding.fail(name(), other, ofAnotherKind(other));
        } catch (UnknownHostException unknown) {
            return fail(
                    "the name " + server.host() + " can't be resolved",
                    "correct " + BOOTSTRAP + ", or the name service of this machine");
        } catch (SSLException tls) {
            return fail(
                    "TLS fails: " + Reason.of(tls),
                    "compare KAFKA_SECURITY_PROTOCOL with the listener at this port; if it speaks TLS, give the authority of its "
                            + "certificate: SPRING_KAFKA_SSL_TRUST_STORE_LOCATION or SPRING_KAFKA_SSL_BUNDLE");
        } catch (ConnectException refused) {
            return fail(
                    "nobody listens there: " + refused.getMessage(),
                    "correct host and port in " + BOOTSTRAP + ", and see whether the broker runs");
        } catch (SocketTimeoutException silent) {
            return fail(
                    "no answer: " + silent.getMessage(),
                    "see whether a firewall drops what is sent there, and whether this is a port of Kafka");
        } catch (IOException cut) {
            return fail(
                    "the connection ends: " + Reason.of(cut),
                    "compare KAFKA_SECURITY_PROTOCOL with the listener at this port");
        } catch (KafkaException unusable) {
            return fail("the certificates can't be used: " + Reason.of(unusable), "see SPRING_KAFKA_SSL_*");
        }
    }

    private static String ofAnotherKind(String other) {
        return other.contains("TLS")
                ? "set KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL, as the listener has it"
                : "correct the port in " + BOOTSTRAP;
    }

    private Finding login() {
        Admin admin = null;
        try {
            admin = cluster.ask(address());
            String id = KafkaCluster.answer(admin.describeCluster().clusterId());
            cluster.found(address(), admin);
            admin = null;
            return Finding.ok(
                    name(),
                    "lets " + KafkaPrincipal.of(cluster.properties()) + " in, by "
                            + cluster.properties().get("security.protocol") + "; cluster id " + id);
        } catch (AuthenticationException refused) {
            return fail(
                    "refuses the login of " + KafkaPrincipal.of(cluster.properties()) + ": " + cluster.why(refused),
                    "correct user and password, or the certificate (docs/kafka.md, To log in)");
        } catch (ClusterAuthorizationException denied) {
            return fail(
                    KafkaPrincipal.of(cluster.properties()) + " may not connect: " + cluster.why(denied),
                    "see docs/kafka.md, Rights");
        } catch (org.apache.kafka.common.errors.TimeoutException silent) {
            return fail(
                    "speaks Kafka, but does not answer requests: " + cluster.why(silent),
                    "the listener may want a login or TLS (KAFKA_SECURITY_PROTOCOL), or the address that the broker announces "
                            + "(advertised.listeners) can't be reached from here");
        } catch (Throwable failed) {
            return fail("no client can be made: " + cluster.why(failed), "see docs/kafka.md, To log in");
        } finally {
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
        }
    }

    private Finding fail(String seen, String advice) {
        return Finding.fail(name(), seen, advice);
    }
}
