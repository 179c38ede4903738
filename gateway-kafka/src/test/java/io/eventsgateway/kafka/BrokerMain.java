package io.eventsgateway.kafka;

import java.io.IOException;

/** Runs a broker that ends with the process that started it, however that ended: its standard input is closed then. */
final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] args) {
        Thread watch = new Thread(BrokerMain::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        kafka.Kafka.main(args);
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
