package memwall.memory.flash.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.error.ProgramErrors;
import memwall.memory.flash.error.RetryTable;
import org.junit.jupiter.api.Test;

/** Flash down to its planes behind the interface of a memory. */
class PagedMemoryTest {
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;
  private static final long US = PageRig.US;

  /** 4 channels of 8 planes, a page in 1 us; 41 ns a page on the link; 32 places. */
  private static final PageSpec SMALL =
      PageRig.spec(4, 8, 64, 99_902_439_025L, PageRig.rules(2, 32, 0, 64), 1 << 20);

  private static final long PAGE_PS = 41_000;
  private static final long FIRST_PS = US + 100_000 + 50_000 + 200_000;

  @Test
  void onePageOfEachChannelTakesTheFormulaNotAPicosecondLessNorMore() {
    for (long bytes : new long[] {1, 4096, 2 * 4 * 4096}) {
      PageRig rig = new PageRig(SMALL, 2, true);
      boolean[] done = new boolean[1];
      rig.memory.read(rig.regions.get(Usage.WEIGHTS), bytes, RUN, word -> done[0] = true, 0);
      rig.simulation.runUntil(FIRST_PS + PAGE_PS - 1);
      assertThat(done[0]).isFalse();
      assertThat(rig.memory.outstanding()).isEqualTo(1);
      rig.simulation.runUntil(FIRST_PS + PAGE_PS);
      assertThat(done[0]).isTrue();
      assertThat(rig.memory.outstanding()).isZero();
      assertThat(rig.number("padding_bytes")).isEqualTo(2 * 4 * 4096 - bytes);
      assertThat(rig.number("read_pages")).isEqualTo(8);
      assertThat(rig.snapshot().histogram("mem.read_latency").getTotalCount()).isEqualTo(1);
    }
    assertThat(SMALL.readLatencyPs(Usage.WEIGHTS)).isEqualTo(FIRST_PS);
  }

  @Test
  void pagesThatAreSensedTogetherLeaveOneAfterTheOther() {
    PageRig rig = new PageRig(SMALL, 1, true);
    assertThat(rig.readPs(Usage.KV, 4 * 8 * 4096, RUN)).isEqualTo(FIRST_PS + 8 * PAGE_PS);
  }

  @Test
  void announcedPagesWaitSensedAndLeaveWhenTheyAreAskedFor() {
    PageRig rig = new PageRig(SMALL, 1, true);
    long bytes = 4 * 16 * 4096;
    assertThat(rig.memory.announce(rig.regions.get(Usage.KV), bytes, RUN)).isTrue();
    rig.simulation.runUntil(10 * US);
    assertThat(rig.number("senses")).isEqualTo(4 * 16);
    assertThat(rig.number("link_busy_ps")).isZero();
    assertThat(rig.memory.outstanding()).isZero();
    // What the array takes is hidden: the link, the host's latency, the path.
    assertThat(rig.readPs(Usage.KV, bytes, RUN)).isEqualTo(16 * PAGE_PS + 50_000 + 200_000);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void announcementsEndWhereTheStagingBufferDoes() {
    PageRig rig = new PageRig(SMALL, 1, true);
    Region weights = rig.regions.get(Usage.WEIGHTS);
    // 8 planes of two buffers hold 16 pages of 24, 4 of them of the second read.
    assertThat(rig.memory.announce(weights, 4 * 12 * 4096, RUN)).isTrue();
    assertThat(rig.memory.announce(weights, 4 * 40 * 4096, RUN)).isTrue();
    assertThat(rig.memory.announce(weights, 4096, RUN)).isFalse();
    rig.simulation.runUntil(100 * US);
    assertThat(rig.number("senses")).isEqualTo(4 * 16);
    rig.readPs(Usage.WEIGHTS, 4 * 12 * 4096, RUN);
    assertThat(rig.number("senses")).isEqualTo(4 * 28);
    assertThat(rig.memory.announce(weights, 4096, RUN)).isFalse();
    rig.readPs(Usage.WEIGHTS, 4 * 40 * 4096, RUN);
    assertThat(rig.number("senses")).isEqualTo(4 * 52);
    assertThat(rig.memory.announce(weights, 4096, RUN)).isTrue();
  }

  @Test
  void readsComeInTheOrderOfTheirAnnouncements() {
    PageRig rig = new PageRig(SMALL, 1, true);
    Region kv = rig.regions.get(Usage.KV);
    rig.memory.announce(kv, 4 * 4096, RUN);
    assertThatThrownBy(() -> rig.memory.read(kv, 4 * 4096 * 2, RUN, word -> {}, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mem: 1 pages announced, 2 read");
  }

  @Test
  void writesGatherWholePagesOfAllChannels() {
    PageRig rig = new PageRig(SMALL, 2, true);
    long row = 2 * 4 * 4096;
    assertThat(rig.writePs(Usage.KV, row - 1)).isZero();
    assertThat(rig.number("gathered_bytes")).isEqualTo(row - 1);
    assertThat(rig.number("programs")).isZero();
    // Data in, erase, program; the host's latency and the path.
    assertThat(rig.writePs(Usage.KV, row + 1)).isEqualTo(2 * PAGE_PS + 220 * US + 50_000 + 200_000);
    assertThat(rig.number("gathered_bytes")).isZero();
    assertThat(rig.number("programs")).isEqualTo(16);
    assertThat(rig.number("erases")).isEqualTo(16);
    assertThat(rig.number("programmed_bytes")).isEqualTo(2 * row);
    assertThat(rig.number("padding_bytes")).isZero();
    assertThat(rig.number("failed_writes")).isZero();
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  /** All blocks of a region are erased equally often, and what is read was written. */
  @Test
  void writesGoRoundAndReadsLeaveTheOpenRowOut() {
    PageSpec spec = PageRig.spec(1, 2, 16, 50_000_000_000L, PageRig.rules(2, 0, 0, 64), 0);
    PageRig rig = new PageRig(spec, 1, true);
    // A region of 4 blocks a plane and the open one: 5 rows of 2 x 16 pages.
    for (int i = 0; i < 23; i++) {
      rig.writePs(Usage.KV, 4096 * 21);
      rig.readPs(Usage.KV, 4096 * 128, RUN);
      rig.readPs(Usage.KV, 4096 * 128, AccessPattern.blocks(8192));
    }
    // 483 pages: three times round and 3 pages more.
    assertThat(rig.number("programs")).isEqualTo(483);
    assertThat(rig.number("erases")).isEqualTo(2 * 3 * 5 + 2);
    assertThat(rig.number("most_erases")).isEqualTo(4);
    assertThat(rig.number("unreadable_reads")).isZero();
    assertThat(rig.number("refusals")).isZero();
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void wornBlocksAreRetiredAndReported() {
    PageSpec spec = PageRig.spec(1, 2, 16, 50_000_000_000L, PageRig.rules(2, 0, 0, 64), 0);
    PageRig rig = new PageRig(spec, 1, true);
    // 1000 erases of each of 5 rows of 32 pages.
    for (int i = 0; i < 1000; i++) {
      rig.writePs(Usage.KV, 4096 * 160);
    }
    assertThat(rig.number("retired_blocks")).isZero();
    rig.writePs(Usage.KV, 4096 * 32);
    assertThat(rig.number("retired_blocks")).isEqualTo(2);
    assertThat(rig.number("refusals")).isEqualTo(32);
    assertThat(rig.number("failed_writes")).isEqualTo(1);
    assertThat(rig.number("most_erases")).isEqualTo(1000);
    rig.readPs(Usage.KV, 4096 * 128, RUN);
    assertThat(rig.number("unreadable_reads")).isEqualTo(1);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void activationsPassTheLinksOnly() {
    PageRig rig = new PageRig(SMALL, 1, true);
    // 1 KiB a channel, and a row of access units of 64 B.
    long kibPs = (1024 * PAGE_PS + 4095) / 4096;
    assertThat(rig.readPs(Usage.ACTIVATIONS, 4096, RUN)).isEqualTo(kibPs + 250_000);
    assertThat(rig.writePs(Usage.ACTIVATIONS, 4096)).isEqualTo(kibPs + 250_000);
    assertThat(rig.number("senses")).isZero();
    assertThat(rig.number("scratch_bytes")).isEqualTo(8192);
    rig.readPs(Usage.ACTIVATIONS, 1, RUN);
    assertThat(rig.number("padding_bytes")).isEqualTo(255);
    assertThat(rig.number("link_busy_ps")).isEqualTo(kibPs + (64 * PAGE_PS + 4095) / 4096);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void energyIsCountedByWhatWasDone() {
    PageRig rig = new PageRig(SMALL, 1, true);
    rig.readPs(Usage.KV, 4 * 10 * 4096, RUN);
    rig.writePs(Usage.KV, 4 * 8 * 4096);
    assertThat(rig.snapshot().number("mem.energy.sense_pj")).isEqualTo(40 * 1e5);
    assertThat(rig.snapshot().number("mem.energy.program_pj")).isEqualTo(32 * 1e6);
    assertThat(rig.snapshot().number("mem.energy.erase_pj")).isEqualTo(32 * 1e7);
    assertThat(rig.snapshot().number("mem.energy.path_pj")).isEqualTo(72 * 4096 * 8 * 2.75);
    assertThat(rig.snapshot().number("mem.energy.idle_pj"))
        .isEqualTo((double) rig.simulation.nowPs());
  }

  /** Laws F1 and F4: every page of every channel, one channel for all, and that in steps. */
  @Test
  void foldedAndLeapingEqualExact() {
    Randomized.check(
        300,
        random -> {
          PageSpec spec = PageRig.random(random);
          int devices = 1 + random.nextInt(2);
          List<PageRig.Step> script = PageRig.randomScript(random, 25, 20 * US);
          PageRig full = new PageRig(spec, devices, false, false);
          PageRig folded = new PageRig(spec, devices, true, false);
          PageRig leaping = new PageRig(spec, devices, true, true);
          for (PageRig rig : List.of(full, folded, leaping)) {
            rig.schedule(script);
            rig.simulation.run();
            rig.readAnnounced();
            rig.checkLaws();
          }
          for (PageRig rig : List.of(folded, leaping)) {
            assertThat(rig.donePs).isEqualTo(full.donePs);
            assertThat(rig.snapshot().values()).isEqualTo(full.snapshot().values());
            for (String name : List.of("mem.read_latency", "mem.program_latency")) {
              assertThat(rig.snapshot().histogram(name)).isEqualTo(full.snapshot().histogram(name));
            }
          }
        });
  }

  /** Errors are drawn for the same pages, whether what repeats is simulated again or not. */
  @Test
  void leapingDrawsTheSameErrors() {
    long[] sums = new long[3];
    Randomized.check(
        100,
        random -> {
          PageSpec sound = PageRig.random(random);
          FlashPart part = sound.part();
          // Often, and so rarely that steps are taken between.
          RetryTable retries =
              random.nextBoolean()
                  ? RetryTable.ofShares(List.of(0.9, 0.05), 0.02)
                  : RetryTable.ofShares(List.of(0.99, 0.005), 0.001);
          ErrorSpec errors = new ErrorSpec(retries, ProgramErrors.NONE, 0, 0);
          PageSpec spec =
              new PageSpec(
                  new FlashPart(
                      part.name(), part.device(), part.wear(), part.energy(), null, errors, null),
                  sound.scratchBytes(),
                  sound.pathPs());
          List<PageRig.Step> script = PageRig.randomScript(random, 25, 20 * US);
          PageRig plain = new PageRig(spec, 1, true, false);
          PageRig leaping = new PageRig(spec, 1, true, true);
          for (PageRig rig : List.of(plain, leaping)) {
            rig.schedule(script);
            rig.simulation.run();
            rig.readAnnounced();
            rig.checkLaws();
          }
          assertThat(leaping.donePs).isEqualTo(plain.donePs);
          assertThat(leaping.snapshot().values()).isEqualTo(plain.snapshot().values());
          sums[0] += leaping.number("retries");
          sums[1] += leaping.number("senses");
          sums[2] += leaping.number("unreadable_reads");
        });
    assertThat(sums[0] / (double) sums[1]).isBetween(0.02, 0.06);
    assertThat(sums[2]).isPositive();
  }

  @Test
  void readingStatisticsChangesNothing() {
    Randomized.check(
        100,
        random -> {
          PageSpec spec = PageRig.random(random);
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

  @Test
  void shiftMovesEverythingUnderWayByExactlyDelta() {
    Randomized.check(
        100,
        random -> {
          PageSpec spec = PageRig.random(random);
          List<PageRig.Step> before = PageRig.randomScript(random, 10, 5 * US);
          List<PageRig.Step> after = PageRig.randomScript(random, 10, 20 * US);
          long atPs =
              before.stream().mapToLong(PageRig.Step::delayPs).sum() + random.nextLong(10 * US);
          long deltaPs = random.nextLong(1_000_000_000_000L);
          boolean folded = random.nextBoolean();
          PageRig plain = new PageRig(spec, 2, folded);
          PageRig moved = new PageRig(spec, 2, folded);
          plain.schedule(before);
          moved.schedule(before);
          plain.simulation.runUntil(atPs);
          moved.simulation.runUntil(atPs);
          moved.memory.shift(deltaPs);
          moved.simulation.runUntil(atPs + deltaPs);
          assertThat(moved.state()).isEqualTo(plain.state());
          plain.schedule(after);
          moved.schedule(after);
          plain.simulation.run();
          moved.simulation.run();
          plain.readAnnouncedAtOnce();
          moved.readAnnouncedAtOnce();
          for (int i = 0; i < plain.donePs.size(); i++) {
            long plainPs = plain.donePs.get(i);
            boolean past = i < before.size() && plainPs <= atPs;
            assertThat(moved.donePs.get(i)).isEqualTo(past ? plainPs : plainPs + deltaPs);
          }
          moved.checkLaws();
          for (String name : List.of("senses", "programs", "link_busy_ps", "staging_waits")) {
            assertThat(moved.number(name)).isEqualTo(plain.number(name));
          }
        });
  }

  @Test
  void nothingReservedNothingAccessed() {
    PagedMemory memory =
        new PagedMemory(new Simulation(1), new Stats().child("mem"), SMALL, 1, true);
    Region region = new PageRig(SMALL, 1, true).regions.get(Usage.KV);
    assertThatThrownBy(() -> memory.read(region, 1, RUN, word -> {}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mem: nothing is reserved for kv");
  }
}
