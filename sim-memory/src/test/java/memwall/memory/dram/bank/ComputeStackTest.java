package memwall.memory.dram.bank;

import static memwall.memory.dram.bank.StackRig.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import memwall.core.Randomized;
import memwall.core.resource.Server;
import memwall.core.stat.Snapshot;
import memwall.memory.Usage;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.memory.stack.StackSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heat of memories that compute, and what it does to their kernels. */
final class ComputeStackTest {
  private static final long US = 1_000_000;

  /** Products in banks; 64 MiB of a matrix. */
  private static final PimKernel LONG = new PimKernel.Gemv(8192, 4096, 1, NumberFormat.FP16);

  private static BankSpec attacc(String... sets) {
    return StackRig.read("memory: {extends: hbm3-attacc-pim, stack: hbm3-8hi}\n", sets);
  }

  private static BankSpec baseDie(String... sets) {
    return StackRig.read("memory: {extends: hbm4-base-die-pnm, stack: hbm4-16hi-pnm}\n", sets);
  }

  /** At a level of throttling from the first moment on. */
  private static String always(String level) {
    return "memory.stack.limits.throttle=[{" + level + ", at: -50 C}]";
  }

  private static double energies(BankRig rig) {
    double joules = 0;
    for (Snapshot.Value value : rig.snapshot().values()) {
      if (value.path().startsWith("mem.energy.")
          || value.path().equals("mem.near.compute_pj")
          || value.path().equals("mem.near.link_pj")) {
        joules += value.number() * 1e-12;
      }
    }
    return joules;
  }

  @Test
  void coolStackChangesNothingButTheWay() {
    for (BankSpec cool : List.of(attacc(), baseDie())) {
      String name = cool.pim() == null ? "hbm4-base-die-pnm" : "hbm3-attacc-pim";
      BankSpec bare = BankRig.preset(name);
      long latePs = cool.pathPs() - bare.pathPs();
      assertThat(latePs).isPositive();
      for (PimKernel kernel :
          List.of(LONG, new PimKernel.Attention(4, 8, 4, 128, 700, NumberFormat.FP16))) {
        assertThat(new BankRig(cool, 1, true).takesPs(kernel))
            .isEqualTo(new BankRig(bare, 1, true).takesPs(kernel) + latePs);
      }
    }
  }

  /** Law F1 and F4, with doubled refresh and throttling that come and go all the time. */
  @ParameterizedTest
  @CsvSource({
    "lpddr5x-8533-pim, 1, 20",
    "hbm2-aquabolt-xl-pim, 4, 2",
    "hbm3-attacc-pim, 8, 0.15",
    "hbm4-base-die-pnm, 16, 0.1"
  })
  void foldedEqualsFullWhileHeatComesAndGoes(String name, int layers, double lidKelvinPerWatt) {
    BankSpec spec =
        StackRig.read(
            String.format(
                Locale.ROOT,
                """
                memory:
                  extends: %s
                  stack:
                    extends: hbm4-16hi-pnm
                    memory_layers: %d
                    memory_die: {joules_per_kelvin: 1e-7, kelvin_per_watt: 0.02}
                    logic_die: {joules_per_kelvin: 1e-7}
                    tsv: {lane_groups: 1}
                    energy: {logic: 0.1 W}
                    cooling: {coolant: 80 C, lid_kelvin_per_watt: %s, lid_joules_per_kelvin: 1e-6}
                    limits: {memory: 87 C, logic: 88 C, shutdown: 1000 C, hysteresis: 0.3 K,
                      step_time: 3 us, window: 2 us, throttle: [{volts: 0.8}, {volts: 0.7},
                      {volts: 0.6, bandwidth: 0.8}, {volts: 0.6, bandwidth: 0.5},
                      {volts: 0.6, bandwidth: 0.2}]}
                """,
                name,
                layers,
                lidKelvinPerWatt));
    double[] throttledPs = new double[1];
    double[] hotPs = new double[1];
    Randomized.check(
        2,
        random -> {
          List<BankRig.Step> script =
              BankRig.withKernels(
                  random, spec, 4, BankRig.randomScript(random, 12, 3 * US), 20 * US);
          int devices = 1 + random.nextInt(2);
          BankRig full = BankRig.alike(spec, devices, script, 0);
          throttledPs[0] += full.number("stack.throttled_ps");
          hotPs[0] += full.number("stack.layer0.above_85_ps");
        });
    assertThat(throttledPs[0]).isPositive();
    assertThat(hotPs[0]).isPositive();
  }

  /** What the books say of commands, products and links is what becomes heat. */
  @Test
  void energyOfKernelsIsTheHeat() {
    for (BankSpec spec : List.of(attacc(), baseDie())) {
      for (int devices = 1; devices <= 3; devices += 2) {
        BankRig rig = new BankRig(spec, devices, true);
        for (int i = 0; i < 6; i++) {
          rig.schedule(List.of(BankRig.Step.of(i == 3 ? 300 * US : 0, LONG)));
        }
        rig.simulation.run();
        rig.simulation.runUntil(5 * MS);
        assertThat(rig.memory.brokenLaws()).isEmpty();
        double joules = energies(rig) / devices;
        double logic = spec.stack().energy().logicWatts() * 0.005;
        double idle = spec.heat().orElseThrow().idleWatts(1) * 0.005;
        double in = rig.snapshot().number("mem.stack.heat_in");
        // All has entered but what a late refresh may differ from its power.
        assertThat(in).isCloseTo(joules + logic, within(5e-5 * in));
        double work = rig.snapshot().number("mem.stack.work_energy");
        assertThat(work).isCloseTo(joules - idle, within(1e-9 * joules));
        // Products are a good part of it.
        assertThat(rig.snapshot().number("mem.near.compute_pj") * 1e-12 / devices)
            .isGreaterThan(0.02 * work);
      }
    }
  }

  /** Kernels without a pause: the layers get as hot as the powers of their books say. */
  @Test
  void productsHeatTheLayersAndTheEngineTheLogicDie() {
    String[] quick = {
      "memory.stack.cooling.lid_joules_per_kelvin=0.001",
      "memory.stack.memory_die={joules_per_kelvin: 0.00002}",
      "memory.stack.logic_die={joules_per_kelvin: 0.00002}",
      "memory.stack.limits.window=20 us",
      "memory.stack.limits.refresh=[]",
      "memory.stack.limits.throttle=[]"
    };
    for (BankSpec spec : List.of(attacc(quick), baseDie(quick))) {
      StackSpec stack = spec.heat().orElseThrow().spec();
      BankRig rig = new BankRig(spec, 1, true);
      keepComputing(rig, 2 * MS);
      double before = energies(rig);
      Snapshot from = rig.snapshot();
      keepComputing(rig, 3 * MS);
      Snapshot to = rig.snapshot();
      double[] watts = new double[stack.lidNode() + 1];
      for (String part : List.of("activate", "cell", "datapath", "refresh", "background")) {
        add(watts, from, to, "energy." + part + "_pj", stack.memoryLayers(), 1);
      }
      add(watts, from, to, "near.compute_pj", stack.memoryLayers(), spec.pim() == null ? 0 : 1);
      double way = (to.number("mem.energy.tsv_pj") - from.number("mem.energy.tsv_pj")) * 1e-9;
      double perLayer = stack.energy().perLayerPjPerBit();
      double perWay = stack.energy().wayPjPerBit(stack.memoryLayers());
      for (int layer = 0; layer < stack.memoryLayers(); layer++) {
        double crossing = (double) (stack.memoryLayers() - layer) / stack.memoryLayers();
        watts[layer] += way * perLayer * crossing / perWay;
      }
      int logic = stack.logicNode();
      watts[logic] += way * stack.energy().wirePjPerBit() / perWay + stack.energy().logicWatts();
      double total = (energies(rig) - before) * 1e3 + stack.energy().logicWatts();
      double others = 0;
      for (double one : watts) {
        others += one;
      }
      // The rest: I/O, and what an engine and its link draw.
      watts[logic] += total - others;
      for (int node : new int[] {0, stack.memoryLayers() - 1, logic}) {
        double rise = stack.network().steadyRiseKelvin(node, watts);
        double measured =
            rig.memory.stack().celsius(node) - spec.stack().cooling().coolantCelsius();
        assertThat(measured).isCloseTo(rise, within(0.005 * rise));
      }
    }
  }

  private static void add(
      double[] watts, Snapshot from, Snapshot to, String name, int layers, int share) {
    double joules = (to.number("mem." + name) - from.number("mem." + name)) * 1e-12;
    for (int layer = 0; layer < layers; layer++) {
      watts[layer] += share * joules / layers / 1e-3;
    }
  }

  /** Two kernels at a time, up to a time. */
  private static void keepComputing(BankRig rig, long untilPs) {
    while (rig.memory.outstanding() < 2) {
      again(rig, untilPs);
    }
    rig.simulation.runUntil(untilPs);
  }

  private static void again(BankRig rig, long untilPs) {
    rig.memory.compute(
        rig.regions.get(Usage.KV),
        LONG,
        word -> {
          if (rig.simulation.nowPs() < 100 * MS) {
            again(rig, untilPs);
          }
        },
        0);
  }

  /** A kernel that heat leaves a share of the time takes its time over the share. */
  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.5, 0.2})
  void throttledKernelsTakeTheirTimeOverTheShare(double share) {
    for (String name : List.of("hbm3-attacc-pim", "hbm2-aquabolt-xl-pim")) {
      String stack =
          name.equals("hbm3-attacc-pim")
              ? "hbm3-8hi"
              : "{extends: hbm3-8hi, memory_layers: 4, energy: {array: 0.1 pJ/bit}}";
      BankSpec spec =
          StackRig.read(
              "memory: {extends: "
                  + name
                  + ", controller: {refresh: all-bank}, stack: "
                  + stack
                  + "}\n",
              always("bandwidth: " + share),
              "memory.stack.limits.refresh=[]");
      PimKernel longer = new PimKernel.Gemv(65_536, 4096, 1, NumberFormat.FP16);
      double bound = spec.boundPs(longer, 1) - spec.pathPs();
      double taken = new BankRig(spec, 1, true).takesPs(longer) - spec.pathPs();
      // Mode switches are not stretched; refreshes take their time as far as it does not wait then.
      double refresh =
          new StreamRate(spec.device().standard(), spec.controller()).programRefreshShare();
      assertThat(taken * share / bound).isBetween(0.97, 1.01 / (1 - refresh));
    }
  }

  /** The engine on the base die: work over its clock, energy of a FLOP with the voltage squared. */
  @Test
  void engineOnTheBaseDieFollowsTheClock() {
    PimKernel many = new PimKernel.Gemv(4096, 4096, 256, NumberFormat.BF16);
    BankSpec cool = baseDie();
    BankSpec slow = baseDie(always("volts: 0.6"));
    double clock = StrictMath.pow(0.5, 1.3) * 0.9 / 0.6;
    BankRig full = new BankRig(cool, 1, true);
    BankRig less = new BankRig(slow, 1, true);
    double fullPs = full.takesPs(many);
    double lessPs = less.takesPs(many);
    double flopsPs = 2e12 * many.multiplications() / cool.pnm().flopsPerSec();
    assertThat(fullPs).isBetween(flopsPs, 1.05 * flopsPs);
    assertThat(lessPs - fullPs).isCloseTo(flopsPs * (1 / clock - 1), within(0.01 * flopsPs));
    double fullPj = full.snapshot().number("mem.near.compute_pj");
    assertThat(fullPj).isEqualTo(2.0 * many.multiplications() * cool.pnm().flopPj());
    assertThat(less.snapshot().number("mem.near.compute_pj") / fullPj)
        .isCloseTo(0.36 / 0.81, within(1e-9));
    assertThat(less.memory.brokenLaws()).isEmpty();
  }

  /** Doubled refresh takes its time from kernels. */
  @Test
  void refreshDoublesAmongKernels() {
    BankSpec cool = attacc();
    BankSpec hot = attacc("memory.stack.cooling.coolant=86 C", "memory.stack.limits.throttle=[]");
    BankRig once = new BankRig(cool, 1, true);
    BankRig twice = new BankRig(hot, 1, true);
    PimKernel kernel = new PimKernel.Gemv(65_536, 4096, 1, NumberFormat.FP16);
    double coolPs = once.takesPs(kernel);
    double hotPs = twice.takesPs(kernel);
    double share =
        new StreamRate(cool.device().standard(), cool.controller()).programRefreshShare();
    assertThat(hotPs / coolPs).isCloseTo((1 - share) / (1 - 2 * share), within(0.01));
    assertThat(twice.number("refreshes") / hotPs / (once.number("refreshes") / coolPs))
        .isCloseTo(2, within(0.1));
  }

  /** Engines of the chip warm a memory of banks as they do one that moves bytes at a rate. */
  @Test
  void enginesOfTheChipWarmTheLogicDie() {
    String[] sets = {
      "memory.stack.energy.compute=20 W",
      "memory.stack.cooling.lid_joules_per_kelvin=0.0005",
      "memory.stack.memory_die={joules_per_kelvin: 0.00005}",
      "memory.stack.logic_die={joules_per_kelvin: 0.00005}",
      "memory.stack.limits={window: 20 us, step_time: 100 us, hysteresis: 0.1 K, logic: 43 C,"
          + " dvfs: {nominal_volts: 0.9, threshold_volts: 0.3, exponent: 1.3},"
          + " throttle: [{volts: 0.85}, {volts: 0.8}, {volts: 0.75}, {volts: 0.7}, {volts: 0.65},"
          + " {volts: 0.6}, {volts: 0.55}]}"
    };
    BankSpec spec = StackRig.hbm3(sets);
    assertThat(spec.carriesEngines()).isTrue();
    double limit = spec.clockLimit(0).orElseThrow().clockShare();
    assertThat(limit).isBetween(0.5, 0.95);
    for (int devices = 1; devices <= 2; devices++) {
      BankRig rig = new BankRig(spec, devices, true);
      Server engines = new Server(rig.simulation, rig.stats.child("compute"), 1);
      rig.memory.warmedBy(engines);
      engines.serveFor(40 * MS, word -> {}, 0);
      rig.simulation.runUntil(30 * MS);
      double clock = rig.snapshot().number("mem.stack.engines.clock_share");
      assertThat(clock).isCloseTo(limit, within(0.02 * limit));
      rig.simulation.run();
      assertThat(rig.simulation.eventsPending()).isZero();
      assertThat(engines.busyPs() * rig.snapshot().number("mem.stack.engines.clock_share"))
          .isCloseTo(40.0 * MS, within(1e-9 * 40 * MS));
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
    // An engine of the memory's own takes the place.
    assertThat(baseDie().carriesEngines()).isFalse();
  }
}
