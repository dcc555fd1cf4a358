package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import memwall.core.Allocation;
import memwall.core.Completion;
import memwall.core.config.Faults;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.dram.bulk.LeapingPort;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory down to its banks at scale: much outstanding, much capacity, much time. */
final class BankedScaleTest {
  private static final AccessPattern RUN = AccessPattern.SEQUENTIAL;
  private static final long HOUR_PS = 3_600_000_000_000_000L;
  private static final int MANY = 1_000_000;

  /**
   * Bound of the heap for a transfer outstanding, in a memory of one simulated channel: 150 bytes
   * in its port, 37 here in arrays that double and are copied.
   */
  private static final long BYTES_EACH = 240;

  private static BankSpec spec(String yaml) {
    Faults faults = new Faults();
    BankSpec spec = (BankSpec) BankRig.read("memory: " + yaml + "\n", faults);
    faults.throwIfAny();
    return spec;
  }

  /** Sixteen dies of 32 Gb: 64 GiB on 32 channels. */
  private static BankSpec stackOf64GiB() {
    BankSpec spec = spec("{extends: hbm4-banks, dram: hbm4-8000-32gb-16hi}");
    assertThat(spec.capacityBytes(Usage.WEIGHTS)).isEqualTo(64L << 30);
    return spec;
  }

  private static void submit(BankRig rig, int count, Completion done) {
    Region weights = rig.regions.get(Usage.WEIGHTS);
    Region kv = rig.regions.get(Usage.KV);
    for (int word = 0; word < count; word++) {
      if (word % 5 == 0) {
        rig.memory.write(kv, 1 + word % 64, RUN, done, word);
      } else {
        rig.memory.read(weights, 1 + word % 100, RUN, done, word);
      }
    }
  }

  @Test
  void aMillionOutstanding() {
    BankSpec spec =
        spec(
            "{model: dram-banks, dram: ddr5-4800an-16gb-x8, controller: {}, interleave: 64 B,"
                + " path_latency: 20 ns}");
    BankRig rig = new BankRig(spec, 1, true);
    BitSet seen = new BitSet();
    long[] count = {0};
    Completion done =
        word -> {
          seen.set((int) word);
          count[0]++;
        };
    long first = Allocation.bytes(() -> submit(rig, MANY, done));
    assertThat(rig.memory.outstanding()).isEqualTo(MANY);
    assertThat(first / MANY).isLessThan(BYTES_EACH);
    long served = Allocation.bytes(rig.simulation::run);
    assertThat(served).as("bytes allocated while they are served").isLessThan(8L * MANY);
    assertThat(rig.memory.outstanding()).isZero();
    assertThat(count[0]).isEqualTo(MANY);
    assertThat(seen.cardinality()).isEqualTo(MANY);
    assertThat(rig.snapshot().histogram("mem.read_latency").getTotalCount())
        .isEqualTo(MANY * 4 / 5);
    assertThat(rig.memory.brokenLaws()).isEmpty();
    // There is room for as many again.
    long again =
        Allocation.bytes(
            () -> {
              submit(rig, MANY / 5, done);
              rig.simulation.run();
            });
    // Buckets of the latency histogram and of the event queue are made as they are met.
    assertThat(again).isLessThan(MANY / 50);
    assertThat(count[0]).isEqualTo(MANY + MANY / 5);
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  /** All of it read and written once, through the regions of all usages, at the streams' rates. */
  @Test
  @Tag("slow")
  void everyByteOf64GiB() {
    BankSpec spec = stackOf64GiB();
    long all = spec.capacityBytes(Usage.WEIGHTS);
    BankRig rig = new BankRig(spec, Map.of(Usage.WEIGHTS, all));
    for (boolean write : new boolean[] {false, true}) {
      double takenPs = rig.takesPs(write, Usage.WEIGHTS, all, RUN);
      double bytesPerSec = write ? spec.writeBytesPerSec(Usage.WEIGHTS) : spec.readBytesPerSec();
      double idealPs = all * 1e12 / bytesPerSec;
      assertThat(takenPs).isCloseTo(idealPs, within(0.01 * idealPs));
      assertThat(takenPs).isGreaterThan(all * 1e12 / (double) spec.device().peakBytesPerSec());
    }
    long bursts = all / spec.device().standard().burstBytes();
    assertThat(rig.number("read_bursts")).isEqualTo(bursts);
    assertThat(rig.number("write_bursts")).isEqualTo(bursts);
    assertThat(rig.number("padding_bytes")).isZero();
    // Each row of each bank is opened at least once for each direction.
    DramStandard standard = spec.device().standard();
    assertThat(rig.number("activates"))
        .isGreaterThanOrEqualTo(2L * standard.banks() * standard.rows() * spec.lanes());
    assertThat(rig.memory.brokenLaws()).isEmpty();
  }

  @Test
  void addressesAtBothEndsOf64GiB() {
    DramStandard standard = stackOf64GiB().device().standard();
    DramChannel channel = new DramChannel(standard, stackOf64GiB().controller());
    long last = standard.capacityBytes() - standard.burstBytes();
    List<Long> banks = new ArrayList<>();
    List<Long> rows = new ArrayList<>();
    channel.onCommand(
        (tick, command, bank, row) -> {
          if (row >= 0) {
            banks.add((long) bank);
            rows.add((long) row);
          }
        });
    long[] done = {0};
    channel.onCompletion((word, write, accepted, ticks) -> done[0]++);
    assertThat(channel.offer(0, false, 0)).isTrue();
    channel.advanceTo(1_000);
    assertThat(channel.offer(last, false, 1)).isTrue();
    channel.advanceTo(2_000);
    assertThat(done[0]).isEqualTo(2);
    assertThat(banks).containsExactly(0L, 0L, standard.banks() - 1L, standard.banks() - 1L);
    assertThat(rows).containsExactly(0L, 0L, standard.rows() - 1L, standard.rows() - 1L);
    assertThatThrownBy(() -> channel.offer(last + standard.burstBytes(), false, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("address 2147483648 lies outside of 2147483648 bytes");
  }

  /** The last region ends where the stack ends, whatever lies before it. */
  @Test
  void regionsReachBothEndsOf64GiB() {
    BankSpec spec = stackOf64GiB();
    long all = spec.capacityBytes(Usage.WEIGHTS);
    long last = 1L << 28;
    BankRig rig = new BankRig(spec, Map.of(Usage.WEIGHTS, all - last, Usage.KV, last));
    assertThat(rig.takesPs(false, Usage.WEIGHTS, 1 << 20, RUN)).isPositive();
    assertThat(rig.takesPs(true, Usage.KV, last, RUN)).isPositive();
    assertThat(rig.takesPs(false, Usage.KV, last, AccessPattern.blocks(8192))).isPositive();
    assertThat(rig.memory.brokenLaws()).isEmpty();
    assertThatThrownBy(() -> rig.memory.reserve(Usage.ACTIVATIONS, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only 0 of 68719476736 are free");
  }

  /** Reads an hour apart cost the same as reads a refresh interval apart, but for the refreshes. */
  @Test
  void hoursOfIdleTimeCostNothing() {
    BankSpec spec = BankRig.preset("hbm3-h100-banks");
    TickClock clock = new TickClock(spec.device().standard().tickFemtos());
    long interval = spec.device().standard().refreshTicks();
    long intervalsPerHour = HOUR_PS / clock.ps(interval);
    long[] events = new long[2];
    long[][] takenPs = new long[2][4];
    for (int i = 0; i < 2; i++) {
      BankRig rig = new BankRig(spec, 5, true);
      long intervals = 0;
      for (int read = 0; read < 4; read++) {
        intervals += i == 0 ? 1 : intervalsPerHour;
        rig.simulation.runUntil(clock.ps(intervals * interval + interval / 2));
        takenPs[i][read] = rig.takesPs(false, Usage.WEIGHTS, 80 * 256, RUN);
      }
      events[i] = rig.simulation.eventsFired();
      assertThat(rig.number("refreshes")).isEqualTo(intervals * 2 * 80);
      assertThat(rig.memory.brokenLaws()).isEmpty();
    }
    assertThat(4 * intervalsPerHour * clock.ps(interval)).isGreaterThan(4 * HOUR_PS * 99 / 100);
    assertThat(events[1]).isEqualTo(events[0]);
    assertThat(takenPs[1]).isEqualTo(takenPs[0]);
  }

  /** Reads and writes of whole and scattered data, one after the other and side by side. */
  private static final class Steps {
    private final BankRig rig;
    private final Region weights;
    private final Region kv;
    private final AccessPattern blocks = AccessPattern.blocks(4096);
    private final Completion done = this::done;
    private int left;
    long count;

    Steps(BankRig rig) {
      this.rig = rig;
      weights = rig.regions.get(Usage.WEIGHTS);
      kv = rig.regions.get(Usage.KV);
    }

    void run(int steps) {
      left = steps;
      next();
      rig.simulation.run();
    }

    private void next() {
      if (left-- > 0) {
        rig.memory.read(weights, 200_000, RUN, done, 0);
      }
    }

    private void done(long word) {
      count++;
      switch ((int) word) {
        case 0 -> {
          rig.memory.read(kv, 20_000, blocks, done, 1);
          rig.memory.write(kv, 3_000, RUN, done, 2);
        }
        case 1 -> {} // the write takes longer
        case 2 -> rig.memory.read(weights, 0, RUN, done, 3);
        default -> next();
      }
    }
  }

  /**
   * A port that leaps allocates what it learns, up to its bound; here the bound is low, and soon
   * reached. An exact one allocates nothing.
   */
  @Test
  void nothingIsAllocatedByAWarmMemory() {
    for (long mostKnownBytes : new long[] {-1, 0, 100_000}) {
      BankedMemory.PortMaker maker =
          spec ->
              mostKnownBytes < 0
                  ? BankedMemory.exactPort(spec)
                  : new LeapingPort(spec.device().standard(), spec.controller(), mostKnownBytes);
      Steps steps = new Steps(new BankRig(BankRig.ddr5(), 2, maker));
      steps.run(300);
      steps.count = 0;
      long allocated = Allocation.leastBytes(3, () -> steps.run(50));
      assertThat(steps.count).isEqualTo(3 * 4 * 50);
      assertThat(allocated)
          .as("bytes known at most: %s", mostKnownBytes)
          .isLessThan(Allocation.TOLERATED_BYTES);
    }
  }
}
