package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.bulk.ExactPort;
import memwall.memory.dram.bulk.PortCounters;
import memwall.memory.dram.bulk.TickCounts;
import memwall.memory.dram.channel.DramChannel;
import org.junit.jupiter.api.Test;

/** DRAM down to its banks behind the interface of a memory. */
final class BankedMemoryTest {
  private static final BankSpec HBM3 = BankRig.preset("hbm3-h100-banks");
  private static final BankSpec DDR5 = BankRig.ddr5();
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;

  /**
   * An access unit is four bursts in one row of either pseudo-channel: ticks of half a clock,
   * tRCDRD of 26 clocks after an activate of one and a half, that is 54 ticks to the next rising
   * edge; tCCD_L of 4 clocks three times; CL of 17 and 2 clocks of data. The second
   * pseudo-channel's activate comes 2 clocks later. The first command is issued in the tick after
   * the arrival.
   */
  @Test
  void oneUnitTakesTheFormulaNotAPicosecondLessNorMore() {
    long ticks = 1 + 54 + 3 * 8 + 2 * (17 + 2) + 4;
    long latencyPs = (ticks * 382_090 + 999) / 1000 + 465_000;
    for (long bytes : new long[] {1, 256, 80 * 256}) {
      BankRig rig = new BankRig(HBM3, 5, true);
      boolean[] done = new boolean[1];
      rig.access(false, Usage.WEIGHTS, bytes, RUN, word -> done[0] = true);
      rig.simulation.runUntil(latencyPs - 1);
      assertThat(done[0]).isFalse();
      assertThat(rig.memory.outstanding()).isEqualTo(1);
      rig.simulation.runUntil(latencyPs);
      assertThat(done[0]).isTrue();
      assertThat(rig.memory.outstanding()).isZero();
      assertThat(rig.snapshot().histogram("mem.read_latency").getTotalCount()).isEqualTo(1);
    }
  }

  @Test
  void arrivalsBetweenTwoTicksWaitForTheNext() {
    long[] donePs = new long[2];
    for (int i = 0; i < 2; i++) {
      BankRig rig = new BankRig(DDR5, 1, true);
      // Ticks of this DDR5-4800 are 416 ps long.
      rig.simulation.runUntil(i == 0 ? 833 : 3 * 416);
      rig.access(false, Usage.KV, 64, RUN, word -> {});
      rig.simulation.run();
      donePs[i] = rig.simulation.nowPs();
    }
    assertThat(donePs[0]).isEqualTo(donePs[1]);
    BankRig later = new BankRig(DDR5, 1, true);
    later.simulation.runUntil(3 * 416 + 1);
    later.access(false, Usage.KV, 64, RUN, word -> {});
    later.simulation.run();
    assertThat(later.simulation.nowPs()).isEqualTo(donePs[0] + 416);
  }

  @Test
  void everyChannelCarriesTheSameAndTheRestIsPadding() {
    BankRig rig = new BankRig(HBM3, 5, true);
    rig.takesPs(false, Usage.KV, 1, RUN);
    assertThat(rig.number("moved_read_bytes")).isEqualTo(80 * 256);
    rig.takesPs(false, Usage.KV, 80 * 256 + 1, RUN);
    rig.takesPs(true, Usage.KV, 80 * 256, RUN);
    // Three blocks of 257 bytes, two units each, and the rest of the transfer.
    rig.takesPs(false, Usage.KV, 3 * 257 + 1, AccessPattern.blocks(257));
    assertThat(rig.number("moved_read_bytes")).isEqualTo(80 * 256 * 4);
    assertThat(rig.number("moved_write_bytes")).isEqualTo(80 * 256);
    assertThat(rig.number("padding_bytes")).isEqualTo(80 * 256 * 4 - 1 - (80 * 256 + 1) - 772);
    assertThat(rig.number("read_bursts")).isEqualTo(80 * 8 * 4);
    assertThat(rig.number("write_bursts")).isEqualTo(80 * 8);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void transfersLongerThanTheirRegionGoRoundInIt() {
    BankRig rig = new BankRig(DDR5, 1, true, 0);
    // A region without bytes has a mebibyte of every channel.
    long takenPs = rig.takesPs(false, Usage.KV, 5 << 20, RUN);
    double idealPs = (5 << 20) * 1e12 / DDR5.readBytesPerSec();
    assertThat((double) takenPs).isBetween(idealPs * 0.9, idealPs * 1.6);
    assertThat(rig.number("read_bursts")).isEqualTo((5 << 20) / 64);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void rowsStayOpenBetweenReadsThatFollowEachOther() {
    BankRig rig = new BankRig(HBM3, 5, true);
    rig.takesPs(false, Usage.WEIGHTS, 80 * 256, RUN);
    assertThat(rig.number("row_misses")).isEqualTo(80 * 2);
    rig.takesPs(false, Usage.WEIGHTS, 80 * 256, RUN);
    // The next unit lies in the next bank group, the fifth in the rows that are open.
    assertThat(rig.number("row_misses")).isEqualTo(80 * 4);
    assertThat(rig.number("row_hits")).isEqualTo(80 * 6 * 2);
    rig.takesPs(false, Usage.WEIGHTS, 3 * 80 * 256, RUN);
    assertThat(rig.number("activates")).isEqualTo(80 * 8);
    assertThat(rig.number("row_conflicts")).isZero();
  }

  @Test
  void scatteredBlocksOpenTheRowsThatTheyTouch() {
    BankRig rig = new BankRig(HBM3, 5, true);
    long units = 4000;
    rig.takesPs(false, Usage.KV, 80 * 256 * units, AccessPattern.blocks(8192));
    double each = rig.number("activates") / (80.0 * units);
    assertThat(each).isBetween(1.98, 2.1);
    BankRig run = new BankRig(HBM3, 5, true);
    run.takesPs(false, Usage.KV, 80 * 256 * units, RUN);
    assertThat(run.number("activates") / (80.0 * units)).isBetween(0.25, 0.35);
    assertThat(rig.simulation.nowPs()).isGreaterThan(run.simulation.nowPs());
  }

  @Test
  void refreshesAreCountedWhileNothingIsAccessed() {
    BankRig rig = new BankRig(HBM3, 5, true);
    rig.simulation.runUntil(1_000_000_000L);
    // tREFI: 3,900 ns in whole clocks of 764.18 ps are 5,103. Two pseudo-channels each.
    long intervals = 1_000_000_000L / (5_103L * 764_180 / 1000);
    assertThat(rig.number("refreshes")).isEqualTo(80 * 2 * intervals);
    assertThat(rig.simulation.eventsFired()).isZero();
    double refreshPj = rig.snapshot().number("mem.energy.refresh_pj");
    assertThat(refreshPj)
        .isCloseTo(80 * 2 * intervals * HBM3.device().energy().refreshPj(), within(1e-3));
    // Standby of 160 pseudo-channels: 24 mW each for a millisecond.
    assertThat(rig.snapshot().number("mem.energy.background_pj"))
        .isCloseTo(160 * 0.024 * 1e9, within(1e6));
  }

  @Test
  void energyOfAStreamIsThatOfItsBits() {
    BankRig rig = new BankRig(HBM3, 1, true);
    long bytes = 16L << 20;
    rig.takesPs(false, Usage.WEIGHTS, bytes, RUN);
    double pj = 0;
    for (String part : List.of("activate", "cell", "datapath", "tsv", "io")) {
      pj += rig.snapshot().number("mem.energy." + part + "_pj");
    }
    // Refreshes close rows before all of their bursts were read.
    assertThat(pj / (bytes * 8)).isBetween(HBM3.readPjPerBit(), HBM3.readPjPerBit() * 1.01);
    assertThat(HBM3.readPjPerBit()).isCloseTo(3.59, within(0.001));
  }

  @Test
  void timesOfBurstsAndOfTheBus() {
    BankRig rig = new BankRig(DDR5, 1, true);
    assertThat(rig.number("burst_read_p50_ps")).isZero();
    rig.takesPs(false, Usage.KV, 64, RUN);
    // As in the reference's formulas: 1 + tRCD 34 + CL 34 + 8 clocks; four bursts of an access unit
    // in four bank groups, whose activates follow tRRD_S of 8 clocks apart.
    assertThat(rig.number("burst_read_min_ps")).isEqualTo(77 * 416);
    assertThat(rig.number("burst_read_p50_ps")).isEqualTo((77 + 8) * 416);
    assertThat(rig.number("burst_read_p99_ps")).isEqualTo((77 + 3 * 8) * 416);
    assertThat(rig.number("burst_read_max_ps")).isEqualTo((77 + 3 * 8) * 416);
    assertThat(rig.number("busy_ps")).isEqualTo(4 * 8 * 416);
  }

  @Test
  void foldedEqualsFull() {
    Randomized.check(
        12,
        random -> {
          BankSpec spec = random.nextInt(4) == 0 ? HBM3 : DDR5;
          int devices = spec.equals(HBM3) ? 1 : 1 + random.nextInt(4);
          List<BankRig.Step> script = BankRig.randomScript(random, 25, 3_000_000);
          BankRig full = new BankRig(spec, devices, false);
          BankRig folded = new BankRig(spec, devices, true);
          for (BankRig rig : List.of(full, folded)) {
            rig.schedule(script);
            rig.simulation.run();
            assertThat(rig.memory.brokenLaws()).isEmpty();
            assertThat(rig.donePs).doesNotContain(-1L);
          }
          assertThat(folded.donePs).isEqualTo(full.donePs);
          assertThat(folded.snapshot().values()).isEqualTo(full.snapshot().values());
        });
  }

  @Test
  void readingStatisticsChangesNothing() {
    Randomized.check(
        12,
        random -> {
          List<BankRig.Step> script = BankRig.randomScript(random, 25, 1_000_000);
          BankRig plain = new BankRig(DDR5, 2, true);
          BankRig asked = new BankRig(DDR5, 2, true);
          plain.schedule(script);
          asked.schedule(script);
          plain.simulation.run();
          for (int i = 0; i < 40; i++) {
            asked.simulation.runUntil(asked.simulation.nowPs() + random.nextLong(1_000_000));
            asked.snapshot();
          }
          asked.simulation.run();
          assertThat(asked.donePs).isEqualTo(plain.donePs);
          long endPs = Math.max(asked.simulation.nowPs(), plain.simulation.nowPs());
          asked.simulation.runUntil(endPs);
          plain.simulation.runUntil(endPs);
          assertThat(asked.snapshot().values()).isEqualTo(plain.snapshot().values());
        });
  }

  @Test
  void shiftMovesEverythingUnderWayByExactlyDelta() {
    Randomized.check(
        20,
        random -> {
          List<BankRig.Step> before = BankRig.randomScript(random, 10, 300_000);
          long atPs =
              before.stream().mapToLong(BankRig.Step::delayPs).sum() + random.nextLong(1_000_000);
          long deltaPs = random.nextLong(1_000_000_000_000L);
          List<BankRig.Step> after = BankRig.randomScript(random, 10, 1_000_000);
          boolean folded = random.nextBoolean();
          BankRig plain = new BankRig(DDR5, 2, folded);
          BankRig moved = new BankRig(DDR5, 2, folded);
          plain.schedule(before);
          moved.schedule(before);
          plain.simulation.runUntil(atPs);
          moved.simulation.runUntil(atPs);
          moved.memory.shift(deltaPs);
          moved.simulation.runUntil(atPs + deltaPs);
          assertThat(moved.state()).isEqualTo(plain.state());
          plain.schedule(after);
          moved.schedule(after);
          plain.simulation.run();
          moved.simulation.run();
          for (int i = 0; i < plain.donePs.size(); i++) {
            long plainPs = plain.donePs.get(i);
            boolean past = i < before.size() && plainPs <= atPs;
            assertThat(moved.donePs.get(i)).isEqualTo(past ? plainPs : plainPs + deltaPs);
          }
          assertThat(moved.snapshot().values()).isEqualTo(plain.snapshot().values());
          assertThat(moved.memory.brokenLaws()).isEmpty();
        });
  }

  @Test
  void noTwoMomentsOfARunHaveTheSameState() {
    BankRig rig = new BankRig(DDR5, 1, true);
    List<Long> before = rig.state();
    assertThat(rig.state()).isEqualTo(before);
    rig.simulation.runUntil(1);
    assertThat(rig.state()).isNotEqualTo(before);
  }

  @Test
  void readsPassWritesInTheController() {
    BankRig rig = new BankRig(DDR5, 1, true);
    rig.schedule(
        List.of(
            new BankRig.Step(0, false, Usage.WEIGHTS, 16_384, RUN),
            new BankRig.Step(0, true, Usage.KV, 512, RUN),
            new BankRig.Step(0, false, Usage.WEIGHTS, 16_384, RUN)));
    rig.simulation.run();
    assertThat(rig.donePs.get(0)).isLessThan(rig.donePs.get(2));
    assertThat(rig.donePs.get(2)).isLessThan(rig.donePs.get(1));
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void nothingReservedNothingAccessed() {
    BankedMemory memory =
        new BankedMemory(new Simulation(1), new Stats().child("mem"), DDR5, 1, true);
    Region region = new BankRig(DDR5, 1, true).regions.get(Usage.KV);
    assertThatThrownBy(() -> memory.read(region, 1, RUN, word -> {}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mem: nothing is reserved for kv");
  }

  /** A port that does not do all of what it is asked for. */
  private static final class Skimmer implements BulkPort {
    private final BulkPort port;
    private final boolean turnsWritesIntoReads;

    Skimmer(BankSpec spec, boolean turnsWritesIntoReads) {
      port = new ExactPort(spec.device().standard(), spec.controller());
      this.turnsWritesIntoReads = turnsWritesIntoReads;
    }

    @Override
    public void onCompletion(Sink sink) {
      port.onCompletion(sink);
    }

    @Override
    public void submit(
        BurstPattern pattern, long position, long bursts, boolean write, long word, long nowTick) {
      port.submit(
          pattern,
          position,
          turnsWritesIntoReads ? bursts : bursts - 1,
          write && !turnsWritesIntoReads,
          word,
          nowTick);
    }

    @Override
    public long wakeTick() {
      return port.wakeTick();
    }

    @Override
    public void advanceTo(long tick) {
      port.advanceTo(tick);
    }

    @Override
    public long pending() {
      return port.pending();
    }

    @Override
    public DramChannel channel() {
      return port.channel();
    }

    @Override
    public TickCounts readLatencies() {
      return port.readLatencies();
    }

    @Override
    public PortCounters counters() {
      return port.counters();
    }
  }

  @Test
  void burstsThatAreMissingBreakALaw() {
    BankRig rig = new BankRig(DDR5, 1, spec -> new Skimmer(spec, false));
    rig.takesPs(false, Usage.KV, 1024, RUN);
    assertThat(rig.memory.brokenLaws())
        .containsExactly(
            "mem: bytes moved: 1024, but bytes of the channels' bursts: 960",
            "mem: bytes moved for reads: 1024, but bytes of read bursts issued or forwarded: 960");
  }

  @Test
  void writesThatAreReadBreakALaw() {
    BankRig rig = new BankRig(DDR5, 1, spec -> new Skimmer(spec, true));
    rig.takesPs(true, Usage.KV, 1024, RUN);
    assertThat(rig.memory.brokenLaws())
        .containsExactly(
            "mem: bytes moved for reads: 0, but bytes of read bursts issued or forwarded: 1024",
            "mem: bytes moved for writes: 1024, but bytes of write bursts issued or merged: 0");
  }
}
