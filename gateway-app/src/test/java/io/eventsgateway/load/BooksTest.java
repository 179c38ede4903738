package io.eventsgateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BooksTest {

    private final Books books = new Books();

    @Test
    void areInOrderWhenEverythingCameOnce() {
        enter(0, 1, 2, 3);

        assertThat(books.lost(4)).isZero();
        assertThat(books.twice()).isZero();
        assertThat(books.reordered()).isZero();
    }

    @Test
    void missWhatDidNotCome() {
        enter(0, 2);

        assertThat(books.lost(5)).isEqualTo(3);
    }

    @Test
    void tellWhatCameAgainAndDoNotTakeItForAnother() {
        enter(0, 1, 1, 0);

        assertThat(books.twice()).isEqualTo(2);
        assertThat(books.reordered()).isZero();
        assertThat(books.lost(3)).isEqualTo(1);
    }

    @Test
    void tellWhatCameAfterALaterOne() {
        enter(0, 3, 1, 2, 4);

        assertThat(books.reordered()).isEqualTo(2);
        assertThat(books.lost(5)).isZero();
    }

    @Test
    void forgetARun() {
        enter(0, 5, 1, 1);

        books.clear();
        enter(0, 1);

        assertThat(books.lost(2)).isZero();
        assertThat(books.twice()).isZero();
        assertThat(books.reordered()).isZero();
    }

    private void enter(int... numbers) {
        for (int number : numbers) {
            books.enter(number);
        }
    }
}
