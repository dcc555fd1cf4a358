package memwall.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.port.PagePort;

/**
 * Measures flash by CPU time of this thread: random reads of whole pages, every event, with the
 * bytes that they allocate; long transfers over one channel, page by page and in steps; and whole
 * decode steps.
 *
 * <pre>java -Xmx2g -XX:+UseSerialGC -cp sim-bench/target/benchmarks.jar memwall.bench.FlashBench
 * </pre>
 */
public final class FlashBench {
  private static final int PAGE = 4096;
  private static final int REPEATS = 5;
  private static final long RANDOM_PAGES = 4_000_000;
  private static final long STREAM_PAGES = 16_000_000;
  private static final int CHECKED_LAYERS = 10;
  private static final int WARM_STEPS = 20;
  private static final int MEASURED_STEPS = 10;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private FlashBench() {}

  /** Runs all measurements. */
  public static void main(String[] args) {
    System.out.printf(Locale.ROOT, "CPU time of one thread; Java %s%n%n", Runtime.version());
    System.out.println("random reads of pages, every event");
    for (boolean isShared : new boolean[] {false, true}) {
      for (int depth : new int[] {256, 2048, 8192}) {
        randomReads(isShared, depth);
      }
    }
    System.out.println();
    System.out.println("transfers over one channel, one after the other");
    for (int planes : new int[] {16, 25, 96}) {
      for (int pages : new int[] {400, 1_700, 17_000}) {
        stream(planes, pages, false);
        stream(planes, pages, true);
      }
    }
    System.out.println();
    System.out.println("decode steps of 80 layers, pages of one channel");
    for (int stacks : new int[] {1, 8}) {
      for (FlashSteps.Kind kind : FlashSteps.Kind.values()) {
        steps(stacks, kind);
      }
    }
  }

  /** Steps after the first ones, in which the port learns; best of some. */
  private static void steps(int stacks, FlashSteps.Kind kind) {
    check(stacks, kind);
    FlashSteps steps = new FlashSteps(kind, stacks, true);
    long before = THREAD.getCurrentThreadCpuTime();
    steps.take(FlashSteps.LAYERS);
    double first = (THREAD.getCurrentThreadCpuTime() - before) / 1e6;
    steps.take(WARM_STEPS * FlashSteps.LAYERS);
    double best = Double.MAX_VALUE;
    double bytes = Double.MAX_VALUE;
    long pages = 0;
    long transfers = 0;
    for (int i = 0; i < REPEATS; i++) {
      long from = steps.pages();
      long fromTransfers = steps.transfers();
      long allocated = THREAD.getThreadAllocatedBytes(Thread.currentThread().getId());
      before = THREAD.getCurrentThreadCpuTime();
      steps.take(MEASURED_STEPS * FlashSteps.LAYERS);
      best = Math.min(best, (double) (THREAD.getCurrentThreadCpuTime() - before));
      allocated = THREAD.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated;
      pages = steps.pages() - from;
      transfers = steps.transfers() - fromTransfers;
      bytes = Math.min(bytes, (double) allocated / pages);
    }
    System.out.printf(
        Locale.ROOT,
        "%d stacks, %-25s %4d pages a transfer, first step %7.1f ms, then %6.2f ms, %6.3f us a"
            + " transfer, %6.1f M pages/s, %6.3f bytes a page%n",
        stacks,
        kind.label + ":",
        pages / transfers,
        first,
        best / 1e6 / MEASURED_STEPS,
        best / 1e3 / transfers,
        pages * 1e3 / best,
        bytes);
  }

  private static void check(int stacks, FlashSteps.Kind kind) {
    FlashSteps fast = new FlashSteps(kind, stacks, true);
    FlashSteps exact = new FlashSteps(kind, stacks, false);
    fast.take(CHECKED_LAYERS);
    exact.take(CHECKED_LAYERS);
    if (fast.nowPs() != exact.nowPs() || !fast.statistics().equals(exact.statistics())) {
      throw new IllegalStateException(kind.label + ": fast and exact differ");
    }
  }

  /** Devices that sense in 4 us, two buffers a plane. */
  static FlashSpec spec(int channels, int planes, boolean isShared) {
    return new FlashSpec(
        new FlashGeometry(channels, 1, planes, 1024, 768, PAGE),
        new FlashTimings(
            isShared ? 1_000 : 0, 4_000_000, 0, 4_000_000, 75_000_000, 2_000_000_000L, 0, 0),
        new FlashPaths(96_000_000_000L, isShared, 0, 0, 0, 0, 0),
        new FlashRules(
            2, true, 0, 0, isShared ? 16384 : 256, 128, false, ReadPriority.READS, 0, 0, 0));
  }

  private static void randomReads(boolean isShared, int depth) {
    FlashSpec spec = spec(16, 96, isShared);
    double best = Double.MAX_VALUE;
    double bytes = Double.MAX_VALUE;
    double gigabytesPerSec = 0;
    for (int i = 0; i < REPEATS; i++) {
      long[] done = {0};
      FlashDevice device =
          new FlashDevice(spec, null, FlashErrors.NONE, (word, donePs, status) -> done[0]++);
      SplittableRandom random = new SplittableRandom(1);
      long submitted = 0;
      long cpu = THREAD.getCurrentThreadCpuTime();
      long allocated = 0;
      while (done[0] < RANDOM_PAGES) {
        while (submitted - done[0] < depth) {
          device.read(
              random.nextInt(spec.geometry().planes()),
              random.nextInt(spec.geometry().pagesPerPlane()),
              PAGE,
              false,
              submitted++);
        }
        device.advanceTo(device.nextPs());
        if (allocated == 0 && done[0] >= RANDOM_PAGES / 2) {
          allocated = THREAD.getThreadAllocatedBytes(Thread.currentThread().getId());
        }
      }
      best = Math.min(best, (double) (THREAD.getCurrentThreadCpuTime() - cpu));
      long now = THREAD.getThreadAllocatedBytes(Thread.currentThread().getId());
      bytes = Math.min(bytes, (now - allocated) / (RANDOM_PAGES / 2.0));
      gigabytesPerSec = done[0] * PAGE * 1e3 / device.nowPs();
    }
    System.out.printf(
        Locale.ROOT,
        "1536 planes, %-11s %5d at once: %5.2f M pages/s, %.3f bytes a page, device %6.1f GB/s%n",
        isShared ? "shared bus," : "full duplex,",
        depth,
        RANDOM_PAGES * 1e3 / best,
        bytes,
        gigabytesPerSec);
  }

  private static void stream(int planes, int pages, boolean leaps) {
    FlashSpec spec = spec(1, planes, false);
    long transfers = STREAM_PAGES / pages;
    double best = Double.MAX_VALUE;
    long endPs = 0;
    long leapt = 0;
    for (int i = 0; i < REPEATS; i++) {
      long[] done = {0};
      PagePort port =
          new PagePort(spec, null, FlashErrors.NONE, leaps, (word, donePs, status) -> done[0]++);
      BurstPattern run = BurstPattern.run(0, spec.geometry().pages());
      long cpu = THREAD.getCurrentThreadCpuTime();
      long nowPs = 0;
      for (long transfer = 0; transfer < transfers; transfer++) {
        port.read(run, transfer * pages, pages, transfer, nowPs);
        while (done[0] < transfer) {
          nowPs = port.wakePs();
          port.advanceTo(nowPs);
        }
      }
      while (done[0] < transfers) {
        nowPs = port.wakePs();
        port.advanceTo(nowPs);
      }
      best = Math.min(best, (double) (THREAD.getCurrentThreadCpuTime() - cpu));
      endPs = nowPs;
      leapt = port.leaptPages();
    }
    System.out.printf(
        Locale.ROOT,
        "%3d planes, %5d pages each, %-9s %7.2f us a transfer, %7.1f M pages/s, %4.1f %% in steps, end %d%n",
        planes,
        pages,
        leaps ? "in steps:" : "exact:",
        best / 1e3 / transfers,
        STREAM_PAGES * 1e3 / best,
        100.0 * leapt / STREAM_PAGES,
        endPs);
  }
}
