package io.eventsgateway.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LaneOffsetsTest {

    private static final Lane A = new Lane("g", "t", 0);
    private static final Lane B = new Lane("g", "t", 1);

    private final LaneOffsets offsets = new LaneOffsets();

    @Test
    void takesWhatGoesOnFromWhereItIsComplete() {
        assertThat(offsets.take(List.of(new Claim(A, 0, 0, 5), new Claim(B, 1, 0, 3))))
                .isTrue();
        assertThat(offsets.take(List.of(new Claim(A, 0, 2, 4)))).isTrue();

        assertThat(offsets.complete(A, 0)).isEqualTo(5);
        assertThat(offsets.complete(A, 1)).isZero();
        assertThat(offsets.complete(B, 1)).isEqualTo(3);
    }

    @Test
    void refusesACallAsAWhole() {
        offsets.restore(A, 0, 5);
        offsets.restore(B, 1, 3);
        List<Claim> claims = List.of(new Claim(A, 0, 5, 9), new Claim(B, 1, 4, 9));

        assertThat(offsets.take(claims)).isFalse();

        assertThat(offsets.complete(claims)).containsExactly(5L, 3L);
    }

    @Test
    void answersAndRaisesEachClaimOfACheckForItself() {
        offsets.restore(A, 0, 5);
        offsets.restore(B, 1, 3);
        List<Claim> claims = List.of(new Claim(A, 0, 5, 9), new Claim(B, 1, 4, 9));

        assertThat(offsets.check(claims)).containsExactly(5L, 3L);

        assertThat(offsets.complete(claims)).containsExactly(9L, 3L);
    }

    @Test
    void goesOnInTheNextCallWhereTheFirstOneEnds() {
        Claim whole = new Claim(A, 0, 4, 20);
        Claim first = whole.until(11);
        Claim second = whole.after(first);

        assertThat(first).isEqualTo(new Claim(A, 0, 4, 11));
        assertThat(second).isEqualTo(new Claim(A, 0, 11, 20));
        assertThat(whole.until(30)).isEqualTo(whole);
        assertThat(new Claim(A, 0, 25, 20).after(new Claim(A, 0, 25, 11))).isEqualTo(new Claim(A, 0, 25, 20));
    }

    @Test
    void givesNoTwoLanesOneName() {
        assertThat(List.of(
                        new Lane("g", "t-1", 1).name(),
                        new Lane("g", "t", 1).name(),
                        new Lane("1/g", "t", 1).name(),
                        new Lane("g/t", "t", 1).name(),
                        new Lane("g", "t", 11).name(),
                        new Lane("1/g", "t-1", 1).name()))
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new Lane("g", "a/b", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Lane("g", "a", -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Claim(A, 0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
