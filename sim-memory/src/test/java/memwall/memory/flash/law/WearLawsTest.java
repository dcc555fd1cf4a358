package memwall.memory.flash.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import memwall.core.Randomized;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.api.Test;

/** Lifetime and read disturb against the tables, and their inverses. */
final class WearLawsTest {
  private static final long GIB = 1L << 30;
  private static final double YEAR_SECONDS = 365.25 * 86_400;

  @Test
  void lifetimeTable() {
    for (Row row : FlashTable.rows("lifetime_budget", 225)) {
      Lifetime lifetime =
          new Lifetime(
              row.whole("capacity_GiB") * GIB,
              row.number("pe_limit"),
              row.number("write_amp"),
              row.number("refresh_interval_h"),
              0);
      double years = row.number("years");
      double rate = lifetime.hostWriteBytesPerSec(years);
      row.agrees("pe_spent_on_refresh", lifetime.refreshCyclesPerYear() * years, 0);
      row.agrees("host_write_MBps", rate / 1e6, 0);
      row.agrees("host_TB_per_day", rate * 86_400 / 1e12, 0);
      row.agrees("dwpd", lifetime.driveWritesPerDay(years), 0);
      assertThat(lifetime.years(rate)).isCloseTo(years, within(1e-9));
    }
  }

  @Test
  void readDisturbTable() {
    for (Row row : FlashTable.rows("read_disturb", 48)) {
      ReadDisturb disturb =
          new ReadDisturb(
              512 * GIB,
              4096,
              row.whole("pages_per_block"),
              (long) row.number("read_disturb_threshold_X"));
      double stream = row.number("stream_GBps") * 1e9;
      row.agrees("full_scan_s", disturb.scanSeconds(stream), 0);
      row.agrees("block_reads_per_s", disturb.blockReadsPerSec(stream), 0);
      row.agrees("refresh_every_s", disturb.refreshSeconds(stream), 0);
      row.agrees("pe_per_year_from_reads", disturb.cyclesPerYear(stream), 0);
      row.agrees("years_to_100kPE", disturb.years(100_000, stream), 0);
      row.agrees("refresh_write_MBps", disturb.refreshBytesPerSec(stream) / 1e6, 0);
      double most = disturb.maxReadBytesPerSec(100_000, 10);
      row.agrees("max_avg_read_GBps_10y_100kPE", most / 1e9, 0);
      assertThat(disturb.years(100_000, most)).isCloseTo(10, within(1e-9));
    }
  }

  /** The balance itself, not the formula that is derived from it. */
  @Test
  void cyclesAddUp() {
    Randomized.check(
        500,
        random -> {
          Lifetime lifetime =
              new Lifetime(
                  random.nextLong(1, 1L << 45),
                  random.nextDouble(1, 1e6),
                  random.nextDouble(1, 10),
                  random.nextBoolean() ? 0 : random.nextDouble(1, 1000),
                  random.nextBoolean() ? 0 : random.nextDouble(0, 1e5));
          double rate = random.nextDouble(0, 1e9);
          double years = lifetime.years(rate);
          double programmed = years * YEAR_SECONDS * rate * lifetime.writeAmplification();
          double refresh =
              lifetime.refreshIntervalHours() == 0
                  ? 0
                  : years * 8766 / lifetime.refreshIntervalHours();
          double used =
              programmed / lifetime.capacityBytes()
                  + refresh
                  + years * lifetime.disturbCyclesPerYear();
          assertThat(used / lifetime.cycleLimit()).isCloseTo(1, within(1e-9));
          Lifetime.Shares shares = lifetime.shares(rate);
          assertThat(shares.host() + shares.cleaning() + shares.refresh() + shares.disturb())
              .isCloseTo(1, within(1e-12));
          assertThat(shares.refresh()).isCloseTo(refresh / used, within(1e-9));
          assertThat((shares.host() + shares.cleaning()) / shares.host())
              .isCloseTo(lifetime.writeAmplification(), within(1e-9));
        });
  }

  @Test
  void nothingWears() {
    Lifetime idle = new Lifetime(GIB, 1000, 2, 0, 0);
    assertThat(idle.years(0)).isInfinite();
    assertThat(idle.shares(0)).isEqualTo(new Lifetime.Shares(0, 0, 0, 0));
  }

  /** With what is needed, it lasts exactly as long as was asked for. */
  @Test
  void neededRoundTrip() {
    Randomized.check(
        500,
        random -> {
          Lifetime old =
              new Lifetime(
                  random.nextLong(GIB, 1L << 45),
                  random.nextDouble(1e4, 1e6),
                  random.nextDouble(1, 6),
                  random.nextDouble(24, 1000),
                  random.nextDouble(0, 100));
          double years = random.nextDouble(1, 15);
          double rate = random.nextDouble(1e6, 1e9);
          Lifetime.Needed needed = old.needed(years, rate);
          lasts(years, needed.writeAmplification(), a -> amplified(old, a).years(rate));
          lasts(years, needed.cycleLimit(), limit -> limited(old, limit).years(rate));
          lasts(years, needed.hostWriteBytesPerSec(), old::years);
          lasts(years, needed.refreshIntervalHours(), h -> refreshed(old, h).years(rate));
          if (needed.capacityBytes().isPresent()) {
            long bytes = needed.capacityBytes().orElseThrow();
            assertThat(ofCapacity(old, bytes).years(rate))
                .isGreaterThanOrEqualTo(years * (1 - 1e-12));
            assertThat(ofCapacity(old, bytes - bytes / 1000 - 1).years(rate)).isLessThan(years);
          }
          // Empty only where the extreme value is still not enough.
          if (needed.writeAmplification().isEmpty()) {
            assertThat(amplified(old, 1).years(rate)).isLessThan(years);
          }
          if (needed.refreshIntervalHours().isEmpty()) {
            assertThat(refreshed(old, 0).years(rate)).isLessThan(years);
          }
          if (needed.hostWriteBytesPerSec().isEmpty()) {
            assertThat(old.years(0)).isLessThan(years);
            assertThat(needed.capacityBytes()).isEmpty();
          }
        });
  }

  private interface Years {
    double of(double value);
  }

  private static void lasts(double years, OptionalDouble value, Years of) {
    value.ifPresent(given -> assertThat(of.of(given)).isCloseTo(years, within(1e-9 * years)));
  }

  private static Lifetime ofCapacity(Lifetime old, long bytes) {
    return new Lifetime(
        bytes,
        old.cycleLimit(),
        old.writeAmplification(),
        old.refreshIntervalHours(),
        old.disturbCyclesPerYear());
  }

  private static Lifetime limited(Lifetime old, double limit) {
    return new Lifetime(
        old.capacityBytes(),
        limit,
        old.writeAmplification(),
        old.refreshIntervalHours(),
        old.disturbCyclesPerYear());
  }

  private static Lifetime amplified(Lifetime old, double amplification) {
    return new Lifetime(
        old.capacityBytes(),
        old.cycleLimit(),
        amplification,
        old.refreshIntervalHours(),
        old.disturbCyclesPerYear());
  }

  private static Lifetime refreshed(Lifetime old, double hours) {
    return new Lifetime(
        old.capacityBytes(),
        old.cycleLimit(),
        old.writeAmplification(),
        hours,
        old.disturbCyclesPerYear());
  }

  /** Refresh every hour alone uses up 1000 cycles in less than a year. */
  @Test
  void emptyWhereNothingHelps() {
    Lifetime.Needed needed = new Lifetime(GIB, 1000, 1, 1, 0).needed(5, 1);
    assertThat(needed.writeAmplification()).isEmpty();
    assertThat(needed.capacityBytes()).isEmpty();
    assertThat(needed.hostWriteBytesPerSec()).isEmpty();
    assertThat(needed.cycleLimit().orElseThrow()).isGreaterThan(43_000);
    assertThat(needed.refreshIntervalHours().orElseThrow()).isBetween(43.0, 44.0);
    assertThat(new Lifetime(GIB, 1000, 1, 1, 0).neededFullness(5, 1, x -> 1)).isEmpty();
    assertThat(new Lifetime(GIB, 1000, 1, 1, 0).neededPhysicalBytes(5, 1, 1, x -> 1)).isEmpty();
  }

  @Test
  void neededOverProvisioning() {
    Lifetime device = new Lifetime(512 * GIB, 100_000, 1, 24, 0);
    double rate = 150e6;
    double fullness = device.neededFullness(5, rate, WriteAmplification::fifo).orElseThrow();
    assertThat(amplified(device, WriteAmplification.fifo(fullness)).years(rate))
        .isCloseTo(5, within(1e-6));
    long user = 400 * GIB;
    long physical =
        device.neededPhysicalBytes(5, rate, user, WriteAmplification::fifo).orElseThrow();
    assertThat(physical).isGreaterThan(user);
    double amplification = WriteAmplification.fifo((double) user / physical);
    assertThat(amplified(ofCapacity(device, physical), amplification).years(rate))
        .isCloseTo(5, within(1e-6));
    // A write rate so low that no spare space is needed at all leaves full flash.
    assertThat(device.neededFullness(5, 1, x -> 1).orElseThrow()).isCloseTo(1, within(1e-9));
  }
}
