package memwall.memory.dram.channel;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;
import memwall.memory.dram.standard.TimingRule;

/**
 * Standards written down by hand for the tests of the engine, independent of presets and loader.
 * Numbers: DDR5-4800AN 16 Gb x8, LPDDR5-6400 8 Gb x16, HBM3-6400 16 Gb 8-high, as in the reference
 * runs.
 */
final class HandMade {
  private final BusKind bus;
  private final List<Level> levels = new ArrayList<>();
  private final List<TimingRule> rules = new ArrayList<>();
  private final Map<String, Integer> timings = new LinkedHashMap<>();
  private final Map<Command, Integer> cycles = new LinkedHashMap<>();
  private final int ticksPerClock;

  private HandMade(BusKind bus, int ticksPerClock) {
    this.bus = bus;
    this.ticksPerClock = ticksPerClock;
  }

  private HandMade level(String name, int count) {
    levels.add(new Level(name, count));
    return this;
  }

  private HandMade timings(String text) {
    Splitter.onPattern("\\s+")
        .omitEmptyStrings()
        .withKeyValueSeparator('=')
        .split(text)
        .forEach((name, clocks) -> timings.put(name, Integer.parseInt(clocks) * ticksPerClock));
    return this;
  }

  private int t(String name) {
    return timings.get(name);
  }

  private static ImmutableList<Command> commands(String text) {
    return Splitter.on(' ')
        .splitToStream(text)
        .map(Command::valueOf)
        .collect(ImmutableList.toImmutableList());
  }

  private int cyclesOf(Command command) {
    return cycles.getOrDefault(command, ticksPerClock);
  }

  private void rule(String level, String after, String before, int ticks) {
    rule(level, after, before, ticks, 1, false);
  }

  private void rule(
      String level, String after, String before, int ticks, int window, boolean sibling) {
    int index = 0;
    while (!levels.get(index).name().equals(level)) {
      index++;
    }
    for (Command one : commands(after)) {
      for (Command other : commands(before)) {
        long adjusted = (long) ticks + cyclesOf(one) - cyclesOf(other);
        rules.add(
            new TimingRule(
                index,
                ImmutableList.of(one),
                ImmutableList.of(other),
                adjusted,
                window,
                sibling,
                "test"));
      }
    }
  }

  private void occupy(String bus) {
    for (Command one : commands(bus)) {
      if (cyclesOf(one) > 1) {
        rules.add(
            new TimingRule(
                0, ImmutableList.of(one), commands(bus), cyclesOf(one), 1, false, "command bus"));
      }
    }
  }

  private DramStandard build(
      String name,
      int refreshLevel,
      int rows,
      int bursts,
      int burstBytes,
      long tickFemtos,
      int burst,
      String refresh,
      int bankRefresh) {
    return new DramStandard(
        name,
        bus,
        ImmutableList.copyOf(levels),
        refreshLevel,
        rows,
        bursts,
        burstBytes,
        tickFemtos,
        t("nCL") + burst,
        t("nCWL") + burst,
        burst,
        t(refresh),
        bankRefresh,
        ImmutableMap.copyOf(timings),
        ImmutableList.copyOf(rules),
        ImmutableList.of());
  }

  static DramStandard ddr5(int ranks) {
    HandMade m = new HandMade(BusKind.SINGLE, 1);
    m.level("channel", 1).level("rank", ranks).level("bankgroup", 8).level("bank", 4);
    m.timings(
        """
        nBL=8 nCL=34 nRCD=34 nRP=34 nRAS=77 nRC=111 nWR=72 nRTP=18 nCWL=32 nPPD=2 nCCDS=8 nCCDL=12
        nCCDS_WR=8 nCCDL_WR=48 nWTRS=6 nWTRL=24 nCS=2 nRRDS=8 nRRDL=12 nFAW=48 nRFC=710 nREFI=9375
        """);
    for (Command c : commands("ACT RD RDA WR WRA")) {
      m.cycles.put(c, 2);
    }
    m.occupy("ACT PREPB PREAB RD WR RDA WRA REFAB");
    ranked(m, "ACT", m.t("nBL"), m.t("nBL"));
    int toWrite = m.t("nCL") + m.t("nBL") + 4 - m.t("nCWL");
    m.rule("rank", "RD RDA", "WR WRA", toWrite);
    int drain = m.t("nCWL") + m.t("nBL") + m.t("nCS") - m.t("nCL");
    m.rule("rank", "WR WRA", "RD RDA", drain, 1, true);
    m.rule("rank", "PREAB", "ACT", m.t("nRP"));
    m.rule("rank", "REFAB", "ACT PREAB", m.t("nRFC"));
    return m.build("ddr5-4800", 1, 1 << 16, 64, 64, 416_000, m.t("nBL"), "nREFI", 0);
  }

  static DramStandard lpddr5(int ranks) {
    HandMade m = new HandMade(BusKind.TWO_STEP_ACTIVATE, 1);
    m.level("channel", 1).level("rank", ranks).level("bankgroup", 4).level("bank", 4);
    m.timings(
        """
        nBL=2 nBLmax=4 nCL=17 nRCD=15 nRP=15 nRPab=17 nRAS=34 nRC=49 nWR=28 nRTP=8 nCWL=9 nPPD=2
        nCCDS=2 nCCDL=4 nCCDS_WR=2 nCCDL_WR=4 nWTRS=5 nWTRL=10 nCS=2 nRRDS=4 nRRDL=4 nFAW=16
        nRFC=168 nRFCpb=96 nREFI=3125 nREFIpb=391 nPBR2PBR=72 nPBR2ACT=6 nAAD=8 nWCKPST=1
        """);
    ranked(m, "ACT1", m.t("nBL"), m.t("nBLmax"));
    m.rule("bank", "CASRD", "RD RDA", 0);
    m.rule("bank", "CASWR", "WR WRA", 0);
    m.rule("rank", "RD RDA", "WR WRA", m.t("nCL") + m.t("nBL") + 2 - m.t("nCWL"));
    int drain = m.t("nCL") + m.t("nBL") + m.t("nCS") - m.t("nCWL");
    m.rule("rank", "WR WRA", "RD RDA", drain, 1, true);
    m.rule("rank", "PREAB", "ACT1", m.t("nRPab"));
    m.rule("rank", "REFAB", "ACT1 PREAB REFPB REFAB", m.t("nRFC"));
    m.rule("rank", "REFPB", "REFPB", m.t("nPBR2PBR"));
    m.rule("rank", "REFPB", "REFAB", m.t("nRFCpb"));
    m.rule("rank", "REFPB", "ACT1", m.t("nPBR2ACT"));
    m.rule("bank", "REFPB", "ACT1", m.t("nRFCpb"));
    m.rule("bank", "ACT1", "REFPB", m.t("nRC"));
    m.rule("bank", "PREPB", "REFPB", m.t("nRP"));
    return m.build("lpddr5-6400", 1, 1 << 15, 64, 32, 1_250_000, 2, "nREFI", 391);
  }

  // What DDR5 and LPDDR5 have in common.
  private static void ranked(HandMade m, String act, int burst, int longBurst) {
    m.rule("channel", "RD RDA", "RD RDA", burst);
    m.rule("channel", "WR WRA", "WR WRA", burst);
    m.rule("rank", "RD RDA", "RD RDA", m.t("nCCDS"));
    m.rule("rank", "WR WRA", "WR WRA", m.t("nCCDS_WR"));
    m.rule("rank", "WR WRA", "RD RDA", m.t("nCWL") + burst + m.t("nWTRS"));
    m.rule("rank", "RD RDA", "RD RDA WR WRA", burst + m.t("nCS"), 1, true);
    m.rule("rank", "RD", "PREAB", m.t("nRTP"));
    m.rule("rank", "WR", "PREAB", m.t("nCWL") + burst + m.t("nWR"));
    m.rule("rank", act, act, m.t("nRRDS"));
    m.rule("rank", act, act, m.t("nFAW"), 4, false);
    m.rule("rank", act, "PREAB", m.t("nRAS"));
    m.rule("rank", "PREPB PREAB", "PREPB PREAB", m.t("nPPD"));
    m.rule("rank", act, "REFAB", m.t("nRC"));
    m.rule("rank", "PREPB PREAB", "REFAB", m.t("nRP"));
    m.rule("rank", "RDA", "REFAB", m.t("nRP") + m.t("nRTP"));
    m.rule("rank", "WRA", "REFAB", m.t("nCWL") + burst + m.t("nWR") + m.t("nRP"));
    m.rule("bankgroup", "RD RDA", "RD RDA", m.t("nCCDL"));
    m.rule("bankgroup", "WR WRA", "WR WRA", m.t("nCCDL_WR"));
    m.rule("bankgroup", "WR WRA", "RD RDA", m.t("nCWL") + longBurst + m.t("nWTRL"));
    m.rule("bankgroup", act, act, m.t("nRRDL"));
    m.rule("bank", act, act, m.t("nRC"));
    m.rule("bank", act, "RD RDA WR WRA", m.t("nRCD"));
    m.rule("bank", act, "PREPB", m.t("nRAS"));
    m.rule("bank", "PREPB", act, m.t("nRP"));
    m.rule("bank", "RD", "PREPB", m.t("nRTP"));
    m.rule("bank", "WR", "PREPB", m.t("nCWL") + burst + m.t("nWR"));
    m.rule("bank", "RDA", act, m.t("nRTP") + m.t("nRP"));
    m.rule("bank", "WRA", act, m.t("nCWL") + burst + m.t("nWR") + m.t("nRP"));
  }

  static DramStandard hbm3(int sids) {
    HandMade m = new HandMade(BusKind.DUAL_HALF_CLOCK, 2);
    m.level("channel", 1).level("pseudochannel", 2).level("sid", sids);
    m.level("bankgroup", 4).level("bank", 4);
    m.timings(
        """
        nBL=2 nCL=20 nRCDRD=31 nRCDWR=15 nRP=26 nRAS=45 nRC=72 nWR=33 nRTP=9 nCWL=10 nCCDS=2 nCCDL=4
        nCCDR=3 nRRDS=4 nRRDL=5 nFAW=24 nWTRS=7 nWTRL=10 nRTW=20 nRFCpb=320 nRREFD=8 nREFI=6240
        nPPD=2 nRFC=560 nREFIpb=195
        """);
    m.cycles.put(Command.ACT, 3);
    for (Command c : commands("PREPB PREAB REFAB REFPB")) {
      m.cycles.put(c, 1);
    }
    m.occupy("ACT PREPB PREAB REFAB REFPB");
    m.occupy("RD WR RDA WRA");
    String pc = "pseudochannel";
    int written = m.t("nCWL") + m.t("nBL");
    m.rule(pc, "RD RDA", "RD RDA", m.t("nBL"));
    m.rule(pc, "WR WRA", "WR WRA", m.t("nBL"));
    m.rule(pc, "RD RDA", "WR WRA", m.t("nRTW"));
    m.rule(pc, "WR WRA", "RD RDA", written + m.t("nWTRS"));
    m.rule(pc, "RD", "PREAB", m.t("nRTP"));
    m.rule(pc, "WR", "PREAB", written + m.t("nWR"));
    m.rule(pc, "ACT", "ACT", m.t("nRRDS"));
    m.rule(pc, "ACT", "ACT", m.t("nFAW"), 4, false);
    m.rule(pc, "ACT", "PREAB", m.t("nRAS"));
    m.rule(pc, "PREAB", "ACT", m.t("nRP"));
    m.rule(pc, "PREPB PREAB", "PREPB PREAB", m.t("nPPD"));
    m.rule(pc, "ACT", "REFAB", m.t("nRC"));
    m.rule(pc, "PREPB PREAB", "REFAB", m.t("nRP"));
    m.rule(pc, "RDA", "REFAB", m.t("nRP") + m.t("nRTP"));
    m.rule(pc, "WRA", "REFAB", written + m.t("nWR") + m.t("nRP"));
    m.rule(pc, "REFAB", "ACT PREAB", m.t("nRFC"));
    m.rule(pc, "REFPB", "REFPB ACT", m.t("nRREFD"));
    m.rule(pc, "ACT", "REFPB", m.t("nRRDS"));
    for (String way : List.of("RD RDA", "WR WRA")) {
      m.rule("sid", way, way, m.t("nCCDS"));
      m.rule("bankgroup", way, way, m.t("nCCDL"));
    }
    m.rule("sid", "RD RDA", "RD RDA", m.t("nCCDR"), 1, true); // no such rule between writes
    m.rule("bankgroup", "WR WRA", "RD RDA", written + m.t("nWTRL"));
    m.rule("bankgroup", "ACT", "ACT", m.t("nRRDL"));
    m.rule("bank", "ACT", "ACT", m.t("nRC"));
    m.rule("bank", "ACT", "RD RDA", m.t("nRCDRD"));
    m.rule("bank", "ACT", "WR WRA", m.t("nRCDWR"));
    m.rule("bank", "ACT", "PREPB", m.t("nRAS"));
    m.rule("bank", "PREPB", "ACT", m.t("nRP"));
    m.rule("bank", "RD", "PREPB", m.t("nRTP"));
    m.rule("bank", "WR", "PREPB", written + m.t("nWR"));
    m.rule("bank", "RDA", "ACT", m.t("nRTP") + m.t("nRP"));
    m.rule("bank", "WRA", "ACT", written + m.t("nWR") + m.t("nRP"));
    m.rule("bank", "REFPB", "ACT", m.t("nRFCpb"));
    m.rule("bank", "ACT", "REFPB", m.t("nRC"));
    m.rule("bank", "PREPB", "REFPB", m.t("nRP"));
    return m.build("hbm3-6400", 1, 1 << 14, 32, 32, 312_500, m.t("nBL"), "nREFI", 390);
  }
}
