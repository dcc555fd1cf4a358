package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import memwall.core.Allocation;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.Controllers;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ports with a million transfers outstanding, and ports that work on and on. */
final class ManyTransfersTest {
  private static final int MANY = 1_000_000;
  private static final int FEWER = 100_000;

  /**
   * Bound of the heap for a transfer outstanding: an object of 112 bytes and three references or
   * numbers in arrays that double (at most twice as long as needed, and copied).
   */
  private static final long BYTES_EACH = 150;

  private static final ControllerSpec CONTROLLER =
      Controllers.usual().refresh(RefreshPolicy.ALL_BANK).spec();

  private static DramStandard standard() {
    return DramDevice.builtIn("ddr5-4800an-16gb-x8").standard();
  }

  private static BulkPort port(boolean leaps) {
    return leaps ? new LeapingPort(standard(), CONTROLLER) : new ExactPort(standard(), CONTROLLER);
  }

  /** Who has completed, in order of time. */
  private static final class Ledger implements BulkPort.Sink {
    final BitSet done = new BitSet();
    long count;
    long lastTick;
    boolean isOrdered = true;

    @Override
    public void done(long word, long doneTicks) {
      isOrdered &= doneTicks >= lastTick;
      lastTick = doneTicks;
      done.set((int) word);
      count++;
    }
  }

  private static void drain(BulkPort port) {
    while (port.pending() > 0) {
      port.advanceTo(port.wakeTick());
    }
  }

  /** A million transfers of a burst or two at once, a fifth of them writes, over 64 MiB. */
  private static void submit(BulkPort port, BurstPattern region, int count, long tick) {
    for (int word = 0; word < count; word++) {
      long position = word * 7L % region.bursts();
      port.submit(region, position, 1 + (word & 1), word % 5 == 0, word, tick);
    }
  }

  @Test
  void aMillionOutstanding() {
    aMillionOutstanding(port(false));
  }

  /** The same of a leaping port; in the default build a memory of banks does it with one. */
  @Test
  @Tag("slow")
  void aMillionOutstandingInALeapingPort() {
    aMillionOutstanding(port(true));
  }

  private static void aMillionOutstanding(BulkPort port) {
    BurstPattern region = BurstPattern.run(0, 1 << 20);
    Ledger ledger = new Ledger();
    port.onCompletion(ledger);
    long first = Allocation.bytes(() -> submit(port, region, MANY, 0));
    assertThat(port.pending()).isEqualTo(MANY);
    assertThat(first / MANY).isLessThan(BYTES_EACH);
    long served = Allocation.bytes(() -> drain(port));
    assertThat(served).as("bytes allocated while they are served").isLessThan(1 << 20);
    conserves(port, ledger, MANY);
    // What was made for the million serves all others.
    long tick = ledger.lastTick;
    long second = Allocation.bytes(() -> submit(port, region, FEWER, tick));
    second += Allocation.bytes(() -> drain(port));
    assertThat(second).as("bytes allocated by others").isLessThan(FEWER);
    conserves(port, ledger, MANY + FEWER);
  }

  private static void conserves(BulkPort port, Ledger ledger, int transfers) {
    assertThat(ledger.count).isEqualTo(transfers);
    assertThat(ledger.isOrdered).isTrue();
    assertThat(ledger.done.cardinality()).isEqualTo(MANY);
    long bursts = transfers * 3L / 2;
    PortCounters counters = port.counters();
    assertThat(counters.transfers()).isEqualTo(transfers);
    assertThat(counters.bursts()).isEqualTo(bursts);
    assertThat(counters.simulatedBursts() + counters.leaptBursts()).isEqualTo(bursts);
    long issued = port.channel().reads() + port.channel().writes();
    assertThat(issued + port.channel().forwardedReads() + port.channel().coalescedWrites())
        .isEqualTo(bursts);
    assertThat(port.channel().pending()).isZero();
    // No two bursts share the data bus.
    assertThat(ledger.lastTick).isGreaterThan(issued * standard().burstTicks());
  }

  /** Steps of transfers at constant gaps, short, long, scattered, read and written. */
  private static void steps(BulkPort port, BurstPattern[] patterns, int steps) {
    long now = port.channel().nowTicks();
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < patterns.length; i++) {
        port.submit(patterns[i], 0, 100 + 300L * i, i % 3 == 1, 0, now);
        if (i % 4 == 3) {
          port.submit(patterns[0], 0, 40, false, 0, now);
        }
        while (port.pending() > 0) {
          now = port.wakeTick();
          port.advanceTo(now);
        }
        now += 400;
        port.advanceTo(now);
      }
    }
  }

  /**
   * Mostly nothing is new any more: then nothing is allocated. Every combination of a transfer's
   * start and the phase of the refresh is learned once, so it takes a while.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsAllocatedByAWarmPort(boolean leaps) {
    BulkPort port = port(leaps);
    long[] done = {0};
    port.onCompletion((word, tick) -> done[0]++);
    BurstPattern[] patterns = {
      BurstPattern.run(0, 1 << 14),
      BurstPattern.run(1 << 16, 1 << 14),
      BurstPattern.run(1 << 18, 1 << 14),
      BurstPattern.scattered(1 << 20, 1 << 16, 64, 3),
    };
    steps(port, patterns, 1_500);
    long before = done[0];
    long allocated = Allocation.leastBytes(3, () -> steps(port, patterns, 200));
    assertThat(done[0] - before).isEqualTo(3 * 5 * 200);
    assertThat(allocated).isLessThan(Allocation.TOLERATED_BYTES);
  }
}
