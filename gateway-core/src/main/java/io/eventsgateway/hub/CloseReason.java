package io.eventsgateway.hub;

import java.util.Locale;

/** Why a subscription is over. */
public enum CloseReason {
    /** All its destinations were ended; coming back is of no use until they are opened anew. */
    ENDED,
    /** The client went away, or has to come back for an event whose rest is not there any more. */
    GONE,
    /** A fault of the gateway ended it; the client comes back. */
    FAILED,
    /** The client accepted nothing for too long. */
    STALLED,
    /** The client's token expired. */
    EXPIRED,
    /** The stream is as old as streams may become; its client comes back. */
    AGE,
    /** The gateway stops, or its operator ended the stream; its client comes back. */
    STOPPED;

    /** The word in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
