package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;

/** Impossible devices and protocols are refused with a message; all faults in one pass. */
class DeviceMessagesTest {
  static final String DDR5 = "ddr5-4800an-16gb-x8";
  private static final String HBM3 = "hbm3-6400-16gb-8hi";

  static List<String> faults(String text, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", text, List.of(sets), Presets.builtIn(), faults);
    DramDevice.read(config.preset("dram", "dram", "The device"));
    config.finish();
    return faults.list();
  }

  static void refused(String preset, String set, String message) {
    assertThat(faults("dram: " + preset + "\n", set.split(";")))
        .singleElement()
        .asString()
        .endsWith(message);
  }

  /** A rule in place of all rules of the DDR5 protocol. */
  static void refusedRule(String rule, String... messages) {
    String text =
        "dram:\n  extends: "
            + DDR5
            + "\n  protocol:\n    extends: ddr5\n    rules:\n      - "
            + rule
            + "\n";
    assertThat(faults(text)).hasSameSizeAs(messages);
    for (int i = 0; i < messages.length; i++) {
      assertThat(faults(text).get(i)).endsWith(messages[i]);
    }
  }

  private static void refusedProtocol(String set, String message) {
    refused(DDR5, "dram.protocol." + set, message);
  }

  @Test
  void soundOnesAreNot() {
    for (String name : Presets.builtIn().names("dram")) {
      assertThat(faults("dram: " + name + "\n")).isEmpty();
    }
  }

  @Test
  void noSuchPreset() {
    assertThatThrownBy(() -> DramDevice.builtIn("ddr5-4800an"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no dram preset 'ddr5-4800an'");
  }

  @Test
  void rowCycleTooShort() {
    refused(
        DDR5,
        "dram.timings.nRC=110",
        ": dram.timings.nRC: the row cycle of 110 clocks is shorter than nRAS + nRP = 111");
  }

  @Test
  void activateWindowTooShort() {
    refused(
        DDR5,
        "dram.timings.nFAW=7",
        ": dram.timings.nFAW: the window of four activates of 7 clocks is shorter than nRRDS = 8");
  }

  @Test
  void sameGroupFasterThanAnother() {
    refused(
        DDR5,
        "dram.timings.nRRDL=7",
        ": dram.timings.nRRDL: between activates of a bank group of 7 clocks is shorter than nRRDS ="
            + " 8");
    refused(
        DDR5,
        "dram.timings.nCCDL=7",
        ": dram.timings.nCCDL: between columns of a bank group of 7 clocks is shorter than nCCDS ="
            + " 8");
    refused(
        DDR5,
        "dram.timings.nWTRL=5",
        ": dram.timings.nWTRL: write to read in a bank group of 5 clocks is shorter than nWTRS = 6");
    refused(
        "lpddr5-6400-8gb-x16",
        "dram.timings.nBL_max=1",
        ": dram.timings.nBL_max: the longest burst of 1 clocks is shorter than nBL_min = 2");
  }

  @Test
  void refreshWithoutEnd() {
    refused(
        DDR5,
        "dram.timings.nREFI=710",
        ": dram.timings.nREFI: the refresh interval of 710 clocks is shorter than nRFC + 1 = 711");
    assertThat(faults("dram: " + DDR5 + "\n", "dram.timings.nREFI=711")).isEmpty();
  }

  @Test
  void timingsOfZeroClocks() {
    refused(DDR5, "dram.timings.nCL=0", ": dram.timings.nCL: 0 clocks; at least 1 is needed");
    refused(
        HBM3, "dram.timings.nREFIpb=0", ": dram.timings.nREFIpb: 0 clocks; at least 1 is needed");
    assertThat(faults("dram: " + DDR5 + "\n", "dram.timings.nBL=0"))
        .anyMatch(fault -> fault.endsWith("dram.timings.nBL: 0 clocks; at least 1 is needed"));
  }

  @Test
  void missingTiming() {
    String text =
        "dram:\n  extends: "
            + DDR5
            + "\n  protocol:\n    extends: ddr5\n    timings: {nXP: Exit of power-down}\n";
    assertThat(faults(text))
        .singleElement()
        .asString()
        .endsWith("missing key 'dram.timings.nXP' (Exit of power-down); wanted is text");
  }

  @Test
  void unknownTiming() {
    refused(
        DDR5,
        "dram.timings.nRCDD=30",
        "unknown key 'dram.timings.nRCDD'; did you mean 'nRCD'? (known: [nBL, nCL, nCWL, nRCD, nRP,"
            + " nRAS, nRC, nWR, nRTP, nPPD, nCCDS, nCCDL, nCCDS_WR, nCCDL_WR, nRRDS, nRRDL, nWTRS,"
            + " nWTRL, nFAW, nRFC, nREFI, nRFCsb, nREFSBRD, nREFIsb, nCS])");
  }

  @Test
  void brokenTiming() {
    refused(
        DDR5,
        "dram.timings.nRC=111.5",
        ": dram.timings.nRC: '111.5', character 1: '111.5' is neither a whole number of clocks nor a"
            + " time [ps, ns, us]");
    refused(
        DDR5,
        "dram.timings.nRC=0 - 1",
        ": dram.timings.nRC: '0 - 1' is -1 clocks; allowed are 0 to 1000000");
  }

  @Test
  void negativeRule() {
    refused(
        DDR5,
        "dram.timings.nCWL=45",
        ": dram.protocol.rules[10].wait: 'nCL + nBL + nCS - nCWL' is -1 clocks with these timings");
  }

  @Test
  void counts() {
    refused(DDR5, "dram.counts.bankgroup=6", ": dram.counts.bankgroup: 6 is not a power of two");
    refused(
        HBM3, "dram.counts.sid=5", ": dram.counts.sid: 5 is not a power of two or three times one");
    refused(DDR5, "dram.rows=65535", ": dram.rows: 65535 is not a power of two or three times one");
    refused(DDR5, "dram.bursts=48", ": dram.bursts: 48 is not a power of two");
    refused(
        DDR5,
        "dram.counts.bank=0",
        ": dram.counts.bank: '0' is out of range: a whole number from 1 to 256");
  }

  @Test
  void tooManyBanks() {
    refused(
        DDR5,
        "dram.counts.bankgroup=256;dram.counts.bank=256",
        ": dram.counts: 65536 banks in a channel; at most are 4096");
  }

  @Test
  void mutatedPresetsGiveADeviceOrFaults() {
    Presets presets = Presets.builtIn();
    List<String> names = presets.names("dram");
    String[] keys = {
      "tck",
      "channels",
      "dies",
      "die_gbit",
      "rows",
      "bursts",
      "burst",
      "counts.bank",
      "counts.rank",
      "counts.sid",
      "timings.nCL",
      "timings.nRC",
      "timings.nFAW",
      "timings.nREFI",
      "timings.nBL",
      "energy.io",
      "energy.cell",
      "energy.currents.chips",
      "energy.currents.idd0_ma",
      "protocol",
      "protocol.bus",
      "protocol.levels",
      "protocol.commands.ACT",
      "protocol.read_latency",
      "protocol.rules",
      "protocol.timings"
    };
    String[] values = {
      "0",
      "1",
      "-1",
      "3",
      "4096",
      "1000000",
      "9223372036854775807",
      "1e9",
      "x",
      "''",
      "[]",
      "{}",
      "null",
      "1 ns",
      "10 ps",
      "99 ns",
      "0.0001 ps",
      "max(1, 2)",
      "nCL",
      "floor(3 ns)",
      "4 KiB",
      "1 pJ/bit",
      "ddr4",
      "hbm3",
      "[channel, bank]",
      "[bank, channel]",
      "dual",
      "((((1",
      "1 / 0"
    };
    int devices = 0;
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      SplittableRandom random = new SplittableRandom(i);
      String[] sets = new String[1 + random.nextInt(3)];
      for (int k = 0; k < sets.length; k++) {
        sets[k] =
            "dram."
                + keys[random.nextInt(keys.length)]
                + "="
                + values[random.nextInt(values.length)];
      }
      Faults faults = new Faults();
      String text = "dram: " + names.get(random.nextInt(names.size())) + "\n";
      Config config = ConfigLoader.fromText("run.yaml", text, List.of(sets), presets, faults);
      DramDevice device = DramDevice.read(config.preset("dram", "dram", "The device"));
      config.finish();
      if (faults.isEmpty()) {
        devices++;
        assertThat(device.standard().rules()).allMatch(rule -> rule.ticks() > 0);
        AddressMapping mapping =
            AddressMapping.of(device.standard(), AddressMapping.BANK_INTERLEAVED);
        long last = device.standard().capacityBytes() - device.standard().burstBytes();
        assertThat(mapping.encode(mapping.decode(last))).isEqualTo(last);
      } else {
        refused++;
      }
    }
    assertThat(devices).isGreaterThan(10);
    assertThat(refused).isGreaterThan(300);
  }

  @Test
  void noBytes() {
    refused(
        DDR5,
        "dram.burst=0 B",
        ": dram.burst: a burst of 0 B; allowed are powers of two up to 4096");
    refused(
        DDR5,
        "dram.burst=48 B",
        ": dram.burst: a burst of 48 B; allowed are powers of two up to 4096");
    refused(
        DDR5,
        "dram.bursts=0",
        ": dram.bursts: '0' is out of range: a whole number from 1 to 65536");
  }

  @Test
  void capacityThatTheDiesDoNotHold() {
    refused(
        DDR5,
        "dram.dies=5",
        ": dram.die_gbit: 5 dies of 16 Gbit hold 10737418240 B but the channels, rows and bursts"
            + " make 8589934592 B");
  }

  @Test
  void levelOfAnotherStandard() {
    refused(
        DDR5,
        "dram.counts.sid=2",
        "unknown key 'dram.counts.sid' (known: [rank, bankgroup, bank])");
  }

  @Test
  void clock() {
    refused(
        DDR5,
        "dram.tck=0 ps",
        ": dram.tck: '0 ps' is not a time above zero with one of the units [ps, ns, us]");
    refused(
        DDR5,
        "dram.tck=9.9 ps",
        ": dram.tck: '9.9 ps' is out of range: a clock from 10 ps to 100 ns");
    refused(
        HBM3,
        "dram.tck=625.001 ps",
        ": dram.tck: half a clock of '625.001 ps' is no whole number of femtoseconds");
  }

  @Test
  void severalFaultsInOnePass() {
    assertThat(
            faults(
                "dram: " + DDR5 + "\n",
                "dram.tck=1 s",
                "dram.counts.bank=3",
                "dram.timings.nRC=x",
                "dram.energy.io=4 pJ",
                "dram.colour=red"))
        .extracting(fault -> fault.replaceAll(".*?: dram", "dram"))
        .containsExactlyInAnyOrder(
            "dram.tck: '1 s', character 1: a time with one of the units [ps, ns, us] is missing",
            "dram.counts.bank: 3 is not a power of two",
            "dram.timings.nRC: 'x', character 1: 'x': here are only whole numbers and times allowed,"
                + " and max()",
            "dram.energy.io: '4 pJ' is an energy where an energy per bit is wanted: a number with"
                + " one of the units [pJ/bit, fJ/bit, nJ/bit]",
            "--set #5 (dram.colour=red): unknown key 'dram.colour' (known: [protocol, name, tck, channels, dies,"
                + " die_gbit, counts, rows, bursts, burst, timings, low_power, tiers, energy])");
  }

  // ---- protocols ----

  @Test
  void unknownProtocol() {
    refused(
        DDR5,
        "dram.protocol=ddr6",
        ": dram.protocol: no dram-protocol preset 'ddr6'; did you mean 'ddr4'? (known: [ddr4, ddr5, gddr6, hbm2, hbm3, hbm4, lpddr5])");
  }

  @Test
  void levels() {
    refusedProtocol(
        "levels=[channel, rnak, bankgroup, bank]",
        ": dram.protocol.levels: 'rnak' is not a level; did you mean 'rank'? (known: [channel,"
            + " pseudochannel, rank, sid, bankgroup, bank])");
  }

  @Test
  void unknownLevelOfARule() {
    refusedRule(
        "{level: rnak, after: [RD], before: [WR], wait: 1, name: x}",
        ": dram.protocol.rules[0].level: 'rnak' is not one of [channel, rank, bankgroup, bank]; did"
            + " you mean 'rank'?");
  }

  @Test
  void unknownCommandOfARule() {
    refusedRule(
        "{level: rank, after: [RD, REFpb], before: [WRB], wait: 1, name: x}",
        ": dram.protocol.rules[0].after: 'REFpb' is not a command of it; did you mean 'REFab'?"
            + " (known: [ACT, PREpb, PREab, RD, WR, RDA, WRA, REFab, REFsb])",
        ": dram.protocol.rules[0].before: 'WRB' is not a command of it; did you mean 'WR'? (known:"
            + " [ACT, PREpb, PREab, RD, WR, RDA, WRA, REFab, REFsb])");
  }

  @Test
  void unknownTimingInARule() {
    refusedRule(
        "{level: rank, after: [RD], before: [WR], wait: nCL + nBLL, name: x}",
        ": dram.protocol.rules[0].wait: 'nCL + nBLL', character 7: unknown timing 'nBLL'; did you"
            + " mean 'nBL'?");
  }

  @Test
  void sistersOfTheChannel() {
    refusedRule(
        "{level: channel, after: [RD], before: [WR], wait: 1, sibling: true, name: x}",
        ": dram.protocol.rules[0].sibling: the channel has no sisters: choose a level below it");
  }

  @Test
  void allBanksAtEachBank() {
    refusedRule(
        "{level: bank, after: [REFab], before: [ACT], wait: 1, name: x}",
        ": dram.protocol.rules[0].after: REFab is for all banks of a rank, the rule for each bank");
  }

  @Test
  void emptyRule() {
    refusedRule(
        "{level: bank, after: [], before: [ACT], wait: 1, name: x}",
        ": dram.protocol.rules[0].after: no command; at least one is needed");
  }

  @Test
  void windowOfNothing() {
    refusedRule(
        "{level: bank, after: [ACT], before: [ACT], wait: 1, window: 0, name: x}",
        ": dram.protocol.rules[0].window: '0' is out of range: a whole number from 1 to 64");
  }

  @Test
  void commands() {
    refusedProtocol(
        "commands.PREXX=1",
        ": dram.protocol.commands.PREXX: 'PREXX' is not a command of it; did you mean 'PREpb'?"
            + " (known: [ACT, ACT1, ACT2, PREpb, PREab, CASrd, CASwr, RD, WR, RDA, WRA, REFab,"
            + " REFpb, REFsb])");
    refusedProtocol("commands.RD=1.5", ": dram.protocol.commands.RD: a command takes whole clocks");
    refused(
        HBM3,
        "dram.protocol.commands.ACT=1.25",
        ": dram.protocol.commands.ACT: a command takes whole halves of a clock");
  }

  @Test
  void commandThatTheBusNeeds() {
    assertThat(faults("dram: " + DDR5 + "\n", "dram.protocol.bus=two-step-activate"))
        .hasSize(4)
        .allMatch(fault -> fault.contains("missing key 'dram.protocol.commands."))
        .anyMatch(
            fault ->
                fault.endsWith(
                    "missing key 'dram.protocol.commands.CASrd' (Clocks of a command that this bus"
                        + " needs); wanted is a number from 0 to 16"));
  }

  @Test
  void latencies() {
    refusedProtocol(
        "read_latency=nCL - nRC",
        ": dram.protocol.read_latency: 'nCL - nRC' is -77 clocks with these timings");
    refusedProtocol(
        "burst_length=nBX",
        ": dram.protocol.burst_length: 'nBX', character 1: unknown timing 'nBX'; did you mean"
            + " 'nBL'?");
  }

  // ---- energy ----

  @Test
  void currents() {
    refused(
        DDR5,
        "dram.energy.currents.idd4r_ma=51",
        ": dram.energy.currents.idd4r_ma: 51.0 mA is less than the 52.0 mA of idd3n_ma");
    refused(
        DDR5,
        "dram.energy.currents.idd0_ma=40",
        ": dram.energy.currents.idd0_ma: activates would cost less than standby: it is too small");
  }

  @Test
  void shares() {
    refused(
        DDR5,
        "dram.energy.cell_share=0.7",
        ": dram.energy.group_share: cell_share and group_share are more than 1 together");
  }
}
