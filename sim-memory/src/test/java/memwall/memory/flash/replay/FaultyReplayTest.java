package memwall.memory.flash.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces on devices with errors and with heat. */
class FaultyReplayTest {
  /** 16 channels of a plane of 4 KiB pages; 1 us on the link, 4 us, 75 us, 1 ms. */
  private static final String STACK =
      """
      replay: {}
      flash:
        source: a test
        name: small
        geometry:
          channels: 16
          dies_per_channel: 1
          planes_per_die: 1
          blocks_per_plane: 16
          pages_per_block: 8
          page: 4 KiB
        timing: { read: 4 us, program: 75 us, erase: 1 ms, retry: 3 us }
        path: { link_rate: 4.096 GB/s }
        rules: { page_buffers: 2, outstanding_reads: 256, pending_writes: 64 }
        wear: { endurance: 1000 }
        energy: { sense: 500 pJ/bit, program: 500 pJ/bit, link: 1 pJ/bit, idle: 1 W }
      """;

  private static final String DRIVE =
      STACK.replace("blocks_per_plane: 16", "blocks_per_plane: 64")
          + "  ftl: { spare: 0.4, own_cleaning_block: false }\n";

  private static final String FAILS =
      """
        errors:
          model: clean
          program_failures: { floor: 0.002 }
      """;

  /** Light dies and lid, so that tests need not simulate seconds. */
  private static final String HEAT =
      """
        thermal:
          stack:
            extends: hbf-16hi
            memory_die: { joules_per_kelvin: 0.001 }
            logic_die: { joules_per_kelvin: 0.001 }
            cooling: { lid_joules_per_kelvin: 0.02 }
          release: 85 C
          light: 95 C
          severe: 105 C
          shutdown: 120 C
          light_share: 0.5
          window: 100 us
      """;

  @TempDir Path temp;

  private FlashReplayResult run(String yaml, List<String> rows, String... sets) {
    FlashReplaySpec spec = FlashReplayTest.spec(yaml, sets);
    Path file = temp.resolve("trace.csv");
    try {
      Files.write(file, rows);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    FlashReplayResult result =
        FlashReplay.run(file, null, spec, FlashReplay.scan(file, null, spec));
    assertThat(result.brokenLaws()).isEmpty();
    return result;
  }

  private static List<String> reads(int count) {
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    for (int i = 0; i < count; i++) {
      rows.add("R," + i * 4096L % (16 * 16 * 8 * 4096L) + ",4096");
    }
    return rows;
  }

  @Test
  void retriesTakeTheirTime() {
    String errors =
        """
          errors: { model: table, shares: [0, 0, 0.5], lost: 0.5 }
        """;
    FlashReplayResult result = run(STACK + errors, reads(400), "replay.fill=1", "replay.depth=1");
    FlashCounters counters = result.counters();
    // Whether lost or not, each has two retries.
    assertThat(counters.retries()).isEqualTo(800);
    assertThat(result.readLatency().minTicks() / 1e6).isCloseTo(4 + 2 * 3 + 1, within(0.01));
    assertThat(result.lastPs()).isEqualTo(400 * 11_000_000L);
    assertThat(counters.uncorrectable()).isBetween(150L, 250L);
    assertThat(result.pages().get(FlashStatus.UNCORRECTABLE)).isEqualTo(counters.uncorrectable());
  }

  @Test
  void seedDrawsOtherErrors() {
    String errors =
        """
          errors: { model: table, shares: [0.5, 0.5] }
        """;
    String[] sets = {"replay.fill=1", "replay.depth=1", "replay.seed=1"};
    long first = run(STACK + errors, reads(1000), sets).lastPs();
    assertThat(run(STACK + errors, reads(1000), sets).lastPs()).isEqualTo(first);
    sets[2] = "replay.seed=2";
    assertThat(run(STACK + errors, reads(1000), sets).lastPs()).isNotEqualTo(first);
  }

  /** A new block is worn before the run and its data are old: so are they for the sampler. */
  @Test
  void wearAndAgeBeforeTheRunReachTheSampler() {
    String errors =
        """
          errors:
            model: poisson
            rate: { wear: { factor: 1e-6 }, age: { factor: 1e-4 } }
            code: { bits: 34560, correctable: 72 }
            retry_factor: 0.25
            retries: 8
        """;
    String[] sets = {"replay.fill=1", "replay.depth=1", "flash.errors.start_cycles=0"};
    assertThat(run(STACK + errors, reads(500), sets).counters().retries()).isZero();
    sets[2] = "flash.errors.start_cycles=4000";
    assertThat(run(STACK + errors, reads(500), sets).counters().retries()).isEqualTo(500);
    sets[2] = "flash.errors.start_age_hours=40";
    assertThat(run(STACK + errors, reads(500), sets).counters().retries()).isEqualTo(500);
  }

  @Test
  void failedProgramsOfHostsSaySo() {
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    for (int i = 0; i < 16 * 16 * 8; i++) {
      rows.add("W," + i * 4096L + ",4096");
    }
    FlashReplayResult result = run(STACK + FAILS, rows, "replay.depth=64");
    long failed = result.counters().programFailures();
    assertThat(failed).isPositive();
    assertThat(result.pages().get(FlashStatus.PROGRAM_FAILED)).isEqualTo(failed);
    assertThat(result.pages().get(FlashStatus.WRITE_ORDER)).isEqualTo(result.counters().refusals());
  }

  /** Blocks are retired and what was in them is written anew; every page can be read. */
  @Test
  void failedProgramsOfDrivesLoseNothing() {
    SplittableRandom random = new SplittableRandom(20_261_123);
    int pages = 16 * (int) (64 * 8 * 0.6);
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    for (int i = 0; i < pages; i++) {
      rows.add("W," + i * 4096L + ",4096");
    }
    for (int i = 0; i < 4 * pages; i++) {
      String op = random.nextInt(4) == 0 ? "R," : "W,";
      rows.add(op + random.nextInt(pages) * 4096L + "," + (random.nextBoolean() ? 4096 : 512));
    }
    for (int i = 0; i < pages; i++) {
      rows.add("R," + i * 4096L + ",4096");
    }
    for (String depth : List.of("1", "64", "4096")) {
      FlashReplayResult result = run(DRIVE + FAILS, rows, "replay.depth=" + depth);
      assertThat(result.counters().programFailures()).isGreaterThan(20);
      assertThat(result.management().retired())
          .isPositive()
          .isLessThanOrEqualTo(result.counters().programFailures());
      assertThat(result.pages()).containsOnlyKeys(FlashStatus.DONE);
      assertThat(result.management().lost()).isZero();
      assertThat(result.management().unplaced()).isZero();
      assertThat(result.management().unwritten()).isZero();
    }
  }

  @Test
  void dataLostInMovesAreCounted() {
    String errors =
        """
          errors: { model: table, shares: [0.9], lost: 0.1 }
        """;
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      rows.add("W," + random.nextInt(16 * 64 * 8 * 6 / 10 - 16) * 4096L + ",4096");
    }
    FlashReplayResult result = run(DRIVE + errors, rows, "replay.fill=1", "replay.depth=16");
    long moved = result.management().moved();
    assertThat(moved).isGreaterThan(1000);
    assertThat((double) result.management().lost() / moved).isCloseTo(0.1, within(0.03));
  }

  @Test
  void heatThrottles() {
    List<String> rows = reads(60_000);
    String[] sets = {
      "replay.fill=1",
      "replay.depth=256",
      "flash.energy.sense=1000 pJ/bit",
      "flash.geometry.planes_per_die=4"
    };
    FlashReplayResult cool = run(STACK, rows, sets);
    assertThat(cool.heat()).isNull();
    FlashReplayResult hot = run(STACK + HEAT, rows, sets);
    ReplayHeat heat = hot.heat();
    assertThat(heat).isNotNull();
    assertThat(heat.lightPs()).isPositive();
    assertThat(heat.severePs()).isPositive();
    assertThat(heat.shutDownPs()).isZero();
    assertThat(heat.normalPs() + heat.lightPs() + heat.severePs())
        .isGreaterThanOrEqualTo(hot.lastPs());
    assertThat(heat.hottestCelsius()).isBetween(95.0, 106.0);
    assertThat(hot.spanPs()).isGreaterThan(cool.spanPs());
    assertThat(hot.pages()).containsOnlyKeys(FlashStatus.DONE);
    assertThat(heat.sustained().mostBytesPerSec()).isLessThan(cool.readBytesPerSec());
  }

  @Test
  void coldStackIsNotHeldBack() {
    List<String> rows = reads(2_000);
    String[] sets = {"replay.fill=1", "replay.depth=256", "flash.energy.sense=5 pJ/bit"};
    FlashReplayResult cool = run(STACK, rows, sets);
    FlashReplayResult warm = run(STACK + HEAT, rows, sets);
    assertThat(warm.lastPs()).isEqualTo(cool.lastPs());
    assertThat(warm.counters()).isEqualTo(cool.counters());
    ReplayHeat heat = warm.heat();
    assertThat(heat).isNotNull();
    assertThat(heat.lightPs() + heat.severePs() + heat.shutDownPs()).isZero();
    assertThat(heat.sustained().leastBytesPerSec()).isEqualTo(heat.sustained().mostBytesPerSec());
  }

  /** The lid is held, so the dies cannot cool in time: what is asked afterwards is refused. */
  @Test
  void shutdownRefusesTheRest() {
    FlashReplayResult result =
        run(
            STACK + HEAT,
            reads(60_000),
            "replay.fill=1",
            "replay.depth=256",
            "flash.thermal.light_share=1",
            "flash.thermal.severe_share=1",
            "flash.energy.sense=5000 pJ/bit");
    ReplayHeat heat = result.heat();
    assertThat(heat).isNotNull();
    assertThat(heat.hottestCelsius()).isGreaterThanOrEqualTo(120);
    assertThat(result.pages()).containsOnlyKeys(FlashStatus.DONE, FlashStatus.SHUT_DOWN);
    assertThat(result.pages().get(FlashStatus.SHUT_DOWN)).isEqualTo(result.counters().shutOut());
    assertThat(result.completed()).isEqualTo(60_000);
  }
}
