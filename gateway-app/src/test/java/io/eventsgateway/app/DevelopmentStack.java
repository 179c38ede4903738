package io.eventsgateway.app;

import io.eventsgateway.config.Environment;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A gateway on a real Kafka and a real Redis, for development: {@code mvn -q -Pstack -DskipTests verify}. Ctrl-C stops all of it.
 * Variables of the environment go before its own.
 */
final class DevelopmentStack {

    private DevelopmentStack() {}

    public static void main(String[] args) throws InterruptedException {
        System.err.println("Starting Kafka and Redis …");
        Stack stack = new Stack();
        Map<String, String> variables = new HashMap<>(stack.environment());
        variables.putAll(System.getenv());
        Gateway gateway = Gateway.of(new Environment(variables));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            gateway.close();
                            stack.close();
                        },
                        "stop"));
        gateway.start();
        String jar = "java -jar gateway-app/target/gateway-app.jar";
        System.err.printf(
                """

                        Kafka    %s
                        Redis    127.0.0.1:%d
                        Gateway  http://localhost:%d  (management: %d)

                        Watch:   %s tail process-instance/42
                        Send:    KAFKA_BOOTSTRAP_SERVERS=%s \\
                                   %s publish ai.flowx.eventsgateway.engine.commands.message.v1 --key 42 '{"hello":"world"}'
                        Ctrl-C stops all of it.
                        """,
                stack.kafka().bootstrapServers(),
                stack.redis().port(),
                gateway.port(),
                gateway.managementPort(),
                jar,
                stack.kafka().bootstrapServers(),
                jar);
        new CountDownLatch(1).await();
    }
}
