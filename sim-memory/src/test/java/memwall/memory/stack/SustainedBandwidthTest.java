package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

class SustainedBandwidthTest {
  /** At the sustained bandwidth the binding die is at its limit, and nobody is above. */
  @Test
  void bindingDieIsAtItsLimit() {
    Randomized.check(
        100,
        random -> {
          StackSpec spec =
              Stacks.preset(
                  "hbm4-16hi",
                  "cooling.coolant=" + random.nextInt(40, 70) + " C",
                  "logic_position=" + (random.nextBoolean() ? "below" : "above"),
                  "cooling.sink_kelvin_per_watt=" + (0.04 + random.nextInt(30) / 100.0),
                  "limits.logic=" + random.nextInt(95, 110) + " C");
          double[] shares = new double[16];
          for (int layer = 0; layer < 16; layer++) {
            shares[layer] = random.nextDouble();
          }
          double total = Stacks.sum(shares);
          for (int layer = 0; layer < 16; layer++) {
            shares[layer] /= total;
          }
          double[] work = new double[18];
          work[16] = random.nextInt(4);
          SustainedBandwidth sustained = SustainedBandwidth.of(spec, shares, work, 0);

          double[] watts = spec.idleWatts(2, 1);
          double[] rates = new double[16];
          for (int layer = 0; layer < 16; layer++) {
            rates[layer] = shares[layer] * sustained.bytesPerSec();
          }
          spec.energy().addTransferJoules(rates, true, watts);
          watts[16] += work[16];
          for (int node = 0; node <= 16; node++) {
            double celsius =
                spec.cooling().coolantCelsius() + spec.network().steadyRiseKelvin(node, watts);
            if (node == sustained.bindingNode()) {
              assertThat(celsius).isCloseTo(spec.limitCelsius(node), within(1e-9));
            } else if (sustained.bytesPerSec() > 0) {
              assertThat(celsius).isLessThanOrEqualTo(spec.limitCelsius(node) + 1e-9);
            }
          }
        });
  }

  /**
   * One memory layer on one logic die, all resistances known. To the memory 0.5 + 0.9 + 0.1 = 1.5
   * K/W for all heat, to the logic 0.1 + 1 + 0.2 = 1.3 more. Idle: memory 2 W with doubled refresh,
   * logic 4 W. Per GB/s: 24 mW in the memory, 8 mW in the logic.
   */
  @Test
  void byHand() {
    double memory = (50 - 1.5 * 6) / (1.5 * 0.032);
    double logic = (60 - 1.5 * 6 - 1.3 * 4) / (1.5 * 0.032 + 1.3 * 0.008);
    assertThat(logic).isLessThan(memory);
    SustainedBandwidth hot = SustainedBandwidth.of(two("limits.logic=100 C"), 0);
    assertThat(hot.bindingNode()).isEqualTo(1);
    assertThat(hot.bytesPerSec() / 1e9).isCloseTo(logic, within(1e-6));

    hot = SustainedBandwidth.of(two("limits.logic=119 C"), 0);
    assertThat(hot.bindingNode()).isEqualTo(SustainedBandwidth.WIRES);
    assertThat(hot.bytesPerSec()).isEqualTo(819.2e9);

    hot = SustainedBandwidth.of(two("limits.logic=119 C", "tsv.rate=8 Gbit/s"), 0);
    assertThat(hot.bindingNode()).isZero();
    assertThat(hot.bytesPerSec() / 1e9).isCloseTo(memory, within(1e-6));
  }

  private static StackSpec two(String... more) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "memory_layers=1",
                "tsv.lane_groups=1",
                "memory_die={ kelvin_per_watt: 0.2, joules_per_kelvin: 0.01 }",
                "logic_die={ kelvin_per_watt: 0.4, joules_per_kelvin: 0.01 }",
                "bond={ kelvin_per_watt: 1.0 }",
                "cooling={ coolant: 40 C, lid_kelvin_per_watt: 0.9,"
                    + " sink_kelvin_per_watt: 0.5, lid_joules_per_kelvin: 1 }",
                "energy={ array: 2 pJ/bit, wire: 0.5 pJ/bit, per_layer: 1 pJ/bit,"
                    + " interface: 0.5 pJ/bit, background: 1 W, refresh: 0.5 W, logic: 4 W }",
                "limits.memory=90 C"));
    sets.addAll(List.of(more));
    return Stacks.preset("hbm3-8hi", sets.toArray(String[]::new));
  }

  @Test
  void oneLayerAloneGetsTheLanesOfItsGroup() {
    StackSpec spec = Stacks.preset("hbm3-8hi");
    double[] shares = new double[8];
    shares[3] = 1;
    SustainedBandwidth sustained = SustainedBandwidth.of(spec, shares, new double[10], 0);
    assertThat(sustained.bytesPerSec()).isEqualTo(819.2e9 / 4);
    assertThat(sustained.bindingNode()).isEqualTo(SustainedBandwidth.WIRES);
    StackSpec shared = Stacks.preset("hbm3-8hi", "tsv.lane_groups=1");
    assertThat(SustainedBandwidth.of(shared, shares, new double[10], 0).bytesPerSec())
        .isEqualTo(819.2e9);
  }

  /**
   * 30 W of compute under 16 dies leave nothing to the memory; at the lowest voltage nearly all.
   */
  @Test
  void lowerVoltageLeavesMoreToTheMemory() {
    StackSpec spec = Stacks.preset("hbm4-16hi-pnm");
    double[] shares = new double[16];
    Arrays.fill(shares, 1.0 / 16);
    double[] work = new double[18];
    work[16] = spec.energy().computeWatts();
    double last = -1;
    for (int level = 0; level <= 7; level++) {
      double allowed = SustainedBandwidth.of(spec, shares, work, level).bytesPerSec();
      assertThat(allowed).isGreaterThanOrEqualTo(last);
      last = allowed;
    }
    assertThat(SustainedBandwidth.of(spec, 1).bytesPerSec()).isZero();
    assertThat(last / spec.tsv().bytesPerSec()).isBetween(0.8, 1.0);
    assertThat(last).isLessThan(SustainedBandwidth.of(spec, 0).bytesPerSec() * 1.05);
  }

  @Test
  void refusesWrongLengths() {
    StackSpec spec = Stacks.preset("hbm3-8hi");
    assertThatThrownBy(() -> SustainedBandwidth.of(spec, new double[7], new double[10], 0))
        .hasMessage("one share per memory layer, one power per node");
    assertThatThrownBy(() -> SustainedBandwidth.of(spec, new double[8], new double[9], 0))
        .hasMessage("one share per memory layer, one power per node");
  }
}
