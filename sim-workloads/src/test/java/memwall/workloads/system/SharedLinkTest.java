package memwall.workloads.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;

/** Streams on one link, worked out by hand, and the law that they never exceed it. */
class SharedLinkTest {
  private static final long US = 1_000_000;

  /** One byte per microsecond. */
  private static final long SLOW = 1_000_000;

  @Test
  void aloneAtTheRateOfTheSlowerSide() {
    SharedLink link = new SharedLink(10 * SLOW);
    assertThat(link.pass(0, 0, 100 * SLOW, 50)).isEqualTo(5 * US);
    assertThat(link.pass(10 * US, 12 * US, SLOW, 50)).isEqualTo(62 * US);
    assertThat(link.freeBytesPerSec(11 * US)).isEqualTo(10 * SLOW);
    assertThat(link.freeBytesPerSec(12 * US)).isEqualTo(9 * SLOW);
    assertThat(link.freeBytesPerSec(62 * US)).isEqualTo(10 * SLOW);
  }

  @Test
  void theSecondStreamTakesWhatTheFirstLeaves() {
    SharedLink link = new SharedLink(10 * SLOW);
    // 6 of 10 until 10 us.
    assertThat(link.pass(0, 0, 6 * SLOW, 60)).isEqualTo(10 * US);
    // 4 bytes a microsecond until then, 40 in all; of its 8 a microsecond 40 wait at 10 us. These
    // go
    // at 10 a microsecond while 8 come: 20 us; all 176 have come at 22 us.
    assertThat(link.pass(0, 0, 8 * SLOW, 80)).isEqualTo(14 * US);
    SharedLink longer = new SharedLink(10 * SLOW);
    longer.pass(0, 0, 6 * SLOW, 60);
    // 100 us of data. 40 wait at 10 us and are gone at 30 us; from there on as it comes.
    assertThat(longer.pass(0, 0, 8 * SLOW, 800)).isEqualTo(100 * US);
    assertThat(longer.freeBytesPerSec(5 * US)).isZero();
    assertThat(longer.freeBytesPerSec(20 * US)).isZero();
    assertThat(longer.freeBytesPerSec(40 * US)).isEqualTo(2 * SLOW);
  }

  @Test
  void aLinkThatIsTakenKeepsAllWaiting() {
    SharedLink link = new SharedLink(10 * SLOW);
    assertThat(link.pass(0, 0, 10 * SLOW, 100)).isEqualTo(10 * US);
    assertThat(link.pass(0, 3 * US, 10 * SLOW, 10)).isEqualTo(11 * US);
    assertThat(link.pass(0, 0, 20 * SLOW, 10)).isEqualTo(12 * US);
  }

  /** Whatever is asked for: no rate is given twice, no byte is lost, work is never put off. */
  @Test
  void nothingExceedsTheLink() {
    Randomized.check(
        300,
        random -> {
          long rate = 1L + random.nextInt(1_000_000_000);
          SharedLink link = new SharedLink(rate);
          long nowPs = 0;
          long lastPs = 0;
          double bytesSum = 0;
          long firstPs = -1;
          List<Long> ends = new ArrayList<>();
          for (int i = 0; i < 40; i++) {
            nowPs += random.nextInt(3) == 0 ? random.nextInt(50_000_000) : 0;
            long startPs = nowPs + random.nextInt(2) * random.nextLong(20_000_000);
            long source = 1L + random.nextInt(2_000_000_000);
            long bytes = 1L + random.nextInt(5_000);
            firstPs = firstPs < 0 ? startPs : Math.min(firstPs, startPs);
            long endPs = link.pass(nowPs, startPs, source, bytes);
            ends.add(endPs);
            bytesSum += bytes;
            lastPs = Math.max(lastPs, endPs);
            // Not before its last byte has come, nor faster than the link.
            assertThat(endPs)
                .isGreaterThanOrEqualTo(
                    startPs + Units.transferPs(bytes, Math.min(source, rate)) - 1);
            // All that was asked for so far has passed by the last end: it fits the link.
            assertThat(bytesSum).isLessThanOrEqualTo((lastPs - firstPs) * 1e-12 * rate + 1e-3);
            for (Long end : ends) {
              if (end > nowPs) {
                assertThat(link.freeBytesPerSec(end)).isBetween(0L, rate);
              }
            }
          }
          assertThat(link.freeBytesPerSec(lastPs)).isEqualTo(rate);
        });
  }

  /** Two saturating streams end when the link has moved the bytes of both, whatever comes first. */
  @Test
  void twoStreamsTakeTheirSum() {
    Randomized.check(
        200,
        random -> {
          long rate = 1_000L * (1 + random.nextInt(1_000_000));
          SharedLink link = new SharedLink(rate);
          long one = 1L + random.nextInt(1_000_000);
          long other = 1L + random.nextInt(1_000_000);
          long first = link.pass(0, 0, 1 + rate / 2 + random.nextInt(1_000), one);
          long second = link.pass(0, 0, rate, other);
          long bothPs = Units.transferPs(one + other, rate);
          // Unless the slower one still comes when the other is through.
          long alonePs = Units.transferPs(one, Math.min(rate, 1 + rate / 2));
          assertThat(Math.max(first, second)).isBetween(bothPs, Math.max(bothPs, alonePs) + 2);
        });
  }

  @Test
  void timeCanBeShifted() {
    Randomized.check(
        50,
        random -> {
          SharedLink one = new SharedLink(1_000_000);
          SharedLink other = new SharedLink(1_000_000);
          long deltaPs = random.nextLong(1L << 50);
          for (int i = 0; i < 20; i++) {
            long start = random.nextInt(100);
            long source = 1L + random.nextInt(2_000_000);
            long bytes = 1L + random.nextInt(100);
            long endPs = one.pass(0, start, source, bytes);
            if (i < 10) {
              assertThat(other.pass(0, start, source, bytes)).isEqualTo(endPs);
            } else {
              if (i == 10) {
                other.shift(deltaPs);
              }
              assertThat(other.pass(deltaPs, deltaPs + start, source, bytes))
                  .isEqualTo(endPs + deltaPs);
            }
          }
          List<Long> state = new ArrayList<>();
          List<Long> shifted = new ArrayList<>();
          one.describe(state::add, 5);
          other.describe(shifted::add, deltaPs + 5);
          assertThat(shifted).isEqualTo(state);
        });
  }
}
