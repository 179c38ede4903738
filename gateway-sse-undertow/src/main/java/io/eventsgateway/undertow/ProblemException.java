package io.eventsgateway.undertow;

/** A request gets a problem for an answer. */
final class ProblemException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    ProblemException(int status, String detail) {
        super(detail, null, false, false);
        this.problem = new Problem(status, detail);
    }

    Problem problem() {
        return problem;
    }
}
