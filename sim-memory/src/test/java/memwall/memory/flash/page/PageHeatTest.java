package memwall.memory.flash.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.error.ProgramErrors;
import memwall.memory.flash.error.RetryTable;
import memwall.memory.flash.heat.FlashThermal;
import memwall.memory.flash.heat.SustainedFlash;
import memwall.memory.stack.OverheatedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Memories whose stacks get hot: what heat does to them, and its closed form. */
class PageHeatTest {
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;
  private static final long US = PageRig.US;
  private static final long MS = 1000 * US;

  /** A {@code thermal} section for a stack of so many layers, light enough for short tests. */
  private static FlashThermal thermal(int layers, double joulesPerKelvin, String... sets) {
    String yaml =
        """
        thermal:
          stack:
            extends: hbf-16hi
            memory_layers: %d
            tsv: { lane_groups: 1 }
            memory_die: { joules_per_kelvin: %s }
            logic_die: { joules_per_kelvin: %s }
            cooling: { lid_joules_per_kelvin: %s }
          release: 85 C
          light: 95 C
          severe: 105 C
          shutdown: 120 C
          light_share: 0.5
          window: 20 us
        """
            .formatted(layers, joulesPerKelvin, joulesPerKelvin, 20 * joulesPerKelvin);
    List<String> full = new ArrayList<>();
    for (String set : sets) {
      full.add("thermal." + set);
    }
    Faults faults = new Faults();
    Config config = ConfigLoader.fromText("x.yaml", yaml, full, Presets.builtIn(), faults);
    FlashThermal thermal = FlashThermal.read(config.section("thermal", "Heat"));
    config.finish();
    faults.throwIfAny();
    return thermal;
  }

  private static PageSpec heated(
      PageSpec spec, FlashEnergy energy, @Nullable ErrorSpec errors, FlashThermal thermal) {
    FlashPart part = spec.part();
    return new PageSpec(
        new FlashPart(part.name(), part.device(), part.wear(), energy, null, errors, thermal),
        spec.scratchBytes(),
        spec.pathPs());
  }

  /** Every sense and program so many picojoules, and what goes with it. */
  private static FlashEnergy energy(double pj) {
    return new FlashEnergy(pj, 3 * pj, pj, pj / 1e5, pj / 2e5, pj / 1e5, 1);
  }

  /** Some small device that gets as hot as it can, or nearly so, within microseconds. */
  private static PageSpec random(SplittableRandom random, @Nullable ErrorSpec errors) {
    PageSpec cool = PageRig.random(random);
    FlashGeometry geometry = cool.part().device().geometry();
    double pj = 2e6 * (1 << random.nextInt(5));
    List<String> sets = new ArrayList<>(List.of("shutdown=390 C"));
    if (random.nextBoolean()) {
      sets.addAll(List.of("release=65 C", "light=70 C", "severe=75 C"));
    }
    if (random.nextBoolean()) {
      sets.add("light_share=1");
    }
    if (random.nextInt(3) == 0) {
      sets.add("severe_share=0.3");
    }
    return heated(
        cool, energy(pj), errors, thermal(geometry.dies(), 1e-6, sets.toArray(new String[0])));
  }

  private static void play(PageRig rig, List<PageRig.Step> script) {
    rig.schedule(script);
    rig.simulation.run();
    rig.readAnnounced();
    rig.checkLaws();
  }

  /** Laws F1 and F4: ends, statistics and temperatures. */
  @Test
  void foldedAndLeapingEqualExact() {
    long[] heldPs = new long[2];
    Randomized.check(
        100,
        random -> {
          PageSpec spec = random(random, null);
          int devices = 1 + random.nextInt(2);
          List<PageRig.Step> script = PageRig.randomScript(random, 25, 20 * US);
          PageRig full = new PageRig(spec, devices, false, false);
          PageRig folded = new PageRig(spec, devices, true, false);
          PageRig leaping = new PageRig(spec, devices, true, true);
          for (PageRig rig : List.of(full, folded, leaping)) {
            play(rig, script);
          }
          for (PageRig rig : List.of(folded, leaping)) {
            assertThat(rig.donePs).isEqualTo(full.donePs);
            assertThat(rig.snapshot().values()).isEqualTo(full.snapshot().values());
          }
          heldPs[0] += full.number("stack.light_ps");
          heldPs[1] += full.number("stack.severe_ps");
        });
    assertThat(heldPs[0]).isPositive();
    assertThat(heldPs[1]).isPositive();
  }

  /** Errors depend on the age of data, which depends on heat. */
  @Test
  void leapingDrawsTheSameErrors() {
    long[] retries = new long[1];
    Randomized.check(
        40,
        random -> {
          RetryTable table = RetryTable.ofShares(List.of(0.97, 0.02), 0.005);
          PageSpec spec = random(random, new ErrorSpec(table, ProgramErrors.NONE, 0, 0));
          List<PageRig.Step> script = PageRig.randomScript(random, 25, 20 * US);
          PageRig plain = new PageRig(spec, 1, true, false);
          PageRig leaping = new PageRig(spec, 1, true, true);
          play(plain, script);
          play(leaping, script);
          assertThat(leaping.donePs).isEqualTo(plain.donePs);
          assertThat(leaping.snapshot().values()).isEqualTo(plain.snapshot().values());
          retries[0] += leaping.number("retries");
        });
    assertThat(retries[0]).isPositive();
  }

  @Test
  void readingStatisticsChangesNothing() {
    Randomized.check(
        40,
        random -> {
          PageSpec spec = random(random, null);
          List<PageRig.Step> script = PageRig.randomScript(random, 20, 20 * US);
          PageRig plain = new PageRig(spec, 1, true);
          PageRig asked = new PageRig(spec, 1, true);
          plain.schedule(script);
          asked.schedule(script);
          plain.simulation.run();
          for (int i = 0; i < 60; i++) {
            asked.simulation.runUntil(asked.simulation.nowPs() + random.nextLong(10 * US));
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

  // Sustained bandwidth ------------------------------------------------------------------------

  /** Weights are read layer by layer, each announced before the one before has come. */
  private static final class Decode {
    private static final long LAYER_BYTES = 1L << 27;

    private final PageRig rig;
    private long readBytes;

    Decode(PageSpec spec) {
      rig = new PageRig(spec, 1, true);
      announce();
      layer(0);
    }

    private void announce() {
      rig.memory.announce(rig.regions.get(Usage.WEIGHTS), LAYER_BYTES, RUN);
    }

    private void layer(long bytes) {
      readBytes += bytes;
      rig.memory.read(rig.regions.get(Usage.WEIGHTS), LAYER_BYTES, RUN, this::layer, LAYER_BYTES);
      announce();
    }

    /** Mean from one time on to another. */
    double bytesPerSec(long fromPs, long toPs) {
      rig.simulation.runUntil(fromPs);
      long before = readBytes;
      rig.simulation.runUntil(toPs);
      assertThat(rig.memory.brokenLaws()).isEmpty();
      return (readBytes - before) / ((toPs - fromPs) * 1e-12);
    }
  }

  private static PageSpec light(String device, String... sets) {
    FlashPart part = FlashPart.builtIn(device);
    List<String> all = new ArrayList<>(Arrays.asList(sets));
    all.add("window=100 us");
    return heated(
        new PageSpec(part, 40 << 20, 0),
        part.energy(),
        null,
        thermal(16, 0.0005, all.toArray(new String[0])));
  }

  private static SustainedFlash law(PageSpec spec) {
    FlashPart part = spec.part();
    FlashThermal thermal = part.thermal();
    assertThat(thermal).isNotNull();
    return SustainedFlash.of(thermal, part.energy(), part.device(), 0);
  }

  /** The first generation as it ships just keeps its full bandwidth up. */
  @Test
  void coolEnough() {
    PageSpec spec = light("hbf-gen1-hot");
    assertThat(law(spec).mode()).isEqualTo(SustainedFlash.Mode.FULL);
    Decode decode = new Decode(spec);
    double reached = decode.bytesPerSec(60 * MS, 70 * MS);
    assertThat(reached).isCloseTo(1.6e12, within(0.01 * 1.6e12));
    assertThat(spec.heatLimit().orElseThrow().bytesPerSec()).isGreaterThan(1.6e12);
    assertThat(decode.rig.number("stack.throttled_ps")).isZero();
    assertThat(decode.rig.snapshot().number("mem.stack.layer0.temperature.max"))
        .isBetween(85.0, 95.0);
  }

  @Test
  void warmCoolantCostsBandwidth() {
    PageSpec spec = light("hbf-gen1-hot", "stack.cooling.coolant=55 C");
    SustainedFlash law = law(spec);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.FULL_AND_LIGHT);
    Decode decode = new Decode(spec);
    double reached = decode.bytesPerSec(40 * MS, 90 * MS);
    assertThat(reached).isBetween(law.leastBytesPerSec(), law.mostBytesPerSec());
    assertThat(spec.heatLimit().orElseThrow().bytesPerSec()).isEqualTo(law.mostBytesPerSec());
    assertThat(decode.rig.number("stack.light_ps")).isPositive();
    assertThat(decode.rig.number("stack.severe_ps")).isZero();
    assertThat(decode.rig.number("cap_waits")).isPositive();
  }

  /** At 20 pJ/bit light throttling is not enough. */
  @Test
  void hungryFlashGoesToAndFroBetweenLightAndSevere() {
    PageSpec spec = light("hbf-gen1-20pj-hot");
    SustainedFlash law = law(spec);
    assertThat(law.mode()).isEqualTo(SustainedFlash.Mode.LIGHT_AND_SEVERE);
    Decode decode = new Decode(spec);
    double reached = decode.bytesPerSec(40 * MS, 90 * MS);
    assertThat(reached).isBetween(law.leastBytesPerSec(), law.mostBytesPerSec());
    assertThat(decode.rig.number("stack.severe_ps")).isPositive();
    assertThat(decode.rig.number("stack.throttled_ps"))
        .isEqualTo(decode.rig.number("stack.light_ps") + decode.rig.number("stack.severe_ps"));
  }

  // States -------------------------------------------------------------------------------------

  private static PageSpec small(FlashThermal thermal, double pj) {
    PageSpec spec = PageRig.spec(4, 8, 64, 99_902_439_025L, PageRig.rules(2, 32, 0, 64), 1 << 20);
    return heated(spec, energy(pj), null, thermal);
  }

  /** In severe throttling nothing begins, activations neither (OCP HBF 0.7, 9.2). */
  @Test
  void severeThrottlingHoldsActivationsBack() {
    PageSpec spec = small(thermal(4, 2e-5, "severe=100 C", "light_share=1", "shutdown=390 C"), 8e6);
    PageRig rig = new PageRig(spec, 1, true);
    long[] donePs = {-1, -1};
    rig.memory.read(
        rig.regions.get(Usage.WEIGHTS),
        1 << 24,
        RUN,
        word -> donePs[0] = rig.simulation.nowPs(),
        0);
    while (!rig.memory.stacks().areHalted()) {
      assertThat(rig.simulation.nowPs()).isLessThan(10 * MS);
      rig.simulation.runUntil(rig.simulation.nowPs() + US);
    }
    long heldPs = rig.simulation.nowPs();
    rig.memory.write(
        rig.regions.get(Usage.ACTIVATIONS),
        4096,
        RUN,
        word -> donePs[1] = rig.simulation.nowPs(),
        0);
    long senses = rig.number("senses");
    while (rig.memory.stacks().areHalted()) {
      assertThat(donePs[1]).isEqualTo(-1);
      rig.simulation.runUntil(rig.simulation.nowPs() + US);
    }
    assertThat(rig.number("senses")).isLessThanOrEqualTo(senses + 2 * 4 * 8);
    long freedPs = rig.simulation.nowPs();
    assertThat(freedPs).isGreaterThan(heldPs + 10 * US);
    rig.simulation.run();
    // A kibibyte a channel, its way, and what the microsecond of looking hides.
    assertThat(donePs[1]).isBetween(freedPs - US, freedPs + US);
    assertThat(donePs[0]).isGreaterThan(freedPs);
    assertThat(rig.memory.brokenLaws()).isEmpty();
    assertThat(rig.memory.outstanding()).isZero();
  }

  /** Everything under way ends, as failed; nothing is lost from the books. */
  @Test
  void shutdownEndsTheRunAndAnswersEverything() {
    PageSpec spec =
        small(
            thermal(4, 2e-5, "severe=100 C", "light_share=1", "severe_share=1", "shutdown=110 C"),
            8e6);
    for (boolean folded : new boolean[] {true, false}) {
      PageRig rig = new PageRig(spec, 1, folded);
      int[] ends = new int[1];
      for (int i = 0; i < 4; i++) {
        rig.memory.read(rig.regions.get(Usage.WEIGHTS), 1 << 24, RUN, word -> ends[0]++, 0);
      }
      rig.memory.write(rig.regions.get(Usage.KV), 1 << 22, RUN, word -> ends[0]++, 0);
      assertThatThrownBy(rig.simulation::run)
          .isInstanceOf(OverheatedException.class)
          .hasMessageMatching(
              "mem.stack: \\S+ is at 110.0 C after 0.00\\d+ s and the memory shuts down, \\d+ pages"
                  + " asked of it are lost; cool it better or move less");
      rig.simulation.run();
      assertThat(ends[0]).isEqualTo(5);
      assertThat(rig.memory.outstanding()).isZero();
      assertThat(rig.memory.brokenLaws()).isEmpty();
      assertThat(rig.number("shut_out")).isPositive();
      assertThat(rig.number("unreadable_reads")).isPositive();
      assertThat(rig.number("stack.shut_down")).isEqualTo(1);
      long served = rig.number("senses") + rig.number("programs") + rig.number("refusals");
      assertThat(served + rig.number("shut_out")).isEqualTo(4 * (1 << 12) + (1 << 10));
      // Whatever is asked from now on fails at once.
      rig.memory.read(rig.regions.get(Usage.WEIGHTS), 1 << 20, RUN, word -> ends[0]++, 0);
      rig.simulation.run();
      assertThat(ends[0]).isEqualTo(6);
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
  }

  @Test
  void temperaturesDoNotLeap() {
    PageRig rig = new PageRig(small(thermal(4, 2e-5), 1e6), 1, true);
    assertThatThrownBy(() -> rig.memory.shift(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mem: temperatures do not leap");
  }

  /** Announced pages that nobody asks for do not keep the clock running. */
  @Test
  void nothingTicksWhileNothingHappens() {
    PageRig rig = new PageRig(small(thermal(4, 2e-5), 1e6), 2, true);
    for (int i = 0; i < 3; i++) {
      rig.memory.announce(rig.regions.get(Usage.WEIGHTS), 8 * 4096, RUN);
      rig.simulation.run();
      rig.readPs(Usage.WEIGHTS, 8 * 4096, RUN);
      rig.memory.announce(rig.regions.get(Usage.WEIGHTS), 8 * 4096, RUN);
      rig.simulation.run();
      assertThat(rig.simulation.nowPs()).isLessThan(100 * US);
      rig.readPs(Usage.WEIGHTS, 8 * 4096, RUN);
    }
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }
}
