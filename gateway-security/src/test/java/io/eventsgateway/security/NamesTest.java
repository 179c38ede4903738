package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    private static final String UUID = "11111111-1111-4111-8111-111111111111";

    @ParameterizedTest
    @CsvSource({
        "f:1, ann, f:1 user:ann, ann",
        "f:1, f:2, f:1 user:f:2, f:2",
        "f:1, '', f:1, ",
        "f:1, , f:1, ",
        "user:bob, ann, sub:user:bob user:ann, ann",
        "sub:x, ann, sub:sub:x user:ann, ann",
        "f:1, user:bob, f:1 user:user:bob, ",
        "f:1, sub:x, f:1 user:sub:x, ",
        "f:1, " + UUID + ", f:1 user:" + UUID + ", ",
        "f:1, '\u0001', f:1, ",
        "f:1, '\ud800', f:1, "
    })
    void keepsSubjectsAndUserNamesApart(String subject, String userName, String names, String bare) {
        Set<String> expected = Set.of(names.split(" ", -1));

        assertThat(new Names(false).of(subject, userName)).isEqualTo(expected);
        Set<String> matched = new Names(true).of(subject, userName);
        assertThat(matched).containsAll(expected);
        if (bare == null) {
            assertThat(matched).isEqualTo(expected);
        } else {
            assertThat(matched).hasSize(expected.size() + 1).contains(bare);
        }
    }

    @Test
    void takesNothingButATextForAUserName() {
        assertThat(new Names(true).of("f:1", 7)).containsExactly("f:1");
        assertThat(new Names(true).of("f:1", List.of("ann"))).containsExactly("f:1");
    }

    @Test
    void takesNoRoleForAnothers() {
        Map<String, ?> realm =
                Map.of("roles", Arrays.asList("clerk", "account/manage-account", "/x", 7, null, "a\nb", "\ud800"));
        Map<String, ?> clients = Map.of(
                "account", Map.of("roles", List.of("view-profile", "a/b")),
                "https://app.example.com/saml", Map.of("roles", List.of("reader")),
                "none", "garbage");

        assertThat(Names.roles(realm, clients))
                .containsExactlyInAnyOrder("clerk", "account/view-profile", "https://app.example.com/saml/reader");
        assertThat(Names.roles("garbage", List.of())).isEmpty();
        assertThat(Names.roles(null, null)).isEmpty();
    }
}
