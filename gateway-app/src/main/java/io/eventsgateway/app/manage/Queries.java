package io.eventsgateway.app.manage;

import io.eventsgateway.undertow.RequestUrl;

/** Reads the parameters of operators' questions. */
final class Queries {

    private Queries() {}

    /**
     * A whole number between bounds.
     *
     * @throws IllegalArgumentException with what to change
     */
    static int number(RequestUrl url, String name, int fallback, int least, int most) {
        String text = url.value(name);
        if (text == null) {
            return fallback;
        }
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new IllegalArgumentException(name + " is a number from " + least + " to " + most + ".");
    }

    /**
     * A part of a whole: above 0, and 1 for all of it.
     *
     * @throws IllegalArgumentException with what to change
     */
    static double share(String text) {
        double share = text.matches("[01]?\\.?[0-9]{0,9}") && text.matches(".*[0-9].*") ? Double.parseDouble(text) : 0;
        if (share <= 0 || share > 1) {
            throw new IllegalArgumentException("share is a part above 0 up to 1, as 0.3.");
        }
        return share;
    }
}
