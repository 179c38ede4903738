package io.eventsgateway.undertow;

/**
 * How much callers may take of one replica; {@link SseSettings} tells what each means.
 *
 * @param destinationsPerSubject of all streams of one subject together
 * @param destinations that are followed for all streams together
 * @param anonymousPerAddress streams without a token of one address and organisation
 * @param anonymous streams without a token
 */
public record Bounds(int destinationsPerSubject, int destinations, int anonymousPerAddress, int anonymous) {

    /** What a destination costs of the heap, measured with 6,400 of them: the hub's, the log's and the stream's side of it. */
    private static final int BYTES_A_DESTINATION = 2700;

    /** The part of the heap that destinations may take. */
    private static final int PART_OF_HEAP = 4;

    /** As the settings' defaults say, for the heap of this process. */
    public static final Bounds DEFAULT =
            new Bounds(500, destinations(Runtime.getRuntime().maxMemory()), 1000, 10_000);

    /** How many destinations a heap may hold: a quarter of it, at 2,700 bytes each. */
    static int destinations(long heapBytes) {
        return (int) Math.min(Integer.MAX_VALUE, heapBytes / PART_OF_HEAP / BYTES_A_DESTINATION);
    }
}
