package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ServicesTest {

    @Test
    void probesTheOthersWhereOneThrows() throws InterruptedException {
        CountDownLatch probed = new CountDownLatch(1);
        ServiceHealth broken = service("issuer", () -> {
            throw new IllegalStateException("no client");
        });
        ServiceHealth sound = service("runtimeManager", () -> {
            probed.countDown();
            return CompletableFuture.completedFuture("");
        });

        try (Services services = new Services(List.of(broken, sound))) {
            services.start();

            assertThat(probed.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ServiceHealth service(String name, Supplier<CompletionStage<String>> probe) {
        return new ServiceHealth(name, name, "http://id", "BASE", probe, System::nanoTime);
    }
}
