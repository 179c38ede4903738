package io.eventsgateway.app;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.eventsgateway.config.Secrets;
import java.nio.charset.StandardCharsets;

/**
 * Log lines for people: one for each event, whatever is in it, and each line of an exception behind two blanks. Nobody whose text
 * gets into a log writes a line that looks like another one. Without user information in URLs and without PEM.
 */
final class TextLines extends PatternLayoutEncoder {

    private static final String FORBIDDEN = "\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069";
    /** Of the request that a line is about, where it is about one. */
    private static final String IDS =
            "%replace( request=%X{requestId}){' request=$',''}%replace( trace=%X{traceId}){' trace=$',''}";

    private static final String PATTERN =
            "%replace(%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{20} %msg" + IDS + "){'["
                    + FORBIDDEN + "]',' '}%n"
                    + "%replace(%replace(%ex){'[" + FORBIDDEN + "&&[^\\r\\n\\t]]',' '}){'(?m)^','  '}";

    TextLines() {
        setPattern(PATTERN);
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return Secrets.hideInLog(layout.doLayout(event)).getBytes(StandardCharsets.UTF_8);
    }
}
