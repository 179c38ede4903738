package io.eventsgateway.log;

import java.time.Duration;
import java.time.Instant;

class InMemoryEventLogTest extends EventLogContract {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final EventLog log = new InMemoryEventLog(RETENTION, () -> now);

    @Override
    protected EventLog log() {
        return log;
    }

    @Override
    protected void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    protected void forgetData() {
        pass(RETENTION.multipliedBy(2));
    }
}
