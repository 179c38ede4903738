package io.eventsgateway.lane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The claims of calls that together have what a batch has under one tag. Such calls are sent in turn, each when the one before was taken, and
 * none after one that was not: with calls that are under way together, one that is taken would raise what the store has over the entries of
 * one that is lost.
 */
public final class ClaimChain {

    private ClaimChain() {}

    /**
     * The claims of each call, in the order of the calls.
     *
     * @param whole the claim of each lane for the whole batch, as {@link LaneClaims#of} makes it
     * @param calls the entries of each call: those of one lane in the order of their offsets from call to call
     * @param lane the lane of an entry, one of those that have a claim
     * @param offset its offset
     */
    public static <E> List<List<Claim>> of(
            Map<Lane, Claim> whole, List<List<E>> calls, Function<E, Lane> lane, ToLongFunction<E> offset) {
        List<Map<Lane, Long>> firsts = new ArrayList<>();
        for (List<E> call : calls) {
            Map<Lane, Long> first = new LinkedHashMap<>();
            call.forEach(entry -> first.merge(lane.apply(entry), offset.applyAsLong(entry), Math::min));
            firsts.add(first);
        }
        Map<Lane, Claim> left = new LinkedHashMap<>(whole);
        List<List<Claim>> claims = new ArrayList<>();
        for (int i = 0; i < firsts.size(); i++) {
            List<Map<Lane, Long>> later = firsts.subList(i + 1, firsts.size());
            List<Claim> ofCall = new ArrayList<>();
            for (Lane each : firsts.get(i).keySet()) {
                Claim rest = left.get(each);
                if (rest == null) {
                    throw new IllegalArgumentException("lane must have a claim, got " + each);
                }
                Claim claim = rest.until(first(each, later));
                left.put(each, rest.after(claim));
                ofCall.add(claim);
            }
            claims.add(ofCall);
        }
        return claims;
    }

    /** The first offset that later calls have of a lane; more than any where they have none. */
    private static long first(Lane lane, List<Map<Lane, Long>> later) {
        return later.stream()
                .mapToLong(firsts -> firsts.getOrDefault(lane, Long.MAX_VALUE))
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
