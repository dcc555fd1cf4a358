package memwall.memory.dram.bank;

import static memwall.memory.dram.bank.StackRig.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.stat.Snapshot;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.stack.OverheatedException;
import memwall.memory.stack.StackSpec;
import memwall.memory.stack.SustainedBandwidth;
import memwall.memory.stack.ThermalTransient;
import org.junit.jupiter.api.Test;

/** Heat of a memory of banks: where it comes from and what it does to the channels. */
final class BankStackTest {
  private static final long US = 1_000_000;
  private static final long LONG = 64L << 20;

  /**
   * Rank of DDR5 in a stack of four dies, one channel a device, that warms up in microseconds; with
   * limits that random traffic reaches.
   */
  private static BankSpec nervous() {
    return nervous("ddr5-4800an-16gb-x8", 4, 10);
  }

  private static BankSpec nervous(String dram, int layers, int lidKelvinPerWatt) {
    return StackRig.read(
        """
        memory:
          model: dram-banks
          dram: %s
          controller: {}
          path_latency: 20 ns
          stack:
            extends: hbm3-8hi
            memory_layers: %d
            memory_die: {joules_per_kelvin: 1e-8, kelvin_per_watt: 0.1}
            logic_die: {joules_per_kelvin: 1e-8}
            energy: {logic: 0.1 W, background: 0 W, refresh: 0 W}
            cooling: {coolant: 80 C, lid_kelvin_per_watt: %d, lid_joules_per_kelvin: 1e-7}
            limits: {memory: 87 C, hysteresis: 0.3 K, step_time: 3 us, window: 2 us}
        """
            .formatted(dram, layers, lidKelvinPerWatt));
  }

  /** Warms up within 10 ms and throttles finely. */
  private static BankSpec quick(String... more) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "memory.stack.cooling.lid_joules_per_kelvin=0.005",
                "memory.stack.memory_die={joules_per_kelvin: 0.001}",
                "memory.stack.logic_die={joules_per_kelvin: 0.001}",
                "memory.stack.limits.hysteresis=0.05 K",
                "memory.stack.limits.step_time=50 us",
                "memory.stack.limits.window=20 us"));
    sets.addAll(List.of(more));
    return StackRig.hbm3(sets.toArray(String[]::new));
  }

  private static BankSpec atMean(double celsius, String... sets) {
    String[] more = Arrays.copyOf(sets, sets.length + 1);
    more[sets.length] = "memory.stack.limits.memory=" + celsius + " C";
    return quick(more);
  }

  private static List<Snapshot.Value> withoutStack(BankRig rig) {
    return rig.snapshot().values().stream()
        .filter(value -> !value.path().startsWith("mem.stack."))
        .toList();
  }

  @Test
  void coolStackChangesNothingButTheWay() {
    // Eight layers of 20 ps each.
    BankSpec bare = StackRig.read("memory: {extends: hbm3-h100-banks, path_latency: 465160 ps}\n");
    BankSpec cool = StackRig.hbm3();
    assertThat(cool.pathPs()).isEqualTo(bare.pathPs());
    assertThat(cool.readBytesPerSec()).isEqualTo(bare.readBytesPerSec());
    Randomized.check(
        10,
        random -> {
          List<BankRig.Step> script = BankRig.randomScript(random, 40, 3_000_000);
          boolean folded = random.nextInt(4) > 0;
          BankRig without = new BankRig(bare, 1, folded);
          BankRig with = new BankRig(cool, 1, folded);
          for (BankRig rig : List.of(without, with)) {
            rig.schedule(script);
            rig.simulation.run();
            rig.simulation.runUntil(200 * US);
            assertThat(rig.memory.brokenLaws()).isEmpty();
          }
          assertThat(with.donePs).isEqualTo(without.donePs);
          assertThat(withoutStack(with)).isEqualTo(withoutStack(without));
        });
  }

  /** Law F4, with doubled refresh and throttling that come and go all the time. */
  @Test
  void foldedEqualsFullWhileHeatComesAndGoes() {
    foldedEqualsFull(nervous());
    // Two ranks, each with layers of its own.
    foldedEqualsFull(nervous("ddr5-4800an-16gb-x8-2r", 8, 5));
  }

  private static void foldedEqualsFull(BankSpec spec) {
    long[] throttledPs = new long[1];
    long[] hotPs = new long[1];
    Randomized.check(
        10,
        random -> {
          List<BankRig.Step> script = heavyScript(random.nextLong());
          int devices = 1 + random.nextInt(3);
          BankRig full = BankRig.alike(spec, devices, script, 50 * US);
          throttledPs[0] += full.number("stack.throttled_ps");
          hotPs[0] += full.number("stack.layer0.above_85_ps");
        });
    assertThat(throttledPs[0]).isPositive();
    assertThat(hotPs[0]).isPositive();
  }

  private static List<BankRig.Step> heavyScript(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<BankRig.Step> script = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      long delayPs = random.nextInt(3) > 0 ? 0 : random.nextLong(20 * US);
      script.add(
          new BankRig.Step(
              delayPs,
              random.nextInt(4) == 0,
              random.nextBoolean() ? Usage.WEIGHTS : Usage.KV,
              random.nextLong(1 << 20),
              random.nextInt(3) > 0
                  ? AccessPattern.SEQUENTIAL
                  : AccessPattern.blocks(4096L << random.nextInt(6))));
    }
    return script;
  }

  /** Statistics may be read at any time, in work and in rest, without changing what happens. */
  @Test
  void readingStatisticsChangesNothing() {
    BankSpec spec = nervous();
    Randomized.check(
        6,
        random -> {
          List<BankRig.Step> script = heavyScript(random.nextLong());
          BankRig plain = new BankRig(spec, 1, true);
          BankRig asked = new BankRig(spec, 1, true);
          plain.schedule(script);
          asked.schedule(script);
          for (int i = 0; i < 60; i++) {
            asked.simulation.runUntil(asked.simulation.nowPs() + random.nextLong(10 * US));
            asked.snapshot();
            assertThat(asked.memory.brokenLaws()).isEmpty();
          }
          plain.simulation.run();
          asked.simulation.run();
          assertThat(asked.donePs).isEqualTo(plain.donePs);
          long endPs = Math.max(asked.simulation.nowPs(), plain.simulation.nowPs());
          asked.simulation.runUntil(endPs);
          plain.simulation.runUntil(endPs);
          assertThat(asked.snapshot().values()).isEqualTo(plain.snapshot().values());
        });
  }

  /** A saturated stack moves what its hottest die allows in the steady state. */
  @Test
  void saturatedStackSettlesAtTheSustainedBandwidth() {
    String[] sets = {
      "memory.stack.cooling.coolant=85 C",
      "memory.stack.cooling.lid_joules_per_kelvin=0.002",
      "memory.stack.memory_die={joules_per_kelvin: 0.0004}",
      "memory.stack.logic_die={joules_per_kelvin: 0.0004}",
      "memory.stack.limits.throttle=[{bandwidth: 0.6}, {bandwidth: 0.5}]",
    };
    BankSpec spec = quick(sets);
    SustainedBandwidth limit = spec.heatLimit().orElseThrow();
    assertThat(limit.bindingNode()).isBetween(0, 8);
    assertThat(limit.bytesPerSec()).isLessThan(0.9 * spec.readBytesPerSec());
    StackRig rig = new StackRig(spec, 1, true, LONG);
    rig.saturate(8 * MS);
    double before = rig.number("read_bursts");
    double standbyBefore = rig.number("energy.background_pj");
    double activateBefore = rig.number("energy.activate_pj");
    double meanBefore = rig.number("stack.layer0.temperature.mean");
    // Over many steps of the throttle: a window of 10 ms may hold one more or less, 1 %.
    rig.saturate(28 * MS);
    double rate = (rig.number("read_bursts") - before) * 32 / 0.02;
    assertThat(rate / limit.bytesPerSec()).isCloseTo(1, within(0.03));
    // What the closed form does not know: how near its limit the hottest layer is on average (it is
    // led there by steps), how long rows stay open in the idle time, and how many rows a refresh
    // closes before they are read to their end.
    double mean = (rig.number("stack.layer0.temperature.mean") * 28 - meanBefore * 8) / 20;
    assertThat(mean).isBetween(94.7, 95.3);
    BankHeat heat = atMean(mean, sets).heat().orElseThrow();
    double standbyWatts = (rig.number("energy.background_pj") - standbyBefore) * 1e-12 / 0.02;
    double[] open = heat.openRowWatts();
    double closedWatts = heat.spec().energy().backgroundWatts() * 8;
    double share = (standbyWatts - closedWatts) / (8 * open[0]);
    assertThat(share).isBetween(0.3, 1.0);
    double activateWatts = (rig.number("energy.activate_pj") - activateBefore) * 1e-12 / 0.02;
    DramEnergy energy = spec.device().energy();
    double fullRows = rate / 1024 * energy.activatePj() * 1e-12;
    assertThat(activateWatts / fullRows).isBetween(1.0, 1.5);
    for (int layer = 0; layer < 8; layer++) {
      open[layer] = open[layer] * share + (activateWatts - fullRows) / 8;
    }
    double[] even = new double[8];
    Arrays.fill(even, 1.0 / 8);
    double exact = SustainedBandwidth.of(heat.spec(), even, open, 0).bytesPerSec();
    assertThat(rate / exact).isCloseTo(1, within(0.005));
    assertThat(rig.number("stack.throttled_ps")).isGreaterThan(20.0 * MS);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  /** Refreshes double when the computed temperature of the hottest layer gets to 85 C. */
  @Test
  void refreshesDoubleFromTheComputedTimeOn() {
    BankSpec spec = quick("memory.stack.cooling.coolant=76 C");
    StackRig rig = new StackRig(spec, 1, true, LONG);
    long intervalPs = 5_103L * 764_180 / 1000;
    rig.saturate(400 * US);
    long before = (long) rig.number("refreshes");
    rig.saturate(600 * US);
    long perScope = ((long) rig.number("refreshes") - before) / 32;
    assertThat(perScope).isCloseTo(200 * US / intervalPs, within(1L));
    long crossingPs = predictedPs(spec, rig, 85);
    assertThat(crossingPs).isBetween(700 * US, 10 * MS);
    assertThat(rig.memory.stack().state().refreshFactor()).isEqualTo(1);
    while (rig.memory.stack().state().refreshFactor() == 1) {
      rig.saturate(rig.simulation.nowPs() + intervalPs);
    }
    // Power comes a window of 20 us late, and then not quite evenly.
    long atPs = rig.simulation.nowPs();
    assertThat((double) atPs / crossingPs).isCloseTo(1, within(0.02));
    long doubled = (long) rig.number("refreshes");
    rig.saturate(atPs + 1000 * intervalPs);
    assertThat(((long) rig.number("refreshes") - doubled) / 32).isBetween(1998L, 2001L);
  }

  /** When the hottest layer gets to a temperature, from the power so far. */
  private static long predictedPs(BankSpec spec, StackRig rig, double celsius) {
    BankHeat heat = spec.heat().orElseThrow();
    StackSpec stack = heat.spec();
    double bytesPerSec = rig.number("read_bursts") * 32 / 0.0006;
    double perBit = heat.spec().energy().arrayPjPerBit();
    double[] watts = stack.idleWatts(1, 1);
    double[] open = heat.openRowWatts();
    for (int layer = 0; layer < 8; layer++) {
      double crossing = (8 - layer) * stack.energy().perLayerPjPerBit();
      watts[layer] += open[layer] + bytesPerSec / 8 * 8e-12 * (perBit + crossing);
    }
    double logic = stack.energy().wirePjPerBit() + stack.energy().interfacePjPerBit();
    watts[8] += bytesPerSec * 8e-12 * logic;
    ThermalTransient transientHeat =
        new ThermalTransient(stack.network(), stack.coolantKelvin(), stack.idleWatts(1, 1));
    transientHeat.setWatts(30 * US, watts);
    return transientHeat.nextAtLeastPs(0, celsius + StackSpec.ZERO_CELSIUS_KELVIN, 30 * US);
  }

  /** What the channels' books say is what becomes heat, whatever the refresh rate was. */
  @Test
  void energyOfTheCommandsIsTheHeat() {
    for (int coolant : new int[] {40, 86}) {
      BankSpec spec = quick("memory.stack.cooling.coolant=" + coolant + " C");
      StackRig rig = new StackRig(spec, 1, true, LONG);
      rig.saturate(3 * MS);
      rig.simulation.run();
      rig.simulation.runUntil(6 * MS);
      assertThat(rig.memory.brokenLaws()).isEmpty();
      double joules = 0;
      for (Snapshot.Value value : rig.snapshot().values()) {
        joules += value.path().startsWith("mem.energy.") ? value.number() * 1e-12 : 0;
      }
      double logic = 5 * 0.006;
      double in = rig.number("stack.heat_in");
      // All has entered but what a late refresh may differ from its power.
      assertThat(in).isCloseTo(joules + logic, within(1e-5 * in));
      assertThat(rig.number("stack.heat_out") + rig.number("stack.heat_stored"))
          .isCloseTo(in, within(1e-9 * in));
      if (coolant == 40) {
        double idle = spec.heat().orElseThrow().idleWatts(1) * 0.006;
        assertThat(rig.number("stack.work_energy")).isCloseTo(joules - idle, within(1e-9 * joules));
      }
    }
  }

  /** Traffic of one rank heats that rank's layers: temperatures of the ladder with uneven power. */
  @Test
  void ranksHeatTheirOwnLayers() {
    BankSpec spec =
        StackRig.read(
            """
            memory:
              model: dram-banks
              dram: ddr5-4800an-16gb-x8-2r
              controller: {mapping: column bankgroup bank row rank}
              path_latency: 20 ns
              stack:
                extends: hbm3-8hi
                tsv: {lane_groups: 1}
                memory_die: {joules_per_kelvin: 1e-5, kelvin_per_watt: 0.5}
                logic_die: {joules_per_kelvin: 1e-5}
                energy: {logic: 0.1 W}
                cooling: {coolant: 30 C, lid_kelvin_per_watt: 5, lid_joules_per_kelvin: 1e-5}
                limits: {memory: 300 C, logic: 300 C, shutdown: 300 C, refresh: [], throttle: [],
                  window: 20 us}
            """);
    StackRig rig = new StackRig(spec, 1, true, 1 << 20);
    rig.saturate(4 * MS);
    Snapshot from = rig.snapshot();
    rig.saturate(5 * MS);
    Snapshot to = rig.snapshot();
    StackSpec stack = spec.heat().orElseThrow().spec();
    double[] watts = new double[10];
    double busy = 0;
    for (String part : List.of("activate", "cell", "datapath", "background")) {
      busy += watts(from, to, part);
    }
    // The other rank has closed rows, both are refreshed.
    double resting = spec.device().energy().prechargedWatts();
    for (int layer = 0; layer < 8; layer++) {
      watts[layer] = (layer < 4 ? busy - resting : resting) / 4 + watts(from, to, "refresh") / 8;
    }
    double wires = stack.energy().wirePjPerBit() + 2.5 * stack.energy().perLayerPjPerBit();
    for (int layer = 0; layer < 4 && wires > 0; layer++) {
      double crossing = (4 - layer) / 4.0 * stack.energy().perLayerPjPerBit();
      watts[layer] += watts(from, to, "tsv") * crossing / wires;
    }
    double wire = wires > 0 ? stack.energy().wirePjPerBit() / wires : 1;
    watts[8] = 0.1 + watts(from, to, "tsv") * wire + watts(from, to, "io");
    assertThat(busy).isGreaterThan(4 * resting);
    for (int node = 0; node <= 8; node++) {
      double rise = stack.network().steadyRiseKelvin(node, watts);
      assertThat(rig.memory.stack().celsius(node) - 30).isCloseTo(rise, within(0.005 * rise));
    }
    // Spread evenly, the layer next to the logic die would be cooler.
    double[] even = watts.clone();
    Arrays.fill(even, 0, 8, Arrays.stream(watts, 0, 8).sum() / 8);
    assertThat(stack.network().steadyRiseKelvin(0, watts))
        .isGreaterThan(1.02 * stack.network().steadyRiseKelvin(0, even));
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  private static double watts(Snapshot from, Snapshot to, String part) {
    String name = "mem.energy." + part + "_pj";
    return (to.number(name) - from.number(name)) * 1e-12 / 1e-3;
  }

  /** While nothing is under way the stack cools down, and its refresh with it, at its own time. */
  @Test
  void restBringsTheRefreshBackAtItsOwnTime() {
    BankSpec spec = quick("memory.stack.cooling.coolant=79 C");
    StackRig rig = new StackRig(spec, 1, true, LONG);
    rig.saturate(6 * MS);
    rig.simulation.run();
    assertThat(rig.memory.stack().state().refreshFactor()).isEqualTo(2);
    long restPs = rig.simulation.nowPs();
    double before = rig.number("refreshes");
    rig.simulation.runUntil(restPs + 50 * MS);
    assertThat(rig.simulation.eventsPending()).isZero();
    double perScope = (rig.number("refreshes") - before) / 32;
    double normal = 50.0 * MS / (5_103L * 764.18);
    // It cools below 84.95 C within some 6 ms, as the slowest mode of 7 ms has it.
    assertThat(perScope).isBetween(normal * 1.08, normal * 1.16);
    assertThat(rig.memory.stack().state().refreshFactor()).isEqualTo(1);
  }

  /** Wires that are slower than the channels are what limits them. */
  @Test
  void slowWiresLimitTheChannels() {
    for (String groups : List.of("1", "2", "4", "8")) {
      BankSpec spec =
          StackRig.hbm3("memory.stack.tsv.rate=3 Gbit/s", "memory.stack.tsv.lane_groups=" + groups);
      assertThat(spec.readBytesPerSec()).isEqualTo(384_000_000_000L);
      StackRig rig = new StackRig(spec, 1, true, LONG);
      rig.saturate(5 * MS);
      rig.simulation.run();
      double seconds = (rig.simulation.nowPs() - spec.pathPs()) * 1e-12;
      assertThat(rig.number("moved_read_bytes") / seconds).isCloseTo(384e9, within(384e9 * 0.005));
      assertThat(rig.number("stack.throttled_ps")).isZero();
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
    // One transfer alone takes its time over the wires, not a picosecond less.
    BankSpec spec = StackRig.hbm3("memory.stack.tsv.rate=3 Gbit/s");
    StackRig rig = new StackRig(spec, 1, true, LONG);
    long[] donePs = new long[1];
    rig.memory.read(
        rig.region,
        32 * 4096,
        AccessPattern.SEQUENTIAL,
        word -> donePs[0] = rig.simulation.nowPs(),
        0);
    rig.simulation.run();
    // 4096 bytes at 12 GB/s, rounded up, and the path on the chip.
    assertThat(donePs[0]).isEqualTo(341_334 + spec.pathPs());
  }

  @Test
  void stackThatCannotBeCooledEndsTheRun() {
    BankSpec spec =
        quick(
            "memory.stack.cooling.coolant=88 C",
            "memory.stack.limits.memory=96 C",
            "memory.stack.limits.logic=97 C",
            "memory.stack.limits.shutdown=97.5 C",
            "memory.stack.limits.step_time=1 h");
    StackRig rig = new StackRig(spec, 1, true, LONG);
    assertThatThrownBy(() -> rig.saturate(50 * MS))
        .isInstanceOf(OverheatedException.class)
        .hasMessageMatching(
            "mem.stack: logic is at 97.5 C after 0.00\\d+ s and the memory shuts down; cool it"
                + " better or move less");
  }

  @Test
  void memoryInAStackDoesNotShift() {
    StackRig rig = new StackRig(StackRig.hbm3(), 1, true, LONG);
    assertThatThrownBy(() -> rig.memory.shift(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mem: temperatures do not leap");
  }

  /** With the energies of both presets in step, device and stack have the same limit. */
  @Test
  void deviceAndStackPresetsAgreeAboutTheWay() {
    BankHeat heat = StackRig.hbm3().heat().orElseThrow();
    StackSpec stated = StackRig.hbm3().stack();
    assertThat(heat.spec().energy().pjPerBit(3))
        .isCloseTo(stated.energy().pjPerBit(3), within(0.1));
    assertThat(heat.sustained(670_000_000_000L).bindingNode()).isEqualTo(SustainedBandwidth.WIRES);
  }
}
