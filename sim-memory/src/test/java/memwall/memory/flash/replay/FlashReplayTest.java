package memwall.memory.flash.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.flash.ReadLimits.Limit;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.law.WriteAmplification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces on small devices, by hand and against formulas; nothing is lost in random ones. */
class FlashReplayTest {
  /** 2 channels of 4 planes, 4 blocks of 8 pages of 4 KiB; 1 us on the link, 4 us, 75 us, 1 ms. */
  private static final String HOST_MANAGED =
      """
      flash:
        source: a test
        name: small
        geometry:
          channels: 2
          dies_per_channel: 1
          planes_per_die: 4
          blocks_per_plane: 4
          pages_per_block: 8
          page: 4 KiB
        timing: { read: 4 us, program: 75 us, erase: 1 ms }
        path: { link_rate: 4.096 GB/s }
        rules: { page_buffers: 2, outstanding_reads: 256, pending_writes: 64 }
        wear: { endurance: 1000 }
        energy: { sense: 5 pJ/bit, program: 50 pJ/bit, link: 1 pJ/bit, idle: 1 W }
      """;

  private static final String DRIVE =
      HOST_MANAGED.replace("blocks_per_plane: 4", "blocks_per_plane: 128")
          + "  ftl: { spare: 0.2, own_cleaning_block: false }\n";

  @TempDir Path temp;

  static FlashReplaySpec spec(String yaml, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(sets), Presets.builtIn(), faults);
    FlashReplaySpec spec = FlashReplaySpec.read(config);
    faults.throwIfAny();
    return spec;
  }

  private static FlashReplaySpec small(String... sets) {
    return spec(HOST_MANAGED + "replay: {}\n", sets);
  }

  private static FlashReplaySpec drive(String... sets) {
    return spec(DRIVE + "replay: {}\n", sets);
  }

  private FlashReplayResult run(FlashReplaySpec spec, String... rows) {
    return run(spec, List.of(rows));
  }

  private FlashReplayResult run(FlashReplaySpec spec, List<String> rows) {
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

  /** The second page of the same plane is sensed while the first leaves. */
  @Test
  void readsArriveAtTheirTimes() {
    FlashReplayResult result =
        run(
            small("replay.fill=1"),
            "time_ps,op,address,bytes",
            "1000000,R,0,4096",
            "1000000,R,32768,4096",
            "100000000,R,4096,64");
    assertThat(result.firstPs()).isEqualTo(1_000_000L);
    assertThat(result.lastPs()).isEqualTo(104_015_625L);
    assertThat(result.readLatency().count()).isEqualTo(3);
    assertThat(result.readLatency().minTicks() / 1e6).isCloseTo(4.015625, within(0.002));
    assertThat(result.readLatency().maxTicks()).isEqualTo(9_000_000L);
    assertThat(result.pages()).containsOnlyKeys(FlashStatus.DONE).containsValue(3L);
    assertThat(result.counters().senses()).isEqualTo(3);
  }

  /** 16 KiB from the second half of page 1 on: five pages over both channels, done together. */
  @Test
  void accessIsItsPages() {
    FlashReplayResult result =
        run(small("replay.fill=1"), "time_ps,op,address,bytes", "0,R,6144,16384");
    assertThat(result.pagesAsked()).isEqualTo(5);
    assertThat(result.counters().readBytes()).isEqualTo(16_384L);
    assertThat(result.completed()).isEqualTo(1);
    // Channel 1 has pages 1, 3, 5: half a page, a page, half a page.
    assertThat(result.lastPs()).isEqualTo(6_000_000L);
  }

  @Test
  void closedLoopKeepsSoManyUnderWay() {
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    for (int i = 0; i < 10; i++) {
      rows.add("R,0,4096");
    }
    FlashReplayResult one = run(small("replay.fill=1", "replay.depth=1"), rows);
    assertThat(one.lastPs()).isEqualTo(50_000_000L);
    assertThat(one.readLatency().maxTicks()).isEqualTo(5_000_000L);
    FlashReplayResult two = run(small("replay.fill=1", "replay.depth=2"), rows);
    assertThat(two.lastPs()).isEqualTo(41_000_000L);
    assertThat(two.accessesPerSec()).isCloseTo(10 / 41e-6, within(1e-3));
  }

  @Test
  void constantDistanceReplacesTimes() {
    FlashReplayResult result =
        run(
            small("replay.fill=1", "replay.gap=10 us"),
            "time_ps,op,address,bytes",
            "7,R,0,4096",
            "7,R,0,4096",
            "7,R,0,4096");
    assertThat(result.firstPs()).isZero();
    assertThat(result.lastPs()).isEqualTo(25_000_000L);
    assertThat(result.readLatency().maxTicks()).isEqualTo(5_000_000L);
  }

  /** Page 0 erases; what comes in another order is refused; erased pages say so. */
  @Test
  void hostWritesBlocksInOrder() {
    FlashReplayResult result =
        run(
            small(),
            "time_ps,op,address,bytes",
            "0,W,0,4096",
            "10000000000,W,32768,4096",
            "20000000000,W,131072,4096",
            "30000000000,R,32768,4096",
            "30000000000,R,65536,4096");
    assertThat(result.pages())
        .containsEntry(FlashStatus.DONE, 3L)
        .containsEntry(FlashStatus.WRITE_ORDER, 1L)
        .containsEntry(FlashStatus.ERASED_PAGE, 1L);
    assertThat(result.writeLatency().maxTicks()).isEqualTo(1_076_000_000L);
    assertThat(result.management().writeAmplification()).isEqualTo(1);
    assertThat(result.management().mostErases()).isEqualTo(1);
    assertThat(result.management().meanErases()).isEqualTo(1 / 32.0);
    assertThat(result.counters().refusals()).isEqualTo(1);
  }

  @Test
  void filledBlocksHoldData() {
    FlashReplayResult half =
        run(
            small("replay.fill=0.5"),
            "time_ps,op,address,bytes",
            "0,R,520192,4096",
            "0,R,524288,4096");
    assertThat(half.pages())
        .containsEntry(FlashStatus.DONE, 1L)
        .containsEntry(FlashStatus.ERASED_PAGE, 1L);
    assertThat(half.management().meanErases()).isEqualTo(0.5);
  }

  @Test
  void partsOfPagesAreReadFirst() {
    FlashReplayResult result =
        run(
            drive("replay.fill=1"),
            "time_ps,op,address,bytes",
            "0,W,0,512",
            "10000000000,R,0,512",
            "20000000000,W,8192,4096");
    assertThat(result.counters().senses()).isEqualTo(2);
    assertThat(result.counters().programs()).isEqualTo(2);
    // Sensed, over the link and back, programmed behind what fills an open block.
    assertThat(result.writeLatency().maxTicks()).isEqualTo(81_000_000L);
    assertThat(result.writeLatency().minTicks() / 1e6).isCloseTo(76, within(0.02));
    assertThat(result.pages()).containsOnlyKeys(FlashStatus.DONE);
  }

  @Test
  void unwrittenAndTrimmedPagesAreNotSensed() {
    FlashReplayResult result =
        run(
            drive(),
            "time_ps,op,address,bytes",
            "0,R,0,4096",
            "0,W,0,8192",
            "5000000000,R,0,4096",
            "6000000000,T,0,4096",
            "6000000000,R,0,4096");
    assertThat(result.management().unwritten()).isEqualTo(2);
    assertThat(result.management().trimmed()).isEqualTo(1);
    assertThat(result.counters().senses()).isEqualTo(1);
    assertThat(result.pages()).containsEntry(FlashStatus.ERASED_PAGE, 2L);
    assertThat(result.completed()).isEqualTo(4);
  }

  /** A page that was just written is answered from the controller. */
  @Test
  void freshDataComesFromTheController() {
    FlashReplayResult result =
        run(drive(), "time_ps,op,address,bytes", "0,W,0,4096", "1000,R,0,4096");
    assertThat(result.management().fromController()).isEqualTo(1);
    assertThat(result.counters().senses()).isZero();
    assertThat(result.readLatency().maxTicks()).isZero();
  }

  /**
   * Reads that wait in front of the device for a page that is overwritten, whose block is cleaned
   * and written again meanwhile: they get the page as it was, and its block waits for them.
   */
  @ParameterizedTest
  @CsvSource({"0 ps", "100 us"})
  void readsAreNotOvertaken(String gather) {
    List<String> rows = new ArrayList<>(List.of("time_ps,op,address,bytes"));
    for (int i = 0; i < 300; i++) {
      rows.add("0,R," + 4096 * i % (8 * 4096) + ",4096");
    }
    for (int i = 0; i < 3000; i++) {
      rows.add("1,W," + 4096 * (i % 150) + ",4096");
    }
    String drive =
        DRIVE
            .replace("channels: 2", "channels: 1")
            .replace("planes_per_die: 4", "planes_per_die: 1")
            .replace("blocks_per_plane: 128", "blocks_per_plane: 24")
            .replace("erase: 1 ms", "erase: 1 us")
            .replace("program: 75 us", "program: 1 us");
    FlashReplaySpec spec =
        spec(
            drive + "replay: { fill: 1 }\n",
            "flash.rules.outstanding_reads=1",
            "flash.timing.read=100 us",
            "flash.rules.gather=" + gather);
    FlashReplayResult result = run(spec, rows);
    assertThat(result.pages()).containsOnlyKeys(FlashStatus.DONE).containsValue(3300L);
    // None found the new data of another page in its place.
    assertThat(result.counters().forwarded()).isZero();
    assertThat(result.readLatency().count()).isEqualTo(300);
    assertThat(result.counters().erases()).isGreaterThan(300);
  }

  /** Uniform overwrites: the amplification of greedy cleaning, whose pages occupy the planes. */
  @ParameterizedTest
  @CsvSource({"greedy, 0.2", "greedy, 0.5", "fifo, 0.2"})
  void writeAmplification(String policy, double spare) {
    FlashReplaySpec spec =
        drive(
            "flash.geometry.planes_per_die=1",
            "flash.geometry.blocks_per_plane=1024",
            "flash.ftl.cleaning=" + policy,
            "flash.ftl.spare=" + spare,
            "replay.fill=1",
            "replay.overwrite=6",
            "replay.depth=16");
    long pages = spec.part().logicalBytes() / 4096;
    SplittableRandom random = new SplittableRandom(5);
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    for (int i = 0; i < 60_000; i++) {
      rows.add("W," + 4096 * random.nextLong(pages) + ",4096");
    }
    FlashReplayResult result = run(spec, rows);
    // One or two blocks are free, one is half full.
    double rho = (1 - spare) * 1024 / (1024 - 2);
    double expected =
        policy.equals("fifo") ? WriteAmplification.fifo(rho) : WriteAmplification.greedy(rho, 8);
    assertThat(result.management().writeAmplification())
        .isCloseTo(expected, within(0.02 * expected));
    assertThat(result.management().moved()).isEqualTo(result.counters().senses());
    assertThat(result.counters().programs() - result.counters().erases() * 8).isBetween(-16L, 16L);
    assertThat(result.usedShare(Limit.ARRAY)).isGreaterThan(0.3);
    assertThat(result.busiest()).isEqualTo(Limit.ARRAY);
  }

  @Test
  void wornOutDriveRefusesAndLosesNothing() {
    List<String> rows = new ArrayList<>(List.of("op,address,bytes"));
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 40_000; i++) {
      rows.add("W," + 4096 * random.nextInt(800) + ",4096");
    }
    FlashReplayResult result =
        run(drive("flash.wear.endurance=3", "replay.depth=4", "replay.fill=1"), rows);
    assertThat(result.management().unplaced()).isPositive();
    assertThat(result.pages().get(FlashStatus.RETIRED)).isEqualTo(result.management().unplaced());
    assertThat(result.management().retired()).isPositive();
    assertThat(result.completed()).isEqualTo(40_000);
  }

  /**
   * Whatever the trace, the device and the depth: everything ends, nothing is lost, twice alike.
   */
  @ParameterizedTest
  @CsvSource({
    "false, 0, arrival, false",
    "false, 5, suspend, false",
    "true, 0, arrival, false",
    "true, 7, reads, true",
    "true, 64, suspend, true",
    "true, 1, arrival, true"
  })
  void randomTracesLoseNothing(boolean isDrive, int depth, String priority, boolean posted) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "flash.rules.priority=" + priority,
                "flash.rules.posted_writes=" + posted,
                "flash.rules.pending_writes=3",
                "flash.rules.outstanding_reads=4",
                "flash.rules.staging=64 KiB",
                "flash.rules.active_planes=3",
                "replay.fill=0.75",
                "replay.depth=" + depth));
    if (priority.equals("suspend")) {
      sets.add("flash.rules.suspensions=2");
    }
    String[] all = sets.toArray(String[]::new);
    FlashReplaySpec spec = isDrive ? drive(all) : small(all);
    long pages = spec.part().logicalBytes() / 4096;
    SplittableRandom random = new SplittableRandom(7);
    List<String> rows = new ArrayList<>(List.of("time_ps,op,address,bytes"));
    long ps = 0;
    for (int i = 0; i < 20_000; i++) {
      ps += random.nextLong(60_000_000);
      String op = random.nextInt(3) > 0 ? "R" : random.nextInt(10) == 0 ? "T" : "W";
      int most = op.equals("W") && !isDrive ? 1 : 4;
      long page = random.nextLong(pages - most);
      rows.add(ps + "," + op + "," + 4096 * page + "," + 4096 * (1 + random.nextInt(most)));
    }
    FlashReplayResult result = run(spec, rows);
    FlashReplayResult again = run(spec, rows);
    assertThat(again.counters()).isEqualTo(result.counters());
    assertThat(again.lastPs()).isEqualTo(result.lastPs());
    assertThat(again.management()).isEqualTo(result.management());
  }

  @Test
  void largeAccessesWaitInTheTrace() {
    FlashReplaySpec spec = spec("flash: hbf-gen1\nreplay: { fill: 1 }\n");
    FlashReplayResult result = run(spec, "time_ps,op,address,bytes", "0,R,0,8589934592");
    assertThat(result.pagesAsked()).isEqualTo(2_097_152L);
    assertThat(result.readBytesPerSec() / 1e12).isCloseTo(1.6, within(0.01));
    assertThat(result.busiest()).isEqualTo(Limit.LINK);
    assertThat(result.usedShare(Limit.LINK)).isCloseTo(1, within(0.01));
    assertThat(result.usedShare(Limit.ARRAY)).isCloseTo(1.6 / 1.6384, within(0.01));
  }

  @Test
  void energyIsThatOfItsParts() {
    FlashReplayResult result =
        run(small("replay.fill=1"), "time_ps,op,address,bytes", "0,R,0,4096", "0,W,0,4096");
    double bits = 8 * 4096;
    double busy = bits * (5 + 50 + 2) * 1e-12;
    assertThat(result.joules()).isCloseTo(busy + result.spanPs() * 1e-12, within(1e-15));
  }

  private void refused(FlashReplaySpec spec, String message, String... rows) {
    assertThatThrownBy(() -> run(spec, rows))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> assertThat(e.faults()).singleElement().asString().endsWith(message));
  }

  @Test
  void accessBeyondTheCapacity() {
    refused(
        small(),
        "trace.csv:3: 4096 bytes from address 1044481 end beyond the 1048576 bytes that a host of"
            + " small can address",
        "time_ps,op,address,bytes",
        "0,R,1044480,4096",
        "0,R,1044481,4096");
  }

  @Test
  void spareIsNotTheHosts() {
    refused(
        drive(),
        "trace.csv:2: 4096 bytes from address 26836992 end beyond the 26836992 bytes that a host"
            + " of small can address",
        "time_ps,op,address,bytes",
        "0,W,26836992,4096");
  }

  @Test
  void partsOfPagesOfAHostManagedDevice() {
    refused(
        small(),
        "trace.csv:2: a write of 512 bytes to address 4096, expected whole pages of 4096 bytes:"
            + " the host of this device writes no less",
        "time_ps,op,address,bytes",
        "0,W,4096,512");
  }

  @Test
  void noTimesAndNoDepth() {
    refused(
        small(),
        "trace.csv: the trace has no times; say how many accesses are under way at once (--depth"
            + " 32) or how far apart they arrive (--gap '1 us')",
        "op,address,bytes",
        "R,0,1");
  }

  @Test
  void gapThatTakesDays() {
    refused(
        small("replay.gap=24 h"),
        "trace.csv: 3 accesses every 86400000000000000 ps take more than 27 hours; use a smaller"
            + " gap",
        "op,address,bytes",
        "R,0,1",
        "R,0,1",
        "R,0,1");
  }

  private static void misconfigured(String message, String yaml, String... sets) {
    assertThatThrownBy(() -> spec(yaml + "replay: {}\n", sets))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> assertThat(e.faults()).singleElement().asString().contains(message));
  }

  @Test
  void faultsOfTheReplay() {
    misconfigured(
        "replay.gap: accesses arrive when others end (depth), or every gap; give one",
        HOST_MANAGED,
        "replay.gap=1 us",
        "replay.depth=4");
    misconfigured("replay.fill: '1.5' is out of range", HOST_MANAGED, "replay.fill=1.5");
    misconfigured("replay.depth: '-1' is out of range", HOST_MANAGED, "replay.depth=-1");
    misconfigured(
        "replay.overwrite: the device has no translation layer (ftl); its host overwrites nothing",
        HOST_MANAGED,
        "replay.overwrite=1");
  }

  @Test
  void faultsOfTheTranslationLayer() {
    misconfigured("ftl.spare: '1' is out of range", DRIVE, "flash.ftl.spare=1");
    misconfigured(
        "ftl.spare: of 128 blocks a plane the host would see 127.875; allowed are more than 0, at"
            + " most all but 3 kept free and open, of at least 4",
        DRIVE,
        "flash.ftl.spare=0.0005");
    misconfigured("missing key 'flash.ftl.choices'", DRIVE, "flash.ftl.cleaning=choices");
    misconfigured("ftl.free_blocks: '1' is out of range", DRIVE, "flash.ftl.free_blocks=1");
  }

  @Test
  void tablesThatDoNotFit() {
    FlashReplaySpec spec = spec(DRIVE + "replay: {}\n", "flash.geometry.planes_per_die=524288");
    assertThatThrownBy(() -> run(spec, "time_ps,op,address,bytes", "0,R,0,1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("small: the translation layer of ")
        .hasMessageContaining("--set flash.geometry.blocks_per_plane=64");
  }
}
