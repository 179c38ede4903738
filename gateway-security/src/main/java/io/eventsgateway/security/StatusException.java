package io.eventsgateway.security;

import java.io.IOException;

/** A service's answer that is none to what was asked. */
final class StatusException extends IOException {

    private static final long serialVersionUID = 1;

    StatusException(int status) {
        super("status " + status);
    }
}
