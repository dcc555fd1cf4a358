package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.config.Faults;
import org.junit.jupiter.api.Test;

/** Impossible stacks are refused with a message; all faults of one preset in one pass. */
class StackMessagesTest {
  private static void refused(String message, String... sets) {
    assertThat(Stacks.faults("hbm3-8hi", sets))
        .singleElement()
        .asString()
        .endsWith(": stack." + message);
  }

  @Test
  void layersOutOfRange() {
    refused(
        "memory_layers: '0' is out of range: a whole number from 1 to 64",
        "memory_layers=0",
        "tsv.lane_groups=1");
    refused("logic_position: 'beside' is not one of [below, above]", "logic_position=beside");
  }

  @Test
  void wiresTakeTooMuchArea() {
    refused(
        "tsv.pitch: 10000 wires at a pitch of 61.0 um take 37.21 mm2; allowed is a share of 0.3"
            + " of 121.0 mm2",
        "tsv.pitch=61 um");
    assertThat(Stacks.faults("hbm3-8hi", "tsv.pitch=60 um")).isEmpty();
  }

  @Test
  void lengthsAndTemperaturesOutOfRange() {
    refused(
        "tsv.pitch: 0 um is out of range: allowed is from 0.001 um to 10000 um", "tsv.pitch=0 mm");
    refused(
        "cooling.coolant: 201 C is out of range: allowed is from -200 C to 200 C",
        "cooling.coolant=201 C",
        "limits.memory=300 C",
        "limits.logic=300 C",
        "limits.shutdown=300 C");
    refused(
        "limits.memory: '95' has no unit where a temperature is wanted: a number with one of the"
            + " units [C, K]",
        "limits.memory=95");
    assertThat(Stacks.preset("hbm3-8hi", "cooling.coolant=313.15 K"))
        .isEqualTo(Stacks.preset("hbm3-8hi", "cooling.coolant=40 C"));
  }

  @Test
  void wiresThatCarryTooMuch() {
    refused(
        "tsv.rate: 1024 wires of 1000000000000000 B/s carry more than the largest rate, 1000 PB/s",
        "tsv.rate=1 PB/s");
  }

  @Test
  void unevenGroups() {
    refused("tsv.lane_groups: 8 memory layers cannot share 3 groups", "tsv.lane_groups=3");
    refused("tsv.count: 1022 wires do not divide into 4 groups", "tsv.count=1022");
  }

  @Test
  void fewerWiresInAllThanForData() {
    refused("tsv.total: 1000 wires in all are fewer than the 1024 for data", "tsv.total=1000");
  }

  @Test
  void latencyClassesDoNotMatchLayers() {
    refused(
        "tsv.row_access: 2 latencies for 8 memory layers; allowed are 1 or as many",
        "tsv.row_access=[1 ns, 2 ns]");
    assertThat(Stacks.preset("hbm3-8hi", "tsv.row_access=[3 ns]").tsv().rowAccessPs())
        .containsOnly(3_000L)
        .hasSize(8);
  }

  @Test
  void delaysLongerThanASecond() {
    refused(
        "tsv.layer_delay: 1001000000000 ps are longer than a second", "tsv.layer_delay=1001 ms");
    refused("tsv.row_access: 2000000000000 ps are longer than a second", "tsv.row_access=[2 s]");
  }

  @Test
  void shutdownBelowALimit() {
    refused(
        "limits.shutdown: 104.0 C is below a limit (memory 95.0 C, logic 105.0 C)",
        "limits.shutdown=104 C");
  }

  @Test
  void coolantTooWarmToRecover() {
    refused(
        "limits.hysteresis: a die at its limit of 95.0 C would have to cool by 60.0 K, below"
            + " the coolant's 40.0 C, to recover",
        "limits.hysteresis=60 K");
  }

  @Test
  void tooHotWhenIdle() {
    assertThat(Stacks.faults("hbm3-8hi", "energy.logic=80 W"))
        .singleElement()
        .asString()
        .contains("stack.cooling.coolant: idle already, layer0 gets to ")
        .endsWith(" C; its limit is 95.0 C");
  }

  @Test
  void endlessSteps() {
    refused(
        "limits.step_time: 0 ps would be endlessly often; allowed is 1 ps or more",
        "limits.step_time=0 ps");
    refused(
        "limits.window: 0 ps would be endlessly often; allowed is 1 ps or more",
        "limits.window=0 ps");
    refused(
        "limits.window: 3600000000000001 ps are longer than an hour",
        "limits.window=3600000000000001 ps");
  }

  @Test
  void refreshThresholdsThatDoNotAscend() {
    refused(
        "limits.refresh[1].above: 2 times from 90.0 C follows 2 times from 85.0 C; both"
            + " must ascend",
        "limits.refresh=[{ above: 85 C, factor: 2 }, { above: 90 C, factor: 2 }]");
    refused(
        "limits.refresh[0].factor: '1' is out of range: a whole number from 2 to 64",
        "limits.refresh=[{ above: 85 C, factor: 1 }]");
  }

  @Test
  void throttlingLevelsWithAndWithoutTemperature() {
    refused(
        "limits.throttle[1].at: either all throttling levels have a temperature or none" + " has",
        "limits.throttle=[{ bandwidth: 0.5, at: 90 C }, { bandwidth: 0.2 }]");
    refused(
        "limits.throttle[1].at: 90.0 C follows 90.0 C; levels must ascend",
        "limits.throttle=[{ bandwidth: 0.5, at: 90 C }, { bandwidth: 0.2, at: 90 C }]");
  }

  @Test
  void voltages() {
    refused(
        "limits.dvfs.threshold_volts: 0.9 V is not below the nominal 0.9 V",
        "limits.dvfs={ nominal_volts: 0.9, threshold_volts: 0.9, exponent: 1.3 }");
    refused(
        "limits.throttle[0].volts: 0.3 V is not above the threshold voltage of 0.3 V",
        "limits.dvfs={ nominal_volts: 0.9, threshold_volts: 0.3, exponent: 1.3 }",
        "limits.throttle=[{ volts: 0.3 }]");
    assertThat(Stacks.faults("hbm3-8hi", "limits.throttle=[{ volts: 0.5 }]"))
        .singleElement()
        .asString()
        .contains("unknown key 'stack.limits.throttle[0].volts'");
  }

  @Test
  void layerWithoutThickness() {
    refused(
        "memory_die.thickness: no value given; wanted is a length: a number with one of the units [um,"
            + " nm, mm]",
        "memory_die.thickness=~");
    // Given directly, the resistance wins over the one of the thickness; heat is stored as before.
    StackSpec direct = Stacks.preset("hbm3-8hi", "memory_die.kelvin_per_watt=0.5");
    assertThat(direct.memoryDie().kelvinPerWatt()).isEqualTo(0.5);
    assertThat(direct.memoryDie().joulesPerKelvin())
        .isEqualTo(Stacks.preset("hbm3-8hi").memoryDie().joulesPerKelvin());
  }

  @Test
  void allFaultsInOnePass() {
    assertThat(
            Stacks.faults(
                "hbm3-8hi",
                "memory_layers=9",
                "area=0 mm2",
                "tsv.rate=5",
                "tsv.total=7",
                "energy.array=1 W",
                "cooling.coolant=-300 C",
                "limits.window=0 ps",
                "limits.throttle=[{ bandwidth: 2 }]",
                "colour=red"))
        .hasSize(10);
  }

  @Test
  void levelsThatAreLeftTooLate() {
    String levels = "limits.throttle=[{ bandwidth: 0.5, at: 80 C, until: ";
    refused(
        "limits.throttle[0].until: 80.0 C is not below the 80.0 C from which the level applies",
        levels + "80 C }]");
    refused(
        "limits.throttle[0].until: only a level with a temperature of its own ('at') has one to be"
            + " left at",
        "limits.throttle=[{ bandwidth: 0.5, until: 80 C }]");
    assertThat(Stacks.preset("hbm3-8hi", levels + "70 C }]").policy().steps())
        .containsExactly(new ThrottleStep(0.5, 1, 1, 80, 70));
  }

  /** Whatever the single keys allow: faults or a stack, no exception. */
  @Test
  void nothingThatTheKeysAllowThrows() {
    String[] counts = {"1", "4", "1000", "1000000000"};
    String[] rates = {"1 B/s", "1 GB/s", "1000 PB/s"};
    String[] times = {"0 ps", "1 ps", "1 us", "106 d"};
    String[] extremes = {"0.01", "1", "10000"};
    Randomized.check(
        300,
        random -> {
          List<String> sets = new ArrayList<>();
          sets.add("memory_layers=" + (1 + random.nextInt(64)));
          sets.add("area=" + extremes[random.nextInt(3)] + " mm2");
          sets.add("memory_die.thickness=" + extremes[random.nextInt(3)] + " um");
          sets.add("bond.watts_per_metre_kelvin=" + extremes[random.nextInt(3)]);
          sets.add("tsv.count=" + counts[random.nextInt(4)]);
          sets.add("tsv.rate=" + rates[random.nextInt(3)]);
          sets.add("tsv.lane_groups=" + (1 + random.nextInt(3)));
          sets.add("tsv.layer_delay=" + times[random.nextInt(4)]);
          sets.add("tsv.row_access=[" + times[random.nextInt(4)] + "]");
          sets.add("cooling.sink_kelvin_per_watt=" + extremes[random.nextInt(3)]);
          sets.add("limits.step_time=" + times[random.nextInt(4)]);
          sets.add("limits.window=" + times[random.nextInt(4)]);
          Faults faults = new Faults();
          StackSpec spec = Stacks.read("stack: hbm3-8hi\n", faults, sets.toArray(String[]::new));
          assertThat(spec.tsv().groupBytesPerSec()).isPositive();
          assertThatCode(() -> SustainedBandwidth.of(spec, 0)).doesNotThrowAnyException();
        });
  }

  @Test
  void recordsRefuseWhatNoPresetCanSay() {
    assertThatThrownBy(() -> new DieSpec(0, 1)).hasMessageContaining("must be positive");
    assertThatThrownBy(() -> new ThrottleStep(0, 0, 1, 90))
        .hasMessage("shares are in (0, 1], of the bandwidth in [0, 1]");
    assertThatThrownBy(() -> new ThrottleStep(0, 1, 1, 90, 90))
        .hasMessage("a level from 90.0 C until below 90.0 C");
    assertThatThrownBy(() -> new CoolingSpec(40, 0, 1, 1, 1)).hasMessageContaining("positive");
    assertThatThrownBy(() -> new CoolingSpec(201, 1, 1, 1, 1)).hasMessage("coolant of 201.0 C");
    assertThatThrownBy(() -> new StackEnergy(-1, 0, 0, 0, 0, 0, 0, 0))
        .hasMessage("energies and powers are 0 or more");
    List<Long> access = Collections.nCopies(4, 0L);
    assertThatThrownBy(() -> new TsvSpec(4, 1, 3, 0, access, 1, 4, 1))
        .hasMessage("wires and layers divide evenly into lane groups");
    assertThatThrownBy(() -> new TsvSpec(4, 0, 1, 0, access, 1, 4, 1))
        .hasMessage("a stack has wires with a rate");
    assertThatThrownBy(() -> new TsvSpec(4, Long.MAX_VALUE, 1, 0, access, 1, 4, 1))
        .hasMessage("more than 1000000000000000000 B/s");
    assertThatThrownBy(() -> new TsvSpec(4, 1, 1, -1, access, 1, 4, 1))
        .hasMessage("delays are from 0 ps to 1 s");
    assertThatThrownBy(() -> new TsvSpec(4, 1, 1, 0, access, 0, 4, 1))
        .hasMessage("pitch and area share are positive");
    StackSpec good = Stacks.preset("hbm3-8hi");
    assertThatThrownBy(() -> layers(good, 65)).hasMessage("65 memory layers");
    assertThatThrownBy(() -> layers(good, 7)).hasMessage("latencies of 8 layers for 7");
    ThermalPolicy policy = good.policy();
    assertThatThrownBy(() -> policy(policy, 94, policy.steps()))
        .hasMessage("shutdown below a limit");
    assertThatThrownBy(
            () -> new ThermalPolicy(95, 105, 120, 0, policy.refreshBands(), policy.steps(), 1, 1))
        .hasMessage("hysteresis, step time and window are positive, times at most an hour");
    assertThatThrownBy(
            () ->
                new ThermalPolicy(
                    95,
                    105,
                    120,
                    1,
                    List.of(
                        new ThermalPolicy.RefreshBand(85, 4), new ThermalPolicy.RefreshBand(90, 2)),
                    policy.steps(),
                    1,
                    1))
        .hasMessage("refresh thresholds and factors ascend");
    assertThatThrownBy(
            () ->
                policy(
                    policy,
                    120,
                    List.of(new ThrottleStep(1, 1, 1, 90), new ThrottleStep(1, 1, 1, 80))))
        .hasMessage("temperatures of steps: all or none, ascending");
  }

  private static StackSpec layers(StackSpec good, int layers) {
    return new StackSpec(
        layers,
        good.logicPosition(),
        good.memoryDie(),
        good.logicDie(),
        good.bond(),
        good.logicBond(),
        good.tsv(),
        good.energy(),
        good.cooling(),
        good.policy());
  }

  private static ThermalPolicy policy(
      ThermalPolicy good, double shutdownCelsius, List<ThrottleStep> steps) {
    return new ThermalPolicy(
        good.memoryCelsius(),
        good.logicCelsius(),
        shutdownCelsius,
        good.hysteresisKelvin(),
        good.refreshBands(),
        steps,
        good.stepTimePs(),
        good.windowPs());
  }
}
