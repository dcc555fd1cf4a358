package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.core.Randomized;
import memwall.core.config.Faults;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.memory.dram.standard.DramEnergy;
import org.junit.jupiter.api.Test;

/** A memory whose ranks sleep: the same at every fidelity, and what it saves. */
final class LowPowerMemoryTest {
  private static final long US = 1_000_000;

  private static BankSpec ddr5(String controller) {
    Faults faults = new Faults();
    BankSpec spec =
        (BankSpec)
            BankRig.read(
                "memory: {model: dram-banks, dram: ddr5-4800an-16gb-x8, path_latency: 20 ns,"
                    + " controller: {"
                    + controller
                    + "}}\n",
                faults);
    faults.throwIfAny();
    return spec;
  }

  private static BankSpec sleeping() {
    return ddr5("power_down: {after: 200 ns}, self_refresh: {after: 30 us}");
  }

  /** Laws F1 and F4: one channel for all, every channel, with a rest of many refreshes. */
  @Test
  void fastEqualsExact() {
    Randomized.check(
        5,
        random -> {
          List<BankRig.Step> script = BankRig.randomScript(random, 12, 60 * US);
          BankRig rig = BankRig.alike(sleeping(), 2, script, 500 * US);
          assertThat(rig.number("power_down_ps")).isPositive();
          assertThat(rig.number("self_refresh_ps")).isPositive();
        });
  }

  /** Of ten microseconds at rest the first is standby, the others are power-down. */
  @Test
  void energyIsThatOfTheStates() {
    BankSpec spec = ddr5("refresh: none, power_down: {after: 1 us}");
    BankRig rig = new BankRig(spec, 1, true);
    rig.simulation.runUntil(10 * US);
    DramEnergy energy = spec.device().energy();
    double expected = 1e6 * energy.prechargedWatts() + 9e6 * energy.powerDownWatts();
    assertThat(rig.snapshot().number("mem.energy.background_pj"))
        .isCloseTo(expected, within(2e-3 * expected));
    assertThat((double) rig.number("power_down_ps")).isCloseTo(9e6, within(1e4));
  }

  /** A memory that is read once a millisecond: refreshes and standby give way to self-refresh. */
  @Test
  void aMemoryThatIsHardlyUsedSaves() {
    double[] picojoules = new double[2];
    for (int sleeps = 0; sleeps < 2; sleeps++) {
      BankRig rig = new BankRig(sleeps == 1 ? sleeping() : ddr5(""), 1, true);
      for (int i = 1; i <= 5; i++) {
        rig.simulation.runUntil(1000L * i * US);
        rig.takesPs(false, Usage.WEIGHTS, 4096, AccessPattern.SEQUENTIAL);
      }
      picojoules[sleeps] =
          rig.snapshot().number("mem.energy.background_pj")
              + rig.snapshot().number("mem.energy.refresh_pj");
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
    DramEnergy energy = sleeping().device().energy();
    double least = energy.selfRefreshWatts() / energy.prechargedWatts();
    assertThat(picojoules[1] / picojoules[0]).isBetween(0.5 * least, 1.1 * least);
  }
}
