package memwall.memory.dram.standard;

import static memwall.memory.dram.standard.DeviceMessagesTest.DDR5;
import static memwall.memory.dram.standard.DeviceMessagesTest.faults;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tiers of rows that cannot be are refused with a message; all faults in one pass. */
class TierMessagesTest {
  private static List<String> tierFaults(String... tiers) {
    return faults(
        "dram:\n  extends: " + DDR5 + "\n  tiers:\n    - " + String.join("\n    - ", tiers));
  }

  @Test
  void soundTiers() {
    assertThat(
            tierFaults(
                "{name: near, rows: 1024, timings: {nRCD: 10, nRAS: 30, nRP: 12, nRC: 42}}",
                "{name: middle, rows: 64512, timings: {nRCD: 8 ns}}"))
        .isEmpty();
  }

  @Test
  void tiersBeyondTheBank() {
    assertThat(tierFaults("{name: a, rows: 65536, timings: {}}", "{name: b, rows: 1, timings: {}}"))
        .singleElement()
        .asString()
        .endsWith("dram.tiers: tiers of 65537 rows in banks of 65536");
  }

  @Test
  void tiersOfOneName() {
    assertThat(tierFaults("{name: a, rows: 1, timings: {}}", "{name: a, rows: 1, timings: {}}"))
        .singleElement()
        .asString()
        .endsWith("dram.tiers[1].name: 'a' stands twice; each tier needs a name of its own");
  }

  /** Contradictions in a tier are faults as in the device, and all are told at once. */
  @Test
  void tiersThatCannotBe() {
    assertThat(
            tierFaults(
                "{name: a, rows: 8, timings: {nRAS: 78}}",
                "{name: b, rows: 8, timings: {nRP: 0}}",
                "{name: c, rows: 8, timings: {nFAW: 50, nRCD: fast}}"))
        .satisfiesExactly(
            one ->
                assertThat(one)
                    .endsWith(
                        "dram.tiers[0].timings.nRC: the row cycle of 111 clocks is shorter than"
                            + " nRAS + nRP = 112"),
            one ->
                assertThat(one)
                    .endsWith("dram.tiers[1].timings.nRP: 0 clocks; at least 1 is needed"),
            one ->
                assertThat(one)
                    .endsWith(
                        "dram.tiers[2].timings.nFAW: the same for all rows of a device; a tier may"
                            + " give [nRCD, nRCDRD, nRCDWR, nRAS, nRP, nRPab, nRC, nWR, nRTP]"),
            one -> assertThat(one).contains("dram.tiers[2].timings.nRCD: "));
  }

  @Test
  void unknownTimingOfTier() {
    assertThat(tierFaults("{name: a, rows: 8, timings: {nRCDD: 3}}"))
        .singleElement()
        .asString()
        .contains("dram.tiers[0].timings", "nRCDD", "nRCD'");
  }

  @Test
  void windowOfATimingThatTiersChange() {
    String text =
        """
        dram:
          extends: ddr5-4800an-16gb-x8
          tiers: [{name: a, rows: 8, timings: {nRC: 120}}]
          protocol:
            extends: ddr5
            rules:
              - {level: rank, after: [ACT], before: [ACT], wait: nRC, window: 2, name: odd}
        """;
    assertThat(faults(text))
        .singleElement()
        .asString()
        .endsWith(
            "dram.tiers[0].timings: odd counts commands of all tiers, so it cannot differ in one");
  }
}
