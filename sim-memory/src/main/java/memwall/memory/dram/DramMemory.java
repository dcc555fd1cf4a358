package memwall.memory.dram;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.CompletionQueue;
import memwall.core.resource.Server;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.MemoryTiers;
import memwall.memory.Region;
import memwall.memory.RegionTable;
import memwall.memory.Striping;
import memwall.memory.TierLayout;
import memwall.memory.TransferJoin;
import memwall.memory.Usage;
import org.jspecify.annotations.Nullable;

/**
 * DRAM as channels that serve their share of each transfer in order: start = max(now, free),
 * service = bytes / sustained channel rate, completion = end of service + latency. The latency is a
 * pipeline delay and occupies nothing. Reads and writes share the channel.
 *
 * <p>In a stack, a transfer passes at the rate that heat allows when it is submitted. Temperatures
 * practically never recur, so that machines with such a memory do not leap.
 */
public final class DramMemory implements Memory {
  private final Simulation simulation;
  private final DramSpec spec;
  private final int devices;
  private final int lanes;
  private final int simulatedLanes;
  private final RegionTable regions;
  private final TierLayout layout;
  private final Map<Usage, TierLayout.Place> places = new EnumMap<>(Usage.class);
  private final TransferJoin join = new TransferJoin();
  private final CompletionQueue[] queues;
  private final long[] freePs;
  private final CompletionQueue empty;
  private final Completion laneDone = this::laneDone;

  private final Counter movedReadBytes;
  private final Counter movedWriteBytes;
  private final Counter paddingBytes;
  private final Counter busyPs;
  private final LatencyHistogram readLatency;
  private final LatencyHistogram writeLatency;
  private final String path;
  private final @Nullable DramStack stack;

  /**
   * Builds idle channels and declares their statistics.
   *
   * @param devices identical stacks or modules, at least 1
   * @param folded simulate channel 0 of device 0 for all
   */
  public DramMemory(
      Simulation simulation, Stats stats, DramSpec spec, int devices, boolean folded) {
    this.simulation = simulation;
    this.spec = spec;
    this.devices = devices;
    this.path = stats.path();
    this.lanes = Math.multiplyExact(devices, spec.channels());
    this.simulatedLanes = folded ? 1 : lanes;
    this.regions = new RegionTable(spec, devices, stats);
    this.layout = new TierLayout(spec, devices);
    this.queues = new CompletionQueue[simulatedLanes];
    this.freePs = new long[simulatedLanes];
    for (int lane = 0; lane < simulatedLanes; lane++) {
      queues[lane] = new CompletionQueue(simulation, path + ".channel" + lane);
    }
    this.empty = new CompletionQueue(simulation, path + ".empty");
    this.movedReadBytes =
        stats.counter("moved_read_bytes", "bytes", "Bytes that the channels moved for reads");
    this.movedWriteBytes =
        stats.counter("moved_write_bytes", "bytes", "Bytes that the channels moved for writes");
    this.paddingBytes =
        stats.counter("padding_bytes", "bytes", "Bytes moved only to fill whole access units");
    this.busyPs = stats.counter("busy_ps", "ps", "Time the busiest channel spent moving data");
    this.readLatency =
        stats.histogram(
            "read_latency", "From a read's submission to its last byte, queueing included");
    this.writeLatency =
        stats.histogram("write_latency", "From a write's submission to its last byte stored");
    this.stack =
        spec.stack() == null ? null : new DramStack(simulation, stats.child("stack"), spec);
    if (stack != null) {
      stats.beforeReading(stack::catchUp);
    }
  }

  /** The stack, for tests. */
  @Nullable DramStack stack() {
    return stack;
  }

  @Override
  public Region reserve(Usage usage, long bytes) {
    Region region = regions.reserve(usage, bytes);
    places.put(usage, layout.place(usage, bytes));
    layout.take(usage, bytes);
    return region;
  }

  /** DRAM opens rows within its latency; there is nothing to begin early. */
  @Override
  public boolean announce(Region region, long bytes, AccessPattern pattern) {
    return true;
  }

  @Override
  public void read(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countRead(bytes);
    submit(region.usage(), bytes, pattern, done, word, movedReadBytes);
  }

  @Override
  public void write(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    region.countWrite(bytes);
    submit(region.usage(), bytes, pattern, done, word, movedWriteBytes);
  }

  /** Rate of a channel for a region, now: that of its tiers, all of which a transfer meets. */
  private long laneBytesPerSec(Usage usage) {
    MemoryTiers tiers = spec.memoryTiers();
    TierLayout.Place place = places.get(usage);
    if (tiers == null || place == null) {
      return stack == null ? spec.channelBytesPerSec() : stack.channelBytesPerSec();
    }
    double left = 1;
    double share = 1;
    if (stack != null) {
      left = spec.leftByRefresh(stack.state().refreshFactor());
      share = stack.state().bandwidthShare();
    }
    long most = (long) (spec.mostOfChannel(share) * spec.channels());
    return Math.max(
        1, tiers.meanBytesPerSec(place.from(), place.to(), left, most) / spec.channels());
  }

  private void submit(
      Usage usage, long bytes, AccessPattern pattern, Completion done, long word, Counter moved) {
    long nowPs = simulation.nowPs();
    if (bytes == 0) {
      empty.add(nowPs, done, word);
      return;
    }
    long units = pattern.units(bytes, spec.accessBytes());
    long movedBytes = Math.multiplyExact(units, spec.accessBytes());
    moved.add(movedBytes);
    paddingBytes.add(movedBytes - bytes);
    int used = (int) Math.min(simulatedLanes, units);
    boolean read = moved == movedReadBytes;
    if (stack != null) {
      stack.resume();
    }
    long laneBytesPerSec = laneBytesPerSec(usage);
    long latencyPs = spec.readLatencyPs(usage);
    long number = join.submit(used, nowPs, done, word);
    for (int lane = 0; lane < used; lane++) {
      long laneBytes = Striping.unitsOfLane(units, lane, lanes) * spec.accessBytes();
      long servicePs = Units.transferPs(laneBytes, laneBytesPerSec);
      freePs[lane] = Math.addExact(Math.max(nowPs, freePs[lane]), servicePs);
      if (lane == 0) {
        busyPs.add(servicePs);
        if (stack != null) {
          double pj = read ? spec.readPjPerBit() : spec.writePjPerBit();
          double deviceJoules = 8e-12 * pj * movedBytes / devices;
          stack.passes(freePs[0] - servicePs, freePs[0], deviceJoules);
        }
      }
      long donePs = Math.addExact(freePs[lane], latencyPs);
      queues[lane].add(donePs, laneDone, 2 * number + (read ? 1 : 0));
    }
  }

  private void laneDone(long word) {
    boolean read = (word & 1) == 1;
    long number = word >> 1;
    if (join.laneDone(number)) {
      (read ? readLatency : writeLatency).record(simulation.nowPs() - join.submittedPs(number));
      join.pop();
      if (stack != null && join.size() == 0) {
        stack.pause();
      }
    }
  }

  @Override
  public void warmedBy(Server engines) {
    if (stack != null && spec.carriesEngines()) {
      stack.carry(engines);
    }
  }

  @Override
  public MemorySpec spec() {
    return spec;
  }

  @Override
  public int devices() {
    return devices;
  }

  @Override
  public int outstanding() {
    return join.size() + empty.size();
  }

  @Override
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>(stack == null ? List.of() : stack.brokenLaws());
    regions.checkMoved(
        movedReadBytes.value() + movedWriteBytes.value() - paddingBytes.value(),
        "channels",
        broken);
    return broken;
  }

  /**
   * Writes the transfers under way. When a channel becomes free is not written, because it follows:
   * it is the completion of its last transfer less the latency, and a channel without transfers is
   * free.
   */
  @Override
  public void describe(StateSink sink) {
    if (stack != null) {
      // Temperatures practically never recur.
      sink.put(simulation.nowPs());
    }
    empty.describe(sink);
    join.describe(sink, simulation.nowPs());
    for (int lane = 0; lane < simulatedLanes; lane++) {
      queues[lane].describe(sink, 2 * join.first());
    }
  }

  @Override
  public void shift(long deltaPs) {
    if (stack != null) {
      throw new IllegalStateException(path + ": temperatures do not leap");
    }
    join.shift(deltaPs);
    empty.shift(deltaPs);
    for (int lane = 0; lane < simulatedLanes; lane++) {
      freePs[lane] += deltaPs;
      queues[lane].shift(deltaPs);
    }
  }
}
