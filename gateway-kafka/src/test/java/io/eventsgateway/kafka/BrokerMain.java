package io.eventsgateway.kafka;

import java.io.IOException;
import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * A broker's process: gives its storage a cluster id when it has none, then runs Kafka. It ends when its standard input does, so it does not
 * outlive the process that started it, however that ended.
 */
final class BrokerMain {

    private static final String CLUSTER_ID = "ZXZlbnRzLWdhdGV3YXktMQ";

    private BrokerMain() {}

    public static void main(String[] args) {
        Thread watch = new Thread(BrokerMain::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();

        String[] format = {"format", "--ignore-formatted", "-t", CLUSTER_ID, "-c", args[0]};
        if (StorageTool.execute(format, System.out) != 0) {
            Runtime.getRuntime().halt(1);
        }
        Kafka.main(args);
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException gone) {
            // the same as its end
        }
        Runtime.getRuntime().halt(1);
    }
}
