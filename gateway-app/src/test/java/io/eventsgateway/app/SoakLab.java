package io.eventsgateway.app;

import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Two replicas for half an hour at 500 records a second, with clients that are cut and come back all the time, ten of them a second:
 * {@code mvn -q -Pfaults -Dlab=SoakLab -DskipTests verify}, with {@code -Dminutes=5} for less.
 */
final class SoakLab {

    private static final int CLIENTS = 500;
    private static final int RATE = 500;
    private static final int LOOKS = 6;

    private SoakLab() {}

    public static void main(String[] args) {
        long nanos = Duration.ofMinutes(Integer.getInteger("minutes", 30)).toNanos();
        Random random = new Random(Long.getLong("seed", 1));
        try (KafkaBroker kafka = new KafkaBroker(Map.of("auto.create.topics.enable", "false"));
                RedisServer redis = RedisServer.v70();
                Lab lab = new Lab(
                        "soak",
                        kafka,
                        Map.of("SPRING_DATA_REDIS_HOST", "127.0.0.1", "SPRING_DATA_REDIS_PORT", "" + redis.port()),
                        CLIENTS,
                        RATE)) {
            lab.addReplica();
            lab.addReplica();
            lab.begin(CLIENTS, lab::awaitCalm);
            long began = System.nanoTime();
            for (int look = 0; look <= LOOKS; look++) {
                while (System.nanoTime() - began < nanos * look / LOOKS) {
                    List<LabClients.One> all = lab.clients().all();
                    all.get(random.nextInt(all.size())).cutAndReturn();
                    lab.pass(0.1);
                }
                long minute = Duration.ofNanos(System.nanoTime() - began).toMinutes();
                for (GatewayProcess replica : lab.replicas()) {
                    System.out.printf(
                            "minute %d: resident %d MB, %s%n",
                            minute, replica.residentMegabytes(), Footprint.of(replica, redis.uri()));
                }
            }
            System.out.println(Lab.Result.HEAD + "\n" + lab.finish());
        }
        System.exit(0);
    }
}
