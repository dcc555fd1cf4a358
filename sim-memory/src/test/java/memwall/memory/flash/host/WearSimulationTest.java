package memwall.memory.flash.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.law.Lifetime;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Years of wear zone by zone against closed forms, the tables and the store itself. */
class WearSimulationTest {
  private static final long GIB = 1L << 30;
  private static final double DAY_S = 86_400;
  private static final double YEAR_S = 365.25 * DAY_S;

  /** 256 planes of so many blocks of 4 KiB pages, whose bytes are so many GiB. */
  static FlashGeometry geometry(int gib, int zones) {
    long pages = gib * GIB / 4096 / 256 / zones;
    return new FlashGeometry(16, 1, 16, zones, (int) pages, 4096);
  }

  private static FlashWear wear(int endurance, double refreshS) {
    return new FlashWear(endurance, 1_000_000, Double.POSITIVE_INFINITY, 85, 1.1, refreshS, 5);
  }

  private static HostSpec spec(FlashWear wear) {
    return HostSpec.of(wear, 1, 0);
  }

  /**
   * The table says what the host may write for so many years if everything is refreshed; extents
   * are not amplified.
   */
  @Test
  void lifetimeTable() {
    int rows = 0;
    for (Row row : FlashTable.rows("lifetime_budget", 225)) {
      if (row.number("write_amp") != 1) {
        continue;
      }
      rows++;
      FlashGeometry geometry = geometry(row.whole("capacity_GiB"), 1024);
      FlashWear wear = wear((int) row.number("pe_limit"), row.number("refresh_interval_h") * 3600);
      HostSpec spec = new HostSpec(1, 0, 1, Integer.MAX_VALUE, wear.refreshS(), 1, 1, 1);
      long bytes = geometry.capacityBytes();
      double rate = row.number("host_write_MBps") * 1e6;
      WearLoad load = new WearLoad(bytes - 1, 1, rate, 0, 85);
      LifetimeEstimate estimate = LifetimeEstimate.of(geometry, wear, spec, load);
      assertThat(estimate.years()).isCloseTo(row.number("years"), Percentage.withPercentage(0.01));
      double years = row.number("years");
      assertThat(estimate.needed(years).writeBytesPerSec().orElseThrow())
          .isCloseTo(rate, Percentage.withPercentage(0.01));
      if (wear.warrantyYears() == years) {
        row.agrees("dwpd", estimate.warrantyDriveWritesPerDay(), 1e-4);
        row.agrees("host_write_MBps", estimate.warrantyBytesPerSec() / 1e6, 1e-4);
      }
    }
    assertThat(rows).isEqualTo(45);
  }

  /** The same zone by zone until the last one is worn out: 95 % rests, the rest passes through. */
  @Test
  void lifetimeTableZoneByZone() {
    int rows = 0;
    for (Row row : FlashTable.rows("lifetime_budget", 225)) {
      if (row.number("write_amp") != 1
          || row.number("pe_limit") != 100_000
          || row.whole("capacity_GiB") != 512) {
        continue;
      }
      rows++;
      int zones = 64;
      FlashGeometry geometry = geometry(512, zones);
      FlashWear wear = wear(100_000, row.number("refresh_interval_h") * 3600);
      HostSpec spec = new HostSpec(1, 0, 1, 400, wear.refreshS(), 1, wear.readLimit(), 1);
      long zoneBytes = geometry.capacityBytes() / zones;
      double rate = row.number("host_write_MBps") * 1e6;
      WearLoad load = new WearLoad(zoneBytes * (zones - 3), 2 * zoneBytes, rate, 0, 85);
      WearSimulation.Outcome outcome = new WearSimulation(geometry, wear, spec, load).run(20);
      assertThat(outcome.isWornOut()).isTrue();
      assertThat(outcome.years()).isCloseTo(row.number("years"), Percentage.withPercentage(1));
      assertThat(LifetimeEstimate.of(geometry, wear, spec, load).years())
          .isCloseTo(outcome.years(), Percentage.withPercentage(1));
    }
    assertThat(rows).isEqualTo(9);
  }

  /** The table's P/E cycles a year by reads, for a stack that holds weights only. */
  @Test
  void readDisturbTable() {
    for (Row row : FlashTable.rows("read_disturb", 48)) {
      int pages = row.whole("pages_per_block");
      int blocks = (int) (512 * GIB / 4096 / pages / 256);
      FlashGeometry geometry = new FlashGeometry(16, 1, 16, blocks + 1, pages, 4096);
      FlashWear wear = wear(1_000_000, 0);
      HostSpec spec =
          new HostSpec(1, 0, 1, 16, 0, 1, (int) row.number("read_disturb_threshold_X"), 1);
      double stream = row.number("stream_GBps") * 1e9;
      long bytes = geometry.capacityBytes() / (blocks + 1) * blocks;
      WearLoad load = new WearLoad(bytes, 0, 0, stream, 85);
      LifetimeEstimate estimate = new LifetimeEstimate(bytes, geometry, wear, spec, load);
      row.agrees("refresh_every_s", estimate.intervalSeconds(), 1e-3);
      row.agrees("pe_per_year_from_reads", estimate.cyclesPerYear(), 1e-3);
      row.agrees("refresh_write_MBps", estimate.refreshBytesPerSec() / 1e6, 1e-3);
      assertThat(estimate.limiting()).isEqualTo(WriteCause.READS);
      LifetimeEstimate.Needed tenYears =
          new LifetimeEstimate(bytes, geometry, wear(100_000, 0), spec, load).needed(10);
      row.agrees(
          "max_avg_read_GBps_10y_100kPE", tenYears.readBytesPerSec().orElseThrow() / 1e9, 1e-3);
      // A few rounds zone by zone; the zone in reserve shares the wear.
      double years = 20 / row.number("pe_per_year_from_reads");
      WearSimulation.Outcome outcome = new WearSimulation(geometry, wear, spec, load).run(years);
      double rate = outcome.written().readsBytes() / (years * YEAR_S) / 1e6;
      assertThat(rate).isCloseTo(row.number("refresh_write_MBps"), Percentage.withPercentage(1));
    }
  }

  /** Retention over temperature decides when data is refreshed. */
  @Test
  void retentionTable() {
    for (Row row : FlashTable.rows("retention_arrhenius", 32)) {
      FlashGeometry geometry = geometry(16, 64);
      FlashWear wear = new FlashWear(100_000, 1, DAY_S, 85, row.number("Ea_eV"), 0, 5);
      HostSpec spec = new HostSpec(1, 0, 1, 16, 0, 1, Integer.MAX_VALUE, 1);
      long bytes = geometry.capacityBytes() / 64 * 60;
      WearLoad load = new WearLoad(bytes, 0, 0, 0, row.number("T_C"));
      LifetimeEstimate estimate = LifetimeEstimate.of(geometry, wear, spec, load);
      row.agrees("equiv_of_24h_at_85C_hours", estimate.ageIntervalSeconds() / 3600, 1e-6);
      double rounds = 50;
      double years = rounds * estimate.ageIntervalSeconds() / YEAR_S;
      WearSimulation.Outcome outcome = new WearSimulation(geometry, wear, spec, load).run(years);
      assertThat(outcome.written().ageBytes() / (double) bytes).isCloseTo(rounds, within(0.02));
    }
  }

  /** Mixed loads of all kinds: cycles within 1 % of the closed form, by cause. */
  @Test
  void closedFormOfMixedLoads() {
    int[] causes = new int[3];
    Randomized.check(
        400,
        random -> {
          int zones = 100 + random.nextInt(100);
          FlashGeometry geometry = geometry(64, zones);
          long zoneBytes = geometry.capacityBytes() / zones;
          FlashWear wear =
              new FlashWear(
                  1_000_000,
                  1 + random.nextInt(1_000_000),
                  (1 + random.nextInt(100)) * DAY_S,
                  85,
                  1.1,
                  random.nextBoolean() ? 0 : (1 + random.nextInt(3)) * DAY_S,
                  5);
          int resting = random.nextInt(zones - 4);
          int passing = 1 + random.nextInt(zones - resting - 3);
          double rate = StrictMath.exp(random.nextDouble(10, 20));
          double reads = random.nextBoolean() ? 0 : StrictMath.exp(random.nextDouble(20, 28));
          WearLoad load =
              new WearLoad(
                  resting * zoneBytes, passing * zoneBytes, rate, reads, random.nextDouble(30, 95));
          HostSpec spec =
              new HostSpec(
                  1,
                  0,
                  1,
                  random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(40),
                  wear.refreshS(),
                  1,
                  wear.readLimit(),
                  1);
          LifetimeEstimate estimate = LifetimeEstimate.of(geometry, wear, spec, load);
          // Long enough for 60,000 zones, and for passing data to have come and gone.
          double years =
              Math.max(60_000.0 / zones / estimate.cyclesPerYear(), 20 * load.stayS() / YEAR_S);
          if (years * estimate.cyclesPerYear() * zones > 2e6) {
            return;
          }
          WearSimulation simulation = new WearSimulation(geometry, wear, spec, load);
          WearSimulation.Outcome first = simulation.run(years / 2);
          WearSimulation.Outcome outcome = simulation.run(years);
          double written = outcome.written().allBytes() - first.written().allBytes();
          double cycles = written / geometry.capacityBytes() / years;
          assertThat(cycles / estimate.cyclesPerYear())
              .as("%s %s %s", load, wear, spec)
              .satisfies(
                  x -> {
                    if (Math.abs(x - 1) > 0.01)
                      System.err.println(
                          "OFF "
                              + x
                              + " T "
                              + estimate.intervalSeconds()
                              + " lev "
                              + estimate.levellingIntervalSeconds()
                              + " stay "
                              + load.stayS()
                              + " "
                              + estimate.ageIntervalSeconds()
                              + " th "
                              + spec.levellingThreshold()
                              + " rest "
                              + resting
                              + " pass "
                              + passing
                              + " of "
                              + zones);
                  });
          Lifetime.Shares shares = estimate.shares();
          assertThat(shares.host() + shares.cleaning() + shares.refresh() + shares.disturb())
              .isCloseTo(1, within(1e-9));
          switch (estimate.limiting()) {
            case HOST -> causes[0]++;
            case AGE -> causes[1]++;
            default -> causes[2]++;
          }
        });
    assertThat(causes[0]).isGreaterThan(20);
    assertThat(causes[1]).isGreaterThan(20);
    assertThat(causes[2]).isGreaterThan(20);
  }

  /** The same load on the store, extent by extent: the same zones are erased as often. */
  @Test
  void storeDoesTheSame() {
    Randomized.check(40, WearSimulationTest::compareWithStore);
  }

  private static void compareWithStore(SplittableRandom random) {
    int zones = 20 + random.nextInt(20);
    FlashGeometry geometry = new FlashGeometry(1, 1, 4, zones, 8, 4096);
    int resting = random.nextInt(zones - 8);
    int passing = 1 + random.nextInt(zones - resting - 4);
    long zoneBytes = geometry.capacityBytes() / zones;
    double fillS = 1000 + random.nextInt(10_000);
    double refreshS = random.nextBoolean() ? 0 : 30_007 + random.nextInt(100_000);
    FlashWear wear = wear(1_000_000, refreshS);
    HostSpec spec = new HostSpec(1, 0, 1, 1 + random.nextInt(5), refreshS, 1, Integer.MAX_VALUE, 1);
    WearLoad load =
        new WearLoad(resting * zoneBytes, passing * zoneBytes, zoneBytes / fillS, 0, 85);
    WearSimulation simulation = new WearSimulation(geometry, wear, spec, load);
    double years = 2000 * fillS / YEAR_S;
    WearSimulation.Outcome outcome = simulation.run(years);

    ExtentStore store = new ExtentStore(geometry, wear, spec, HostOperations.SILENT);
    int zonePages = store.map().zonePages();
    for (int i = 0; i < resting; i++) {
      assertThat(store.append(store.create(), zonePages)).isEqualTo(zonePages);
    }
    store.spreadAges(refreshS == 0 ? 0 : refreshS);
    List<Integer> ring = new ArrayList<>();
    double rate = load.writeBytesPerSec();
    double period = (double) zoneBytes / rate;
    for (long k = 0; k * period < years * YEAR_S; k++) {
      maintainUntil(store, k * period);
      store.advanceTo(k * period, 85);
      if (ring.size() == passing) {
        store.free(ring.remove(0));
      }
      ring.add(store.create());
      assertThat(store.append(ring.get(ring.size() - 1), zonePages)).isEqualTo(zonePages);
    }
    maintainUntil(store, years * YEAR_S);
    for (int zone = 0; zone < zones; zone++) {
      assertThat(store.zoneErases(zone)).isEqualTo(simulation.zoneErases(zone));
    }
    WearReport report = store.wear();
    assertThat(report.written()).isEqualTo(outcome.written());
    assertThat(report.meanErases()).isCloseTo(outcome.meanErases(), within(1e-9));
    assertThat(report.deviation()).isCloseTo(outcome.deviation(), within(1e-6));
    assertThat(report.leastErases()).isEqualTo(outcome.leastErases());
    assertThat(report.mostErases()).isEqualTo(outcome.mostErases());
    assertThat(outcome.mostErases() - outcome.leastErases())
        .isLessThanOrEqualTo(spec.levellingThreshold() + 1);
  }

  /** Strictly before the time: the host goes first when both are due. */
  private static void maintainUntil(ExtentStore store, double untilS) {
    while (store.nextDueS() < untilS) {
      store.advanceTo(Math.max(store.nowS(), store.nextDueS()), 85);
      assertThat(store.maintain()).isTrue();
    }
  }

  @Test
  void dataMustFit() {
    FlashGeometry geometry = geometry(16, 64);
    FlashWear wear = wear(10, 0);
    long zoneBytes = geometry.capacityBytes() / 64;
    WearLoad load = new WearLoad(60 * zoneBytes, 4 * zoneBytes, 1, 0, 85);
    assertThatThrownBy(() -> new WearSimulation(geometry, wear, spec(wear), load))
        .hasMessage("60 + 4 zones of data and 1 in reserve; a die set has 64");
  }
}
