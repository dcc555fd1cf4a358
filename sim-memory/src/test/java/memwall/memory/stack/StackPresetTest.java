package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StackPresetTest {
  static List<String> presets() {
    return Stacks.presets();
  }

  @Test
  void presetsAreFound() {
    assertThat(presets())
        .contains("hbm3-8hi", "hbm3e-12hi", "hbm4-16hi", "custom-3d-stratum")
        .hasSizeGreaterThanOrEqualTo(9);
  }

  /** Rates and powers that the sources state. */
  @ParameterizedTest
  @CsvSource({
    "hbm3-8hi, 819.2, 30",
    "hbm3e-8hi, 1177.6, 33",
    "hbm4-12hi, 1638.4, 40",
    "custom-3d-stratum, 34300, 241.5"
  })
  void ratesAndPowersOfTheSources(String name, double gigabytesPerSec, double watts) {
    StackSpec spec = Stacks.preset(name);
    assertThat(spec.tsv().bytesPerSec() / 1e9).isCloseTo(gigabytesPerSec, within(1e-9));
    assertThat(Stacks.sum(Stacks.wattsAt(spec, spec.tsv().bytesPerSec())))
        .isCloseTo(watts, within(0.01 * watts));
  }

  /** 0.11 + 0.44 + 1.01 + 1.23 + 0.5 + 0.3 pJ/bit (FGDRAM), on average over the layers. */
  @Test
  void energyOfABit() {
    StackSpec spec = Stacks.preset("hbm3-8hi");
    double sum = 0;
    for (int layer = 0; layer < 8; layer++) {
      sum += spec.energy().pjPerBit(layer);
    }
    assertThat(sum / 8).isCloseTo(3.59, within(1e-12));
    assertThat(spec.energy().pjPerBit(7) - spec.energy().pjPerBit(0))
        .isCloseTo(7 * 0.08, within(1e-12));
  }

  @Test
  void resistancesOfTheFacts() {
    StackSpec spec = Stacks.preset("hbm3-8hi");
    // 50 um of silicon on 121 mm2: 0.0028 K/W; 20 um of film: 0.08 to 0.11 K/W.
    assertThat(spec.memoryDie().kelvinPerWatt()).isCloseTo(0.0028, within(0.00001));
    assertThat(spec.bond().kelvinPerWatt()).isBetween(0.08, 0.11);
    double milliseconds = 1e3 * spec.memoryDie().joulesPerKelvin() * spec.bond().kelvinPerWatt();
    assertThat(milliseconds).isBetween(0.5, 10.0);
    assertThat(spec.network().timeConstantSeconds(0)).isBetween(1.0, 10.0);
  }

  /**
   * The steady state of every preset at its full rate against the ladder worked by hand: the heat
   * that passes each resistance, summed from the coolant on.
   */
  @ParameterizedTest
  @MethodSource("presets")
  void ladder(String name) {
    StackSpec spec = Stacks.preset(name);
    double[] watts = Stacks.wattsAt(spec, spec.tsv().bytesPerSec());
    ThermalNetwork network = spec.network();
    int n = spec.memoryLayers();
    boolean below = spec.logicPosition() == LogicPosition.BELOW;
    double passing = Stacks.sum(watts);
    double rise = passing * spec.cooling().sinkKelvinPerWatt();
    assertThat(network.steadyRiseKelvin(spec.lidNode(), watts))
        .isCloseTo(rise, within(1e-9 * rise));
    double above = spec.cooling().lidKelvinPerWatt();
    for (int i = 0; i <= n; i++) {
      // From the lid down: far layer to near layer and the logic die, or the other way round.
      int node = below ? (i < n ? n - 1 - i : spec.logicNode()) : i == 0 ? spec.logicNode() : i - 1;
      DieSpec die = node == spec.logicNode() ? spec.logicDie() : spec.memoryDie();
      rise += passing * (above + die.kelvinPerWatt() / 2);
      assertThat(network.steadyRiseKelvin(node, watts)).isCloseTo(rise, within(1e-9 * rise));
      passing -= watts[node];
      boolean besideLogic = below ? i == n - 1 : i == 0;
      DieSpec film = besideLogic ? spec.logicBond() : spec.bond();
      above = die.kelvinPerWatt() / 2 + film.kelvinPerWatt();
    }
    assertThat(passing).isCloseTo(0, within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void wiresFitAndLayersHaveALatencyEach(String name) {
    StackSpec spec = Stacks.preset(name);
    assertThat(spec.tsv().areaMm2()).isLessThanOrEqualTo(spec.tsv().areaShare() * 121);
    assertThat(spec.tsv().rowAccessPs()).hasSize(spec.memoryLayers());
    assertThat(spec.tsv().groupBytesPerSec() * spec.tsv().laneGroups())
        .isEqualTo(spec.tsv().bytesPerSec());
  }

  /** Logic above: the memory is cooler; 16 dies and 8 Gbit/s: too hot for the full rate. */
  @Test
  void designQuestions() {
    StackSpec below = Stacks.preset("hbm4-16hi");
    StackSpec above = Stacks.preset("hbm4-16hi-logic-above");
    double[] watts = Stacks.wattsAt(below, below.tsv().bytesPerSec());
    assertThat(hottest(above, watts)).isLessThan(hottest(below, watts) - 15);
    SustainedBandwidth sustained = SustainedBandwidth.of(below, 0);
    assertThat(sustained.bindingNode()).isZero();
    assertThat(sustained.bytesPerSec() / below.tsv().bytesPerSec()).isBetween(0.9, 1.0);
    assertThat(SustainedBandwidth.of(above, 0).bindingNode()).isEqualTo(SustainedBandwidth.WIRES);
    // With 30 W of compute on the base die the memory above it allows far less.
    StackSpec pnm = Stacks.preset("hbm4-16hi-pnm");
    assertThat(SustainedBandwidth.of(pnm, 1).bytesPerSec())
        .isLessThan(0.3 * SustainedBandwidth.of(pnm, 0).bytesPerSec());
  }

  private static double hottest(StackSpec spec, double[] watts) {
    double hottest = 0;
    for (int layer = 0; layer < spec.memoryLayers(); layer++) {
      hottest = Math.max(hottest, spec.network().steadyRiseKelvin(layer, watts));
    }
    return hottest;
  }

  /** Stratum's tiers: uniform placement waits 11.06 ns for a row, the nearest tier 2.29 ns. */
  @Test
  void latencyClasses() {
    StackSpec spec = Stacks.preset("custom-3d-stratum");
    long sum = 0;
    for (long accessPs : spec.tsv().rowAccessPs()) {
      sum += accessPs;
    }
    assertThat(sum / 8).isEqualTo(11_058);
    assertThat(spec.tsv().rowAccessPs().get(0) + spec.tsv().delayPs(0)).isEqualTo(2_290 + 5);
    assertThat(spec.tsv().slowestPs()).isEqualTo(22_880 + 8 * 5);
  }

  /** The table of docs/models.md is what the presets give, every preset in it. */
  @Test
  void tableOfTheDocumentation() throws IOException {
    Path page = Path.of(System.getProperty("memwall.root", "..")).resolve("docs/models.md");
    List<String> rows =
        Files.readAllLines(page).stream()
            .filter(line -> line.matches("\\| `[a-z0-9-]+`.*"))
            .toList();
    List<String> stackRows =
        rows.stream().filter(row -> presets().contains(presetOf(row))).toList();
    List<String> expected = new ArrayList<>();
    for (String row : stackRows) {
      expected.add(row(presetOf(row), row.contains(" of compute") ? 1 : 0));
    }
    assertThat(stackRows.stream().map(row -> row.replaceAll(" at full clock.*", " |")).toList())
        .isEqualTo(expected);
    assertThat(stackRows.stream().map(row -> presetOf(row)))
        .containsExactlyInAnyOrderElementsOf(presets());
  }

  private static String presetOf(String row) {
    return row.substring(3, row.indexOf('`', 3));
  }

  private static String row(String name, int computing) {
    StackSpec spec = Stacks.preset(name);
    double[] watts = Stacks.wattsAt(spec, spec.tsv().bytesPerSec());
    double compute = computing * spec.energy().computeWatts();
    watts[spec.logicNode()] += compute;
    double coolant = spec.cooling().coolantCelsius();
    String extra = computing == 0 ? "" : String.format(Locale.ROOT, ", %.0f W of compute", compute);
    return String.format(
        Locale.ROOT,
        "| `%s`%s | %.0f | %.1f | %.0f, %.0f | %.0f |",
        name,
        extra,
        spec.tsv().bytesPerSec() / 1e9,
        Stacks.sum(watts),
        coolant + hottest(spec, watts),
        coolant + spec.network().steadyRiseKelvin(spec.logicNode(), watts),
        SustainedBandwidth.of(spec, computing).bytesPerSec() / 1e9);
  }
}
