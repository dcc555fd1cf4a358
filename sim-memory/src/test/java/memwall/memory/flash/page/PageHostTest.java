package memwall.memory.flash.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.error.CleanSenses;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.error.ProgramErrors;
import memwall.memory.flash.host.HostSpec;
import memwall.memory.flash.host.LifetimeEstimate;
import memwall.memory.flash.host.WearLoad;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the host of a memory makes good, and what it writes anew. */
class PageHostTest {
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;
  private static final long US = PageRig.US;

  private static FlashWear wear(int endurance, int readLimit) {
    return new FlashWear(endurance, readLimit, 1e9, 40, 1.1, 0, 5);
  }

  private static PageSpec with(
      PageSpec spec, FlashSpec device, FlashWear wear, double failures, int spares) {
    FlashPart part = spec.part();
    ErrorSpec errors = new ErrorSpec(new CleanSenses(), new ProgramErrors(failures, 0, 1), 0, 0);
    return new PageSpec(
        new FlashPart(part.name(), device, wear, part.energy(), null, errors, null),
        spec.scratchBytes(),
        spec.pathPs(),
        spares);
  }

  /**
   * The same with so many channels, and answers of writes once they are programmed. No hits in page
   * buffers: regions are so small here that a page may be announced again before it is read; the
   * second read would keep its buffer, for which a read between the two may wait.
   */
  private static FlashSpec answering(FlashSpec device, int channels) {
    FlashGeometry its = device.geometry();
    FlashRules rules = device.rules();
    return new FlashSpec(
        new FlashGeometry(
            channels,
            its.diesPerChannel(),
            its.planesPerDie(),
            its.blocksPerPlane(),
            its.pagesPerBlock(),
            its.pageBytes()),
        device.timings(),
        device.paths(),
        new FlashRules(
            rules.pageBuffers(),
            false,
            rules.stagingPages(),
            0,
            rules.outstandingReads(),
            rules.pendingWrites(),
            false,
            rules.priority(),
            rules.suspensions(),
            0,
            0));
  }

  /** More writes than {@link PageRig#randomScript} has. */
  private static List<PageRig.Step> writes(SplittableRandom random, int steps) {
    List<PageRig.Step> script = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      script.addAll(PageRig.randomScript(random, 1 + random.nextInt(3), 400 * US));
      long delayPs = random.nextInt(3) == 0 ? 0 : random.nextLong(400 * US);
      Usage usage = random.nextInt(3) == 0 ? Usage.WEIGHTS : Usage.KV;
      long bytes = random.nextLong(1L << (12 + random.nextInt(8)));
      script.add(new PageRig.Step(delayPs, PageRig.Kind.WRITE, usage, bytes, RUN));
    }
    return script;
  }

  private static void play(PageRig rig, List<PageRig.Step> script) {
    rig.schedule(script);
    rig.simulation.run();
    rig.readAnnounced();
    rig.checkLaws();
  }

  private static void same(PageRig one, PageRig other) {
    assertThat(other.donePs).isEqualTo(one.donePs);
    assertThat(other.snapshot().values()).isEqualTo(one.snapshot().values());
  }

  // Programs that fail -------------------------------------------------------------------------

  /** Programs fail at random, blocks wear out, rows are read too often: no page is lost. */
  private static void faults(int schedules, long[] sums) {
    Randomized.check(
        schedules,
        random -> {
          PageSpec any = PageRig.random(random);
          double failures = random.nextInt(4) == 0 ? 0 : 0.05 * random.nextDouble();
          int readLimit = random.nextBoolean() ? Integer.MAX_VALUE : 3 + random.nextInt(30);
          PageSpec spec =
              with(
                  any,
                  answering(any.part().device(), 1),
                  wear(1 + random.nextInt(1 << random.nextInt(10)), readLimit),
                  failures,
                  random.nextInt(3) * 50);
          List<PageRig.Step> script = writes(random, 12);
          PageRig exact = new PageRig(spec, 1, false, false);
          PageRig fast = new PageRig(spec, 1, true, true);
          play(exact, script);
          play(fast, script);
          same(exact, fast);
          sums[0] += fast.number("replayed_pages");
          sums[1] += fast.number("refreshed_rows");
          sums[2] += fast.number("spares_used");
          sums[3] += fast.number("failed_writes");
          if (fast.number("retired_blocks") <= spec.spareBlocks()) {
            assertThat(fast.number("failed_writes")).isZero();
          }
          assertThat(fast.number("retired_blocks"))
              .isGreaterThanOrEqualTo(fast.number("spares_used"));
        });
  }

  @Test
  void randomFaultsLoseNothing() {
    long[] sums = new long[4];
    faults(200, sums);
    for (long sum : sums) {
      assertThat(sum).isPositive();
    }
  }

  @Test
  @Tag("slow")
  void tenThousandFaultSchedulesLoseNothing() {
    faults(10_000, new long[4]);
  }

  /** Every tenth program or so fails: the host goes on until all is there. */
  @Test
  void failedBlocksAreProgrammedAgain() {
    PageSpec plain = PageRig.spec(1, 2, 16, 50_000_000_000L, PageRig.rules(2, 0, 0, 64), 0);
    PageSpec spec = with(plain, plain.part().device(), wear(100_000, Integer.MAX_VALUE), 0.1, 0);
    PageRig rig = new PageRig(spec, 1, true);
    for (int i = 0; i < 10; i++) {
      rig.writePs(Usage.KV, 4096 * 100);
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
    rig.readPs(Usage.KV, 4096 * 128, RUN);
    assertThat(rig.number("failed_writes")).isZero();
    assertThat(rig.number("unreadable_reads")).isZero();
    assertThat(rig.number("programmed_pages")).isEqualTo(1000);
    // A failure at page k of 16 costs that one, those before it, and those after it once more.
    assertThat(rig.number("replayed_pages")).isGreaterThan(500);
    assertThat(rig.number("programs") + rig.number("refusals"))
        .isEqualTo(1000 + rig.number("replayed_pages"));
  }

  /** The write is done when what failed has been programmed, and not before. */
  @Test
  void writesWaitForTheirReplay() {
    PageSpec plain = PageRig.spec(1, 1, 16, 50_000_000_000L, PageRig.rules(2, 0, 0, 64), 0);
    PageSpec clean = with(plain, plain.part().device(), wear(1000, Integer.MAX_VALUE), 0, 0);
    PageSpec faulty = with(plain, plain.part().device(), wear(1000, Integer.MAX_VALUE), 0.1, 0);
    long once = new PageRig(clean, 1, true).writePs(Usage.KV, 16 * 4096);
    PageRig rig = new PageRig(faulty, 1, true);
    long took = rig.writePs(Usage.KV, 16 * 4096);
    long replayed = rig.number("replayed_pages");
    assertThat(replayed).isPositive();
    // Each page that is programmed takes 20 us, each erase 200 us.
    long worked = rig.number("programs") * 20 * US + rig.number("erases") * 200 * US;
    assertThat(took).isGreaterThan(once).isBetween(worked, worked + 20 * US);
  }

  @Test
  void sparesTakeThePlaceOfWornBlocks() {
    PageSpec plain = PageRig.spec(1, 2, 16, 50_000_000_000L, PageRig.rules(2, 0, 0, 64), 0);
    PageSpec spec = with(plain, plain.part().device(), wear(1000, Integer.MAX_VALUE), 0, 5);
    PageRig rig = new PageRig(spec, 1, true);
    // 1000 erases of each of 5 rows of 32 pages.
    for (int i = 0; i < 1000; i++) {
      rig.writePs(Usage.KV, 4096 * 160);
    }
    assertThat(rig.number("retired_blocks")).isZero();
    for (int i = 0; i < 1000; i++) {
      rig.writePs(Usage.KV, 4096 * 160);
    }
    assertThat(rig.number("retired_blocks")).isEqualTo(10);
    assertThat(rig.number("spares_used")).isEqualTo(10);
    assertThat(rig.number("failed_writes")).isZero();
    assertThat(rig.number("replayed_pages")).isEqualTo(160);
    assertThat(rig.memory.brokenLaws()).isEmpty();
    rig.readPs(Usage.KV, 4096 * 128, RUN);
    assertThat(rig.number("unreadable_reads")).isZero();
    // Now the spares are worn too.
    rig.writePs(Usage.KV, 4096 * 32);
    assertThat(rig.number("failed_writes")).isEqualTo(1);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  // Read disturb -------------------------------------------------------------------------------

  /** Law F4: one channel for all, and that in steps, with rows written anew meanwhile. */
  @Test
  void refreshIsTheSameFoldedAndExact() {
    long[] rows = new long[1];
    Randomized.check(
        60,
        random -> {
          PageSpec any = PageRig.random(random);
          PageSpec spec =
              with(
                  any,
                  answering(any.part().device(), 1 + random.nextInt(3)),
                  wear(1000, 3 + random.nextInt(20)),
                  0,
                  0);
          int devices = 1 + random.nextInt(2);
          List<PageRig.Step> script = writes(random, 15);
          PageRig exact = new PageRig(spec, devices, false, false);
          PageRig folded = new PageRig(spec, devices, true, false);
          PageRig fast = new PageRig(spec, devices, true, true);
          for (PageRig rig : List.of(exact, folded, fast)) {
            play(rig, script);
          }
          same(exact, folded);
          same(exact, fast);
          rows[0] += fast.number("refreshed_rows");
        });
    assertThat(rows[0]).isGreaterThan(30);
  }

  /** Weights that rest are written anew as often as the closed form says. */
  @Test
  void refreshByReadsIsThatOfTheLifetimeEstimate() {
    FlashSpec device =
        new FlashSpec(
            new FlashGeometry(2, 1, 4, 24, 16, 4096),
            new FlashTimings(0, US, 0, US, 5 * US, 20 * US, 0, 0),
            new FlashPaths(100_000_000_000L, false, 0, 0, 0, 0, 0),
            new FlashRules(2, false, 0, 0, 64, 64, false, ReadPriority.READS, 0, 0, 0));
    int readLimit = 2000;
    PageSpec spec = with(PageRig.of(device, 0), device, wear(1_000_000, readLimit), 0, 0);
    PageRig rig = new PageRig(spec, 1, true);
    // 6 rows of 2 x 4 blocks hold the region, whole.
    long regionBytes = 6L * 2 * 4 * 16 * 4096;
    assertThat(rig.regions.get(Usage.WEIGHTS).bytes()).isEqualTo(regionBytes);
    for (int i = 0; i < 6000; i++) {
      rig.readPs(Usage.WEIGHTS, regionBytes, i % 2 == 0 ? RUN : AccessPattern.blocks(65_536));
    }
    double seconds = rig.simulation.nowPs() * 1e-12;
    double reads = rig.number("read_pages") * 4096 / seconds;
    LifetimeEstimate estimate =
        new LifetimeEstimate(
            device.geometry().capacityBytes(),
            device.geometry(),
            spec.part().wear(),
            HostSpec.of(spec.part().wear(), 1, 0),
            new WearLoad(regionBytes, 0, 0, reads, 40));
    double written = rig.number("refreshed_pages") * 4096 / seconds;
    assertThat(written).isCloseTo(estimate.refreshBytesPerSec(), withPercentage(3));
    assertThat(rig.number("refreshed_rows")).isGreaterThan(200);
    assertThat(rig.number("refresh_read_pages")).isEqualTo(rig.number("refreshed_pages"));
    assertThat(rig.number("erases")).isEqualTo(rig.number("refreshed_pages") / 16);
    assertThat(rig.number("unreadable_reads")).isZero();
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }
}
