package io.eventsgateway.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.classic.util.LevelToSyslogSeverity;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.config.Secrets;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Log lines for collectors that know a convention of names: one JSON object each, which {@link JsonLines} makes safe. The members are
 * those that Spring Boot 3.5 writes. Any thread may call.
 */
final class StructuredLines extends EncoderBase<ILoggingEvent> {

    private static final String SERVICE = "events-gateway";
    private static final byte[] NOTHING = {};

    private final ObjectMapper mapper = new ObjectMapper();
    private final AppSettings.Structure structure;
    private final String host = ReplicaName.host();
    private final long pid = ProcessHandle.current().pid();

    StructuredLines(AppSettings.Structure structure) {
        this.structure = structure;
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        Map<String, Object> members =
                switch (structure) {
                    case ECS -> ecs(event);
                    case GELF -> gelf(event);
                    case LOGSTASH, NONE -> logstash(event);
                };
        try {
            return JsonLines.line(mapper.writeValueAsString(members));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Map<String, Object> ecs(ILoggingEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("@timestamp", event.getInstant().toString());
        members.put("log", Map.of("level", event.getLevel().toString(), "logger", event.getLoggerName()));
        members.put("process", Map.of("pid", pid, "thread", Map.of("name", shown(event.getThreadName()))));
        members.put(
                "service",
                Map.of("name", SERVICE, "version", ManagementHandler.version(), "node", Map.of("name", host)));
        members.put("message", message(event));
        event.getMDCPropertyMap().forEach((name, value) -> {
            switch (name) {
                case "requestId" -> members.put("http", Map.of("request", Map.of("id", shown(value))));
                case "traceId" -> members.put("trace", Map.of("id", shown(value)));
                default -> members.putIfAbsent(name, shown(value));
            }
        });
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("type", thrown.getClassName());
            if (thrown.getMessage() != null) {
                error.put("message", shown(thrown.getMessage()));
            }
            error.put("stack_trace", stack(thrown));
            members.put("error", error);
        }
        members.put("ecs", Map.of("version", "8.11"));
        return members;
    }

    private Map<String, Object> logstash(ILoggingEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("@timestamp", event.getInstant().toString());
        members.put("@version", "1");
        members.put("message", message(event));
        members.put("logger_name", event.getLoggerName());
        members.put("thread_name", shown(event.getThreadName()));
        members.put("level", event.getLevel().toString());
        members.put("level_value", event.getLevel().toInt());
        event.getMDCPropertyMap().forEach((name, value) -> members.putIfAbsent(name, shown(value)));
        if (event.getThrowableProxy() != null) {
            members.put("stack_trace", stack(event.getThrowableProxy()));
        }
        return members;
    }

    private Map<String, Object> gelf(ILoggingEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        String message = message(event);
        members.put("version", "1.1");
        members.put("host", host);
        members.put("short_message", message.isBlank() ? "(blank)" : message);
        members.put("timestamp", BigDecimal.valueOf(event.getTimeStamp(), 3));
        members.put("level", LevelToSyslogSeverity.convert(event));
        members.put("_level_name", event.getLevel().toString());
        members.put("_process_pid", pid);
        members.put("_process_thread_name", shown(event.getThreadName()));
        members.put("_service_version", ManagementHandler.version());
        members.put("_log_logger", event.getLoggerName());
        event.getMDCPropertyMap().forEach((name, value) -> members.putIfAbsent("_" + name, shown(value)));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            String stack = stack(thrown);
            members.put("full_message", message + "\n\n" + stack);
            members.put("_error_type", thrown.getClassName());
            if (thrown.getMessage() != null) {
                members.put("_error_message", shown(thrown.getMessage()));
            }
            members.put("_error_stack_trace", stack);
        }
        return members;
    }

    private static String message(ILoggingEvent event) {
        return shown(event.getFormattedMessage());
    }

    private static String stack(IThrowableProxy thrown) {
        return shown(ThrowableProxyUtil.asString(thrown));
    }

    private static String shown(String text) {
        return Secrets.hideInLog(text);
    }
}
