package memwall.memory.replay;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import memwall.core.stat.TickHistogram;
import memwall.memory.dram.standard.EnergyBreakdown;

/**
 * What a replay gave. Whole numbers, from which the rates are derived.
 *
 * @param spec what was replayed on
 * @param timed whether accesses had arrival times, so that {@code readLatency} and {@code
 *     writeLatency} mean something
 * @param accesses accesses of the trace
 * @param completed of them complete
 * @param askedBytes bytes that the accesses asked for; one burst for each that does not say
 * @param firstTicks tick of the first arrival
 * @param lastTicks tick of the last completion
 * @param controllerLatency of each read transaction: from its acceptance to its last beat
 * @param readLatency of each read access: from its arrival to its last transaction's completion
 * @param writeLatency the same of writes, which are complete when their last command is issued
 * @param channels each channel's counts
 */
public record ReplayResult(
    ReplaySpec spec,
    boolean timed,
    long accesses,
    long completed,
    long askedBytes,
    long firstTicks,
    long lastTicks,
    TickHistogram controllerLatency,
    TickHistogram readLatency,
    TickHistogram writeLatency,
    ImmutableList<Channel> channels) {
  private static final double SECONDS_PER_FEMTO = 1e-15;

  /**
   * Counts of one channel.
   *
   * @param reads read transactions accepted
   * @param writes write transactions accepted
   * @param completed transactions complete
   * @param rowHits transactions whose first command found their row open
   * @param rowMisses transactions whose first command found the bank closed
   * @param rowConflicts transactions whose first command had to close another row
   * @param forwardedReads reads answered from queued writes
   * @param coalescedWrites writes that went into a queued write
   * @param commands commands by JEDEC name; those never issued are left out
   * @param energy from time 0 to the last completion of all channels
   */
  public record Channel(
      long reads,
      long writes,
      long completed,
      long rowHits,
      long rowMisses,
      long rowConflicts,
      long forwardedReads,
      long coalescedWrites,
      ImmutableSortedMap<String, Long> commands,
      EnergyBreakdown energy) {}

  /** The sum of a count over all channels. */
  public long sum(ToLongFunction<Channel> count) {
    long sum = 0;
    for (Channel channel : channels) {
      sum += count.applyAsLong(channel);
    }
    return sum;
  }

  /** Commands of all channels by JEDEC name. */
  public ImmutableSortedMap<String, Long> commands() {
    java.util.TreeMap<String, Long> all = new java.util.TreeMap<>();
    for (Channel channel : channels) {
      channel.commands().forEach((name, count) -> all.merge(name, count, Long::sum));
    }
    return ImmutableSortedMap.copyOf(all);
  }

  /** Energy of all channels, from time 0 to the last completion. */
  public EnergyBreakdown energy() {
    EnergyBreakdown all = new EnergyBreakdown(0, 0, 0, 0, 0, 0, 0);
    for (Channel channel : channels) {
      all = all.plus(channel.energy());
    }
    return all;
  }

  /** Bytes of whole transactions. */
  public long movedBytes() {
    return sum(channel -> channel.reads() + channel.writes())
        * spec.device().standard().burstBytes();
  }

  /** Ticks from the first arrival to the last completion. */
  public long spanTicks() {
    return lastTicks - firstTicks;
  }

  /** A number of ticks in seconds. */
  public double seconds(double ticks) {
    return ticks * (double) spec.device().standard().tickFemtos() * SECONDS_PER_FEMTO;
  }

  /** Bytes moved per second of the span; NaN or infinite if that is empty. */
  public double bytesPerSec() {
    return (double) movedBytes() / seconds((double) spanTicks());
  }

  /** Share of the peak data rate. */
  public double utilisationShare() {
    return bytesPerSec() / spec.peakBytesPerSec();
  }

  /** A share of all transactions that went to a bank. */
  public double shareOfRequests(long count) {
    return (double) count / (double) sum(c -> c.rowHits() + c.rowMisses() + c.rowConflicts());
  }

  /**
   * Checks that nothing was lost.
   *
   * @return one sentence per broken law; empty if all hold
   */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    law(broken, "accesses of the trace", accesses, "accesses complete", completed);
    long accepted = sum(channel -> channel.reads() + channel.writes());
    law(
        broken,
        "transactions accepted",
        accepted,
        "transactions complete",
        sum(Channel::completed));
    law(
        broken,
        "transactions accepted",
        accepted,
        "row hits, misses, conflicts, forwarded and coalesced",
        sum(
            c ->
                c.rowHits()
                    + c.rowMisses()
                    + c.rowConflicts()
                    + c.forwardedReads()
                    + c.coalescedWrites()));
    return broken;
  }

  private static void law(
      List<String> broken, String left, long leftCount, String right, long rightCount) {
    if (leftCount != rightCount) {
      broken.add(leftCount + " " + left + ", but " + rightCount + " " + right);
    }
  }
}
