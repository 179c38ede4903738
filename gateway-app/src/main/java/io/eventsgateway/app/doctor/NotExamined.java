package io.eventsgateway.app.doctor;

/** Something can't be looked at, because something else fails, of which another check reports. */
final class NotExamined extends Exception {

    private static final long serialVersionUID = 1;

    NotExamined(String why) {
        super(why, null, false, false);
    }
}
