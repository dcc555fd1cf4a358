package memwall.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.port.PagePort;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds a page of flash: random reads, every event; and extents over one channel, fast. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC"})
@State(Scope.Thread)
public class FlashBenchmark {
  private static final int PAGES = 17_000;
  private static final int DEPTH = 256;
  private static final int STEP_PAGES = 418 * 8 * FlashSteps.LAYERS;

  private final FlashSpec many = FlashBench.spec(16, 96, false);
  private final FlashSpec one = FlashBench.spec(1, 96, false);
  private final SplittableRandom random = new SplittableRandom(1);
  private final BurstPattern run = BurstPattern.run(0, one.geometry().pages());
  private long sent;
  private long done;
  private long position;
  private final FlashDevice device =
      new FlashDevice(many, null, FlashErrors.NONE, (word, donePs, status) -> done++);
  private final PagePort port =
      new PagePort(one, null, FlashErrors.NONE, true, (word, donePs, status) -> done++);

  /** One page of a stack of 1,536 planes, 256 pages under way at once. */
  @Benchmark
  @OperationsPerInvocation(PAGES)
  public long randomPage() {
    long until = done + PAGES;
    while (done < until) {
      while (sent - done < DEPTH) {
        device.read(
            random.nextInt(many.geometry().planes()),
            random.nextInt(many.geometry().pagesPerPlane()),
            many.geometry().pageBytes(),
            false,
            sent++);
      }
      device.advanceTo(device.nextPs());
    }
    return device.nowPs();
  }

  /** One page of an extent of 17,000 pages of a channel of 96 planes. */
  @Benchmark
  @OperationsPerInvocation(PAGES)
  public long pageOfExtent() {
    long until = done + 1;
    port.read(run, position, PAGES, 0, port.nowPs());
    position += PAGES;
    while (done < until) {
      port.advanceTo(port.wakePs());
    }
    return port.nowPs();
  }

  /**
   * Decode steps of a 70B model on one stack: 418 pages a transfer. A new stack every 1,000 steps,
   * what it has to learn included: blocks that were read a million times are looked at page by
   * page.
   */
  @State(Scope.Thread)
  public static class Step {
    private static final int MOST_STEPS = 1_000;

    private FlashSteps plain = new FlashSteps(FlashSteps.Kind.PLAIN, 1, true);
    private FlashSteps announced = new FlashSteps(FlashSteps.Kind.ANNOUNCED, 1, true);
    private int steps;

    private long take(boolean isAnnounced) {
      if (++steps == MOST_STEPS) {
        steps = 0;
        plain = new FlashSteps(FlashSteps.Kind.PLAIN, 1, true);
        announced = new FlashSteps(FlashSteps.Kind.ANNOUNCED, 1, true);
      }
      FlashSteps its = isAnnounced ? announced : plain;
      its.take(FlashSteps.LAYERS);
      return its.nowPs();
    }
  }

  /** One page of weights. */
  @Benchmark
  @OperationsPerInvocation(STEP_PAGES)
  public long pageOfWeights(Step step) {
    return step.take(false);
  }

  /** One page of weights that are announced. */
  @Benchmark
  @OperationsPerInvocation(STEP_PAGES)
  public long pageOfAnnouncedWeights(Step step) {
    return step.take(true);
  }
}
