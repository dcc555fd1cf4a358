package memwall.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RandomStreamsTest {
  private static long first(long seed, String component, String purpose) {
    return new RandomStreams(seed).stream(component, purpose).nextLong();
  }

  @Test
  void sameSeedAndNamesGiveTheSameNumbers() {
    RandomStreams streams = new RandomStreams(7);
    RandomStream a = streams.stream("client", "arrivals");
    RandomStream other = streams.stream("client", "lengths");
    RandomStream b = new RandomStreams(7).stream("client", "arrivals");
    for (int i = 0; i < 100; i++) {
      other.nextLong();
      assertThat(a.nextLong()).isEqualTo(b.nextLong());
    }
  }

  @Test
  void everySeedComponentAndPurposeHasItsOwnStream() {
    Set<Long> firsts = new HashSet<>();
    int streams = 0;
    for (long seed = -5; seed < 5; seed++) {
      for (int component = 0; component < 50; component++) {
        for (int purpose = 0; purpose < 20; purpose++) {
          firsts.add(first(seed, "c" + component, "p" + purpose));
          streams++;
        }
      }
    }
    assertThat(firsts).hasSize(streams);
  }

  @Test
  void theBoundaryBetweenTheNamesMatters() {
    assertThat(first(1, "ab", "c")).isNotEqualTo(first(1, "a", "bc"));
    assertThat(first(1, "a", "")).isNotEqualTo(first(1, "", "a"));
    assertThat(first(1, "a\nb", "")).isNotEqualTo(first(1, "a", "\nb"));
  }

  @Test
  void neighbouringSeedsDifferInHalfOfTheBits() {
    long differing = 0;
    for (long seed = 0; seed < 1_000; seed++) {
      differing += Long.bitCount(first(seed, "c", "p") ^ first(seed + 1, "c", "p"));
    }
    assertThat(differing).isBetween(31_500L, 32_500L);
  }
}
