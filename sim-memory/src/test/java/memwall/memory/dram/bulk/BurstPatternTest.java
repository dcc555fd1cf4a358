package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.stream.LongStream;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

final class BurstPatternTest {
  private static BurstPattern random(java.util.SplittableRandom random) {
    long unit = 1L + random.nextInt(9);
    long bursts = unit * (1L + random.nextInt(300));
    long first = random.nextInt(1000);
    return switch (random.nextInt(3)) {
      case 0 -> BurstPattern.run(first, bursts);
      case 1 -> BurstPattern.strided(first, bursts, unit);
      default -> BurstPattern.scattered(first, bursts, unit, random.nextInt(5));
    };
  }

  @Test
  void everyBurstOfTheRegionOnceAndThenAgain() {
    Randomized.check(
        500,
        random -> {
          BurstPattern pattern = random(random);
          BitSet seen = new BitSet();
          for (long position = 0; position < pattern.bursts(); position++) {
            int burst = (int) (pattern.burst(position) - pattern.first());
            assertThat(burst).isBetween(0, (int) pattern.bursts() - 1);
            assertThat(seen.get(burst)).isFalse();
            seen.set(burst);
            assertThat(pattern.burst(position + pattern.bursts()))
                .isEqualTo(pattern.burst(position));
          }
        });
  }

  @Test
  void runLengthsAreContiguous() {
    Randomized.check(
        200,
        random -> {
          BurstPattern pattern = random(random);
          long position = random.nextLong(3 * pattern.bursts());
          long length = pattern.runLength(position);
          assertThat(length).isBetween(1L, pattern.bursts());
          for (long i = 1; i < length; i++) {
            assertThat(pattern.burst(position + i)).isEqualTo(pattern.burst(position) + i);
          }
        });
  }

  @Test
  void stridesGoAround() {
    BurstPattern pattern = BurstPattern.strided(100, 12, 4);
    assertThat(LongStream.of(0, 1, 2, 3, 4, 11, 12).map(pattern::burst))
        .containsExactly(100L, 104L, 108L, 101L, 105L, 111L, 100L);
  }

  @Test
  void blocksAreScatteredBySeed() {
    BurstPattern one = BurstPattern.scattered(0, 1 << 16, 16, 1);
    BurstPattern other = BurstPattern.scattered(0, 1 << 16, 16, 2);
    int inOrder = 0;
    int same = 0;
    for (long block = 1; block < 1 << 12; block++) {
      inOrder += one.burst(block * 16) == one.burst(block * 16 - 16) + 16 ? 1 : 0;
      same += one.burst(block * 16) == other.burst(block * 16) ? 1 : 0;
    }
    assertThat(inOrder).isLessThan(10);
    assertThat(same).isLessThan(10);
  }

  @Test
  void badRegionsAreRefused() {
    refused(
        () -> BurstPattern.run(-1, 1),
        "region of 1 bursts from -1; must be at least 1 from 0 or more");
    refused(
        () -> BurstPattern.run(0, 0),
        "region of 0 bursts from 0; must be at least 1 from 0 or more");
    refused(
        () -> BurstPattern.strided(0, 12, 5),
        "stride of 5 bursts does not divide the region of 12");
    refused(
        () -> BurstPattern.scattered(0, 12, 5, 0),
        "block of 5 bursts does not divide the region of 12");
    refused(() -> new BurstPattern(0, 12, 2, 2, 0), "blocks are scattered or strided, not both");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
