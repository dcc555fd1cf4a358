package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.law.BandwidthLaw;
import org.junit.jupiter.api.Test;

/** What would have to change, put into effect. */
class LifetimeEstimateTest {
  private static final long GIB = 1L << 30;
  private static final double DAY_S = 86_400;
  private static final FlashGeometry GEOMETRY = WearSimulationTest.geometry(512, 512);
  private static final long CAPACITY = 512 * GIB;

  private static FlashWear wear(int endurance, double retentionS) {
    return new FlashWear(endurance, 1_000_000, retentionS, 85, 1.1, 0, 5);
  }

  private static HostSpec spec(double refreshS, int threshold, int readLimit) {
    return new HostSpec(1, 0, 1, threshold, refreshS, 1, readLimit, 1);
  }

  private static final BandwidthLaw LAW = BandwidthLaw.of(1, 1, 1, 1);
  private static final int[] PRESENT = new int[6];

  /** With each of the values alone a device lasts just as long as was asked for. */
  @Test
  void neededRoundTrip() {
    Randomized.check(3_000, LifetimeEstimateTest::roundTrip);
    for (int present : PRESENT) {
      assertThat(present).isGreaterThan(200);
    }
  }

  private static void roundTrip(SplittableRandom random) {
    FlashWear wear = wear(1 + random.nextInt(100_000), (1 + random.nextInt(100)) * DAY_S);
    HostSpec spec =
        spec(
            random.nextBoolean() ? 0 : random.nextDouble(0.1, 3) * DAY_S,
            random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(50),
            random.nextBoolean() ? 1_000_000 : Integer.MAX_VALUE);
    long resting = random.nextLong(CAPACITY);
    WearLoad load =
        new WearLoad(
            resting,
            1 + random.nextLong(CAPACITY - resting),
            random.nextInt(5) == 0 ? 0 : StrictMath.exp(random.nextDouble(10, 20)),
            random.nextBoolean() ? 0 : StrictMath.exp(random.nextDouble(20, 28)),
            random.nextDouble(30, 95));
    LifetimeEstimate estimate = LifetimeEstimate.of(GEOMETRY, wear, spec, load);
    double years = random.nextDouble(0.5, 10);
    LifetimeEstimate.Needed needed = estimate.needed(years);
    needed
        .writeBytesPerSec()
        .ifPresent(
            rate -> {
              PRESENT[0]++;
              lasts(years, with(wear, spec, writes(load, rate)));
            });
    needed
        .readBytesPerSec()
        .ifPresent(
            rate -> {
              if (rate < Double.POSITIVE_INFINITY) {
                PRESENT[1]++;
                WearLoad slower = reads(load, rate * (1 - 1e-12));
                assertThat(with(wear, spec, slower).years()).isGreaterThan(years * (1 - 1e-9));
              }
            });
    needed
        .intervalSeconds()
        .ifPresent(
            interval -> {
              PRESENT[2]++;
              HostSpec other =
                  spec(interval * (1 + 1e-12), spec.levellingThreshold(), spec.readLimit());
              FlashWear endless = wear(wear.endurance(), Double.POSITIVE_INFINITY);
              assertThat(with(endless, other, load).years()).isGreaterThan(years * (1 - 1e-9));
              HostSpec shorter = spec(interval * 0.99, spec.levellingThreshold(), spec.readLimit());
              if (estimate.readsIntervalSeconds() > interval) {
                assertThat(with(endless, shorter, load).years()).isLessThan(years);
              }
            });
    needed
        .celsius()
        .ifPresent(
            celsius -> {
              PRESENT[3]++;
              WearLoad other =
                  new WearLoad(
                      load.restingBytes(),
                      load.passingBytes(),
                      load.writeBytesPerSec(),
                      load.readBytesPerSec(),
                      celsius - 1e-9);
              assertThat(with(wear, spec, other).years()).isGreaterThan(years * (1 - 1e-6));
            });
    double endurance = needed.endurance().orElseThrow();
    assertThat(endurance / wear.endurance() * estimate.years())
        .isCloseTo(years, within(1e-9 * years));
    PRESENT[4]++;
    needed
        .stacks()
        .ifPresent(
            stacks -> {
              PRESENT[5]++;
              assertThat(stacks * estimate.years()).isGreaterThan(years * (1 - 1e-8));
              assertThat((stacks - 1) * estimate.years()).isLessThan(years);
            });
    // Where it lasts as it is, nothing is asked for that is not there.
    if (estimate.years() > years * 1.0001) {
      assertThat(needed.intervalSeconds().orElse(0))
          .isLessThanOrEqualTo(estimate.intervalSeconds());
      assertThat(needed.stacks()).hasValue(1);
    }
  }

  private static LifetimeEstimate with(FlashWear wear, HostSpec spec, WearLoad load) {
    return LifetimeEstimate.of(GEOMETRY, wear, spec, load);
  }

  private static void lasts(double years, LifetimeEstimate estimate) {
    assertThat(estimate.years()).isCloseTo(years, within(1e-6 * years));
  }

  private static WearLoad writes(WearLoad load, double rate) {
    return new WearLoad(
        load.restingBytes(), load.passingBytes(), rate, load.readBytesPerSec(), load.celsius());
  }

  private static WearLoad reads(WearLoad load, double rate) {
    return new WearLoad(
        load.restingBytes(), load.passingBytes(), load.writeBytesPerSec(), rate, load.celsius());
  }

  /** 512 GiB, 100,000 cycles, refreshed every day: 342.1 MB/s or 53.8 full writes a day. */
  @Test
  void warranty() {
    FlashWear wear = wear(100_000, Double.POSITIVE_INFINITY);
    WearLoad load = new WearLoad(CAPACITY - GIB, GIB, 100e6, 0, 85);
    LifetimeEstimate estimate = with(wear, spec(DAY_S, Integer.MAX_VALUE, Integer.MAX_VALUE), load);
    assertThat(estimate.warrantyBytesPerSec() / 1e6).isCloseTo(342.1, within(0.1));
    assertThat(estimate.warrantyDriveWritesPerDay()).isCloseTo(53.8, within(0.1));
    assertThat(estimate.yearsLeftAtWarranty(25_000)).isEqualTo(3.75);
    assertThat(estimate.yearsLeft(50_000)).isCloseTo(estimate.years() / 2, within(1e-9));
    assertThat(estimate.yearsLeft(200_000)).isZero();
    assertThat(estimate.limiting()).isEqualTo(WriteCause.HOST);
    assertThat(estimate.levellingIntervalSeconds()).isInfinite();
  }

  /** Nothing is written and nothing has to be. */
  @Test
  void lastsForEver() {
    LifetimeEstimate estimate =
        with(
            wear(100, Double.POSITIVE_INFINITY),
            spec(0, 16, Integer.MAX_VALUE),
            new WearLoad(GIB, 0, 0, 1e12, 85));
    assertThat(estimate.years()).isInfinite();
    assertThat(estimate.needed(5).stacks()).hasValue(1);
    assertThat(estimate.needed(5).writeBytesPerSec()).isEmpty();
    assertThat(estimate.needed(5).readBytesPerSec().orElseThrow()).isInfinite();
    assertThat(estimate.needed(5).celsius()).isEmpty();
  }

  @Test
  void messages() {
    FlashWear wear = wear(100, DAY_S);
    HostSpec spec = spec(0, 16, 1);
    assertThatThrownBy(
            () ->
                new LifetimeEstimate(GIB, GEOMETRY, wear, spec, new WearLoad(2 * GIB, 0, 0, 0, 85)))
        .hasMessage("2147483648 bytes of data in 1073741824 bytes");
    LifetimeEstimate estimate = with(wear, spec, new WearLoad(GIB, 0, 0, 0, 85));
    assertThatThrownBy(() -> estimate.needed(0)).hasMessage("0.0 years; must be above 0");
    assertThatThrownBy(() -> new WearLoad(-1, 0, 0, 0, 85))
        .hasMessage("bytes that rest and pass must not be negative");
    assertThatThrownBy(() -> new WearLoad(1, 0, -1, 0, 85)).hasMessage("rates must be 0 or more");
    assertThatThrownBy(() -> new WearLoad(1, 0, 1, 0, 85))
        .hasMessage("data comes, but has no room to stay");
    assertThatThrownBy(() -> new WearLoad(1, 0, 0, 0, -300))
        .hasMessage("a temperature of -300.0 C");
    assertThatThrownBy(() -> new StackPool(0, 1, 1, LAW, 1))
        .hasMessage("stacks, bytes, endurance and tPROG must be at least 1");
  }
}
