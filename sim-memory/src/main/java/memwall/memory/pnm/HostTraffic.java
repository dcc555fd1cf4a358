package memwall.memory.pnm;

import it.unimi.dsi.fastutil.longs.LongArrayFIFOQueue;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.DramStandard;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Arrivals of a host, its queue before the channel, and what became of them. */
final class HostTraffic {
  private static final int DIGITS = 3;

  private final DramChannel channel;
  private final DramStandard standard;
  private final long bursts;
  private final double meanGapTicks;
  private final RandomStream gaps;
  private final RandomStream addresses;
  private final Histogram latencies = new Histogram(DIGITS);
  private final LongArrayFIFOQueue waitingAddress = new LongArrayFIFOQueue();
  private final LongArrayFIFOQueue waitingArrival = new LongArrayFIFOQueue();
  private double nextArrival;
  private boolean open = true;
  private PnmDevice.@Nullable Stream engine;
  private boolean engineFirst;
  private long arrived;
  private long done;

  HostTraffic(DramChannel channel, HostLoad load, int buses) {
    this.channel = channel;
    standard = channel.standard();
    bursts = standard.capacityBytes() / standard.burstBytes();
    meanGapTicks = load.share() == 0 ? 0 : standard.burstTicks() / (load.share() * buses);
    RandomStreams streams = new RandomStreams(load.seed());
    gaps = streams.stream("pim.host", "gaps");
    addresses = streams.stream("pim.host", "addresses");
    channel.onCompletion(
        (word, write, accepted, doneTicks) -> {
          if (word == PnmDevice.Stream.WORD) {
            engineCompleted(doneTicks);
          } else {
            done++;
            latencies.recordValue(doneTicks - word);
          }
        });
    nextArrival = Long.MAX_VALUE;
    if (meanGapTicks > 0) {
      nextArrival = channel.nowTicks() + gaps.nextExponential() * meanGapTicks;
    }
  }

  private void engineCompleted(long tick) {
    if (engine != null) {
      engine.completed(tick);
    }
  }

  /** An engine beside the memory reads from the same channel; the two take turns in going first. */
  void shareWith(PnmDevice.Stream stream) {
    engine = stream;
  }

  /** No more arrivals. */
  void close() {
    open = false;
    nextArrival = Long.MAX_VALUE;
  }

  boolean isDone() {
    return !open && done == arrived;
  }

  /** Runs the channel until something changes, at most to a tick. */
  void step(long limit) {
    long now = channel.nowTicks();
    while (nextArrival <= now) {
      arrived++;
      waitingAddress.enqueue(addresses.nextLong(bursts) * standard.burstBytes());
      waitingArrival.enqueue(now);
      nextArrival += gaps.nextExponential() * meanGapTicks;
    }
    PnmDevice.Stream beside = engine;
    engineFirst = !engineFirst;
    double until = nextArrival;
    if (beside != null && engineFirst) {
      beside.offer();
    }
    offerHost();
    if (beside != null) {
      beside.offer();
      until = Math.min(until, Math.min(beside.nextOffer(), beside.nextRoom()));
    }
    channel.advanceToChange(Math.max(now + 1, (long) Math.min((double) limit, Math.ceil(until))));
  }

  // The word of a request is the tick of its arrival.
  private void offerHost() {
    while (!waitingAddress.isEmpty()
        && channel.offer(waitingAddress.firstLong(), false, waitingArrival.firstLong())) {
      waitingAddress.dequeueLong();
      waitingArrival.dequeueLong();
    }
  }

  HostLatency latency() {
    if (done == 0) {
      return HostLatency.NONE;
    }
    return new HostLatency(
        done,
        Math.round(latencies.getMean() * standard.tickFemtos() / 1000),
        picos(latencies.getValueAtPercentile(50)),
        picos(latencies.getValueAtPercentile(99)),
        picos(latencies.getMaxValue()));
  }

  private long picos(long ticks) {
    return PimDevice.picos(standard, ticks);
  }
}
