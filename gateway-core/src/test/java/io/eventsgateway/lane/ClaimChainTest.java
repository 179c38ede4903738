package io.eventsgateway.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClaimChainTest {

    private static final Lane A = new Lane("g", "t", 0);
    private static final Lane B = new Lane("g", "t", 1);

    private record Item(Lane lane, long offset) {}

    @Test
    void claimsEachPartUpToTheNextOne() {
        Map<Lane, Claim> whole = Map.of(A, new Claim(A, 0, 4, 20), B, new Claim(B, 0, 9, 30));

        List<List<Claim>> claims = of(
                whole,
                List.of(
                        List.of(new Item(A, 10), new Item(A, 11)),
                        List.of(new Item(B, 25), new Item(A, 13)),
                        List.of(new Item(B, 27))));

        assertThat(claims)
                .containsExactly(
                        List.of(new Claim(A, 0, 4, 13)),
                        List.of(new Claim(B, 0, 9, 27), new Claim(A, 0, 13, 20)),
                        List.of(new Claim(B, 0, 27, 30)));
    }

    @Test
    void doesNotClaimARecordOfWhichTheNextCallHasMore() {
        List<List<Claim>> claims = of(
                Map.of(A, new Claim(A, 0, 0, 5)),
                List.of(List.of(new Item(A, 1), new Item(A, 3)), List.of(new Item(A, 3))));

        assertThat(claims).containsExactly(List.of(new Claim(A, 0, 0, 3)), List.of(new Claim(A, 0, 3, 5)));
    }

    @Test
    void refusesAnEntryOfALaneWithoutAClaim() {
        assertThatThrownBy(() -> of(Map.of(), List.of(List.of(new Item(A, 1)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Whenever the chain breaks off, the store is complete up to no more than it has. */
    @Test
    void neverRaisesALaneOverWhatIsStillToBeSent() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            List<Item> items = new ArrayList<>();
            long[] next = {5, 5};
            for (int n = random.nextInt(20) + 1; n > 0; n--) {
                int lane = random.nextInt(2);
                next[lane] += random.nextInt(3);
                items.add(new Item(lane == 0 ? A : B, next[lane]));
            }
            // some of it is known from before, when it was read the first time
            long known = random.nextInt(3) * 5L;
            LaneOffsets offsets = new LaneOffsets();
            Map<Lane, Claim> whole = Map.of(A, new Claim(A, 0, known, 100), B, new Claim(B, 0, known, 100));
            offsets.take(List.of(new Claim(A, 0, 0, known), new Claim(B, 0, 0, known)));
            List<List<Item>> calls = cut(items, random);
            List<List<Claim>> claims = of(whole, calls);

            for (int call = 0; call < calls.size(); call++) {
                assertThat(offsets.take(claims.get(call))).as("-Dseed=%d", seed).isTrue();
                for (List<Item> later : calls.subList(call + 1, calls.size())) {
                    for (Item item : later) {
                        assertThat(offsets.complete(item.lane(), 0))
                                .as("-Dseed=%d", seed)
                                .isLessThanOrEqualTo(Math.max(item.offset(), known));
                    }
                }
            }
            for (Item item : items) {
                assertThat(offsets.complete(item.lane(), 0))
                        .as("-Dseed=%d", seed)
                        .isEqualTo(100);
            }
        }
    }

    private static List<List<Item>> cut(List<Item> items, Random random) {
        List<List<Item>> calls = new ArrayList<>();
        int from = 0;
        while (from < items.size()) {
            int to = Math.min(items.size(), from + 1 + random.nextInt(5));
            calls.add(items.subList(from, to));
            from = to;
        }
        return calls;
    }

    private static List<List<Claim>> of(Map<Lane, Claim> whole, List<List<Item>> calls) {
        return ClaimChain.of(whole, calls, Item::lane, Item::offset);
    }
}
