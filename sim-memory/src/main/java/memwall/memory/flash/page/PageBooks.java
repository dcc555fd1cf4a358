package memwall.memory.flash.page;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashStatus;

/**
 * Statistics of all channels of a memory: sums over those that are simulated, times how many each
 * of them stands for. Energy follows from the sums when somebody asks.
 */
final class PageBooks {
  private final Simulation simulation;
  private final PageSpec spec;
  private final PageLane[] lanes;
  private final BlockStore[] blocks;
  private final long multiplicity;
  private final int devices;

  /** By binary digits of their erases. */
  private final long[] blocksByErases;

  private int mostErases;

  /** Erases when the blocks were looked at last. */
  private long seenErases = -1;

  private final Counter refreshSoon;
  private final Counter unreadable;

  PageBooks(
      Simulation simulation,
      PageSpec spec,
      PageLane[] lanes,
      BlockStore[] blocks,
      int devices,
      Stats stats) {
    this.simulation = simulation;
    this.spec = spec;
    this.lanes = lanes;
    this.blocks = blocks;
    this.devices = devices;
    int endurance = spec.part().wear().endurance();
    blocksByErases = new long[Integer.SIZE - Integer.numberOfLeadingZeros(endurance) + 1];
    multiplicity = (long) devices * spec.lanes() / lanes.length;
    refreshSoon =
        stats.counter(
            "refresh_soon_reads",
            "1",
            "Reads of a channel in which a block was read too often or was too worn");
    unreadable =
        stats.counter(
            "unreadable_reads", "1", "Reads of a channel in which a page held no valid data");
    declareCounts(stats);
    declareTimes(stats);
    declareWear(stats);
    declareEnergy(stats.child("energy"));
  }

  private void declareCounts(Stats stats) {
    count(stats, "senses", "Pages sensed", FlashCounters::senses);
    count(stats, "sense_commands", "Array commands that sensed them", FlashCounters::senseCommands);
    count(stats, "retries", "Further senses of the same pages", FlashCounters::retries);
    count(stats, "buffer_hits", "Reads served from a page buffer", FlashCounters::bufferHits);
    count(stats, "forwarded", "Reads served from a program under way", FlashCounters::forwarded);
    count(stats, "programs", "Pages programmed", FlashCounters::programs);
    count(stats, "erases", "Blocks erased", FlashCounters::erases);
    count(stats, "refusals", "Programs that their block forbade", FlashCounters::refusals);
    count(stats, "suspensions", "Programs and erases suspended", FlashCounters::suspensions);
    count(stats, "cap_waits", "Waits of planes for the power cap", FlashCounters::capWaits);
    count(stats, "staging_waits", "Waits of planes for staging", FlashCounters::stagingWaits);
    count(stats, "shut_out", "Pages refused after a shutdown", FlashCounters::shutOut);
    count(stats, "host_waits", "Requests that waited for a place", FlashCounters::hostWaits);
  }

  private void declareTimes(Stats stats) {
    stats.exact(
        "longest_cap_wait_ps",
        "ps",
        "Longest wait of a plane for the power cap",
        this::longestCapWaitPs);
    stats.exact(
        "array_busy_ps",
        "ps",
        "Work of the planes, as time of all planes",
        () -> arrayBusyPs() / ((long) lanes.length * spec.channel().geometry().planes()));
    stats.exact(
        "link_busy_ps",
        "ps",
        "Time that a link to the chip spent moving data",
        () -> sum(FlashCounters::linkOutBusyPs) / lanes.length);
  }

  private long longestCapWaitPs() {
    long longest = 0;
    for (PageLane lane : lanes) {
      longest = Math.max(longest, lane.port().device().counters().longestCapWaitPs());
    }
    return longest;
  }

  private long arrayBusyPs() {
    return sum(FlashCounters::senseBusyPs) + sum(FlashCounters::workBusyPs);
  }

  private void declareWear(Stats stats) {
    stats.exact("retired_blocks", "1", "Blocks taken out of use", () -> multiplicity * retired());
    stats.exact(
        "most_erases",
        "1",
        "Erases of the block that was erased most",
        () -> {
          look();
          return mostErases;
        });
    Stats bins = stats.child("blocks_erased");
    for (int bin = 0; bin < blocksByErases.length; bin++) {
      int its = bin;
      int least = bin == 0 ? 0 : 1 << (bin - 1);
      bins.exact(
          Integer.toString(least),
          "1",
          "Blocks erased "
              + (bin < 2 ? least : least + " to " + (2 * (long) least - 1))
              + " times in the run",
          () -> {
            look();
            return multiplicity * blocksByErases[its];
          });
    }
  }

  /** Looks at all blocks if any was erased since the last look. */
  private void look() {
    long erases = sum(FlashCounters::erases);
    if (erases == seenErases) {
      return;
    }
    seenErases = erases;
    Arrays.fill(blocksByErases, 0);
    mostErases = 0;
    for (BlockStore store : blocks) {
      mostErases = Math.max(mostErases, store.countErases(blocksByErases));
    }
  }

  private long retired() {
    long retired = 0;
    for (BlockStore store : blocks) {
      retired += store.retired();
    }
    return retired;
  }

  private void declareEnergy(Stats stats) {
    FlashEnergy energy = spec.part().energy();
    energy(
        stats,
        "sense_pj",
        "sensing, retries included",
        () -> energy.sensePj() * (all(FlashCounters::senses) + all(FlashCounters::retries)));
    energy(
        stats,
        "program_pj",
        "programming",
        () -> energy.programPj() * all(FlashCounters::programs));
    energy(stats, "erase_pj", "erasing", () -> energy.erasePj() * all(FlashCounters::erases));
    energy(
        stats,
        "path_pj",
        "pages between planes and chip",
        () ->
            energy.pathPjPerBit()
                * 8
                * spec.pageBytes()
                * (all(FlashCounters::reads) + all(FlashCounters::programs)));
    energy(stats, "idle_pj", "standby", () -> energy.idleWatts() * devices * simulation.nowPs());
  }

  private static void energy(Stats stats, String name, String words, DoubleSupplier pj) {
    stats.derived(name, "pJ", "Energy of " + words, pj);
  }

  private void count(
      Stats stats, String name, String sentence, ToLongFunction<FlashCounters> getter) {
    stats.exact(name, "1", sentence + ", all channels together", () -> all(getter));
  }

  private long all(ToLongFunction<FlashCounters> getter) {
    return multiplicity * sum(getter);
  }

  /** Only who reads the statistics has the channels brought up to now: that ends their steps. */
  private long sum(ToLongFunction<FlashCounters> getter) {
    long sum = 0;
    for (PageLane lane : lanes) {
      lane.settle();
      sum += getter.applyAsLong(lane.port().device().counters());
    }
    return sum;
  }

  /** A channel's part of a read has ended in some way. */
  void ended(FlashStatus worst) {
    unreadable.add(worst.isGood() ? 0 : multiplicity);
    refreshSoon.add(worst == FlashStatus.REFRESH_SOON ? multiplicity : 0);
  }

  /** Channels for which each of the simulated ones stands. */
  long multiplicity() {
    return multiplicity;
  }

  /** Whether a device has stopped. */
  boolean isShutDown() {
    return sum(FlashCounters::shutOut) > 0;
  }

  /**
   * Pages asked of the memory are pages asked of the channels; when nothing is under way each of
   * them was sensed, in a buffer or forwarded, or programmed or refused.
   */
  void check(
      String path, long readPages, long programmedPages, boolean atRest, List<String> broken) {
    equal(path, "pages read", readPages, "pages that ports took", portPages(false), broken);
    equal(path, "pages written", programmedPages, "pages that ports took", portPages(true), broken);
    if (!atRest) {
      return;
    }
    equal(
        path, "pages read", readPages, "pages read in devices", all(FlashCounters::reads), broken);
    long shutOut = all(FlashCounters::shutOut);
    long served =
        all(FlashCounters::senses) + all(FlashCounters::bufferHits) + all(FlashCounters::forwarded);
    long written = all(FlashCounters::programs) + all(FlashCounters::refusals);
    if (shutOut == 0) {
      equal(path, "pages read", readPages, "senses, hits and forwarded pages", served, broken);
      equal(path, "pages written", programmedPages, "programs and refusals", written, broken);
    } else {
      long done = served + written + shutOut;
      equal(path, "pages", readPages + programmedPages, "served and shut out", done, broken);
    }
    for (PageLane lane : lanes) {
      equal(path, "nothing under way", 0, "requests", lane.port().device().pending(), broken);
    }
  }

  private long portPages(boolean written) {
    long pages = 0;
    for (PageLane lane : lanes) {
      pages += written ? lane.port().pagesWritten() : lane.port().pagesRead();
    }
    return pages * multiplicity;
  }

  private static void equal(
      String path, String one, long oneValue, String other, long otherValue, List<String> broken) {
    if (oneValue != otherValue) {
      broken.add(path + ": " + one + ": " + oneValue + ", but " + other + ": " + otherValue);
    }
  }
}
