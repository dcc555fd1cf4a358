package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Presets;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Laws of a channel's ports under random mixes, for every device: nothing is faster than its bound
 * (F3), what came in went out once (F5), and mixes are exact in the fast port too (F2).
 */
final class PortLawsTest {
  static List<String> devices() {
    return Presets.builtIn().names("dram");
  }

  /** When transfers were submitted and done. */
  private static final class Run implements BulkPort.Sink {
    final BulkPort port;
    final List<Traffic.Bulk> bulks;
    final long[] submitted;
    final long[] done;
    long bursts;

    Run(BulkPort port, Traffic traffic) {
      this.port = port;
      bulks = traffic.bulks();
      submitted = new long[bulks.size()];
      done = new long[bulks.size()];
      Arrays.fill(done, -1);
      port.onCompletion(this);
      long tick = 0;
      for (int i = 0; i < submitted.length; i++) {
        Traffic.Bulk bulk = bulks.get(i);
        long at = tick + Math.max(0, bulk.gapTicks());
        while (port.pending() > 0 && (bulk.gapTicks() < 0 || port.wakeTick() <= at)) {
          tick = port.wakeTick();
          port.advanceTo(tick);
        }
        at = Math.max(at, tick);
        port.submit(bulk.pattern(), bulk.position(), bulk.bursts(), bulk.write(), i, at);
        submitted[i] = at;
        bursts += bulk.bursts();
        tick = at;
      }
      while (port.pending() > 0) {
        port.advanceTo(port.wakeTick());
      }
    }

    @Override
    public void done(long word, long doneTicks) {
      assertThat(done[(int) word]).isEqualTo(-1);
      done[(int) word] = doneTicks;
    }

    long issued() {
      return port.channel().reads() + port.channel().writes();
    }
  }

  private static Traffic traffic(SplittableRandom random, DramStandard standard) {
    return random.nextBoolean()
        ? RandomTraffic.traffic(random, standard, 1 + random.nextInt(12), 1 + random.nextInt(500))
        : RandomTraffic.repeated(random, standard, 100, 2_000);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void boundsAndConservation(String device) {
    DramStandard standard = DramDevice.builtIn(device).standard();
    Randomized.check(
        16,
        random -> {
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic = traffic(random, standard);
          Run exact = new Run(new ExactPort(standard, controller), traffic);
          Run fast = new Run(new LeapingPort(standard, controller), traffic);
          for (Run run : List.of(exact, fast)) {
            conserves(run);
            isBound(run, standard);
          }
          // F2: nothing is approximated, so mean, p99 and everything else are equal.
          assertThat(fast.submitted).isEqualTo(exact.submitted);
          assertThat(fast.done).isEqualTo(exact.done);
          assertThat(Traffic.latencies(fast.port)).isEqualTo(Traffic.latencies(exact.port));
        });
  }

  private static void conserves(Run run) {
    assertThat(run.done).doesNotContain(-1);
    DramChannel channel = run.port.channel();
    assertThat(run.issued() + channel.forwardedReads() + channel.coalescedWrites())
        .isEqualTo(run.bursts);
    assertThat(channel.rowHits() + channel.rowMisses() + channel.rowConflicts())
        .isEqualTo(run.issued());
    assertThat(run.port.readLatencies().total())
        .isEqualTo(channel.reads() + channel.forwardedReads());
    PortCounters counters = run.port.counters();
    assertThat(counters.bursts()).isEqualTo(run.bursts);
    assertThat(counters.simulatedBursts() + counters.leaptBursts()).isEqualTo(run.bursts);
  }

  private static void isBound(Run run, DramStandard standard) {
    long buses = standard.dataBuses();
    long lastDone = Arrays.stream(run.done).max().orElseThrow();
    // Every burst passes one of the data buses.
    assertThat(lastDone - run.submitted[0])
        .isGreaterThanOrEqualTo((run.issued() + buses - 1) / buses * standard.burstTicks());
    DramChannel channel = run.port.channel();
    long[] early = {0};
    run.port
        .readLatencies()
        .visit(
            (ticks, count) -> {
              early[0] += ticks < 1 + standard.readLatencyTicks() ? count : 0;
            });
    assertThat(early[0]).isLessThanOrEqualTo(channel.forwardedReads());
    for (int i = 0; i < run.done.length; i++) {
      Traffic.Bulk bulk = run.bulks.get(i);
      boolean mayMerge = channel.forwardedReads() + channel.coalescedWrites() > 0;
      long latency = bulk.write() ? standard.writeLatencyTicks() : standard.readLatencyTicks();
      long own = mayMerge ? 0 : (bulk.bursts() + buses - 1) / buses - 1;
      long least = mayMerge ? 1 : 1 + own * standard.burstTicks() + latency;
      assertThat(run.done[i] - run.submitted[i]).isGreaterThanOrEqualTo(least);
    }
  }
}
