package memwall.memory.dram.bank;

import java.util.List;
import java.util.function.ToLongFunction;
import memwall.core.stat.Stats;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.PortCounters;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramActivity;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of all channels of a memory: sums over those that are simulated, times how many each
 * of them stands for. Energy follows from the sums when somebody asks.
 */
final class BankBooks {
  private final DramDevice device;
  private final ChannelLane[] lanes;
  private final long multiplicity;
  private final TickClock clock;
  private final int buses;
  private final @Nullable KernelSide kernels;

  /** Banks that an all-bank activate opens. */
  private final int activateBanks;

  /** A part of the energy. */
  @FunctionalInterface
  private interface Part {
    double pj(EnergyBreakdown energy);
  }

  BankBooks(
      BankSpec spec, ChannelLane[] lanes, int allLanes, @Nullable KernelSide kernels, Stats stats) {
    device = spec.device();
    this.kernels = kernels;
    activateBanks = spec.pim() == null ? 1 : spec.pim().compute().activateBanks();
    this.lanes = lanes;
    multiplicity = allLanes / lanes.length;
    clock = new TickClock(device.standard().tickFemtos());
    buses = device.standard().dataBuses();
    declareCounts(stats);
    declareTimes(stats);
    if (spec.controller().hasLowPower()) {
      declareLowPower(stats);
    }
    declareEnergy(stats.child("energy"));
  }

  private void declareCounts(Stats stats) {
    count(stats, "row_hits", "Bursts whose row was open", DramChannel::rowHits);
    count(stats, "row_misses", "Bursts whose bank was closed", DramChannel::rowMisses);
    count(stats, "row_conflicts", "Bursts that closed another row", DramChannel::rowConflicts);
    count(stats, "read_bursts", "Read bursts issued", DramChannel::reads);
    count(stats, "write_bursts", "Write bursts issued", DramChannel::writes);
    count(
        stats,
        "forwarded_bursts",
        "Read bursts answered from queued writes",
        DramChannel::forwardedReads);
    count(
        stats,
        "coalesced_bursts",
        "Write bursts merged with queued writes",
        DramChannel::coalescedWrites);
    count(
        stats,
        "activates",
        "Rows opened",
        channel -> LaneActivity.activates(channel, activateBanks));
    count(
        stats,
        "precharges",
        "Precharge commands, of one bank or of all",
        channel ->
            channel.commands(Command.PREPB)
                + channel.commands(Command.PREAB)
                + channel.commands(Command.PREPIM));
    count(
        stats,
        "refreshes",
        "Refreshes of all banks of a rank or pseudo-channel",
        channel -> channel.commands(Command.REFAB));
  }

  private void declareTimes(Stats stats) {
    stats.exact(
        "busy_ps",
        "ps",
        "Time during which data passed, per data bus",
        () -> clock.ps(dataTicks()));
    burst(stats, "min", "Shortest time", 0);
    burst(stats, "p50", "Median time", 0.5);
    burst(stats, "p99", "99th percentile of the time", 0.99);
    burst(stats, "max", "Longest time", 1);
  }

  private void declareLowPower(Stats stats) {
    stats.exact(
        "power_down_ps",
        "ps",
        "Time in power-down, all ranks or pseudo-channels together",
        () -> activity().powerDownPs() + activity().activePowerDownPs());
    stats.exact(
        "self_refresh_ps",
        "ps",
        "Time in self-refresh, all ranks or pseudo-channels together",
        () -> activity().selfRefreshPs());
  }

  private void burst(Stats stats, String name, String words, double share) {
    stats.exact(
        "burst_read_" + name + "_ps",
        "ps",
        words + " of a read burst from the controller's acceptance to its last beat",
        () -> clock.ps(burstTicks(share)));
  }

  private void declareEnergy(Stats stats) {
    energy(stats, "activate_pj", "opening and closing rows", EnergyBreakdown::activatePj);
    energy(stats, "cell_pj", "bursts inside the banks", EnergyBreakdown::cellPj);
    energy(stats, "datapath_pj", "bursts across the die", EnergyBreakdown::datapathPj);
    energy(stats, "tsv_pj", "bursts through stack and base die", EnergyBreakdown::tsvPj);
    energy(stats, "io_pj", "bursts between memory and chip", EnergyBreakdown::ioPj);
    energy(stats, "refresh_pj", "refreshes", EnergyBreakdown::refreshPj);
    energy(stats, "background_pj", "standby", EnergyBreakdown::backgroundPj);
  }

  private void count(
      Stats stats, String name, String sentence, ToLongFunction<DramChannel> getter) {
    stats.exact(name, "1", sentence + ", all channels together", () -> sum(getter));
  }

  private void energy(Stats stats, String name, String words, Part part) {
    stats.derived(name, "pJ", "Energy of " + words, () -> part.pj(energy()));
  }

  private long sum(ToLongFunction<DramChannel> getter) {
    long sum = 0;
    for (ChannelLane lane : lanes) {
      sum += getter.applyAsLong(lane.port.channel());
    }
    return sum * multiplicity;
  }

  /** All of it so far, that of kernels included but for their arithmetic. */
  EnergyBreakdown energy() {
    EnergyBreakdown channels = device.energy().of(activity());
    return kernels == null ? channels : channels.plus(kernels.memoryEnergy());
  }

  /** Of the channel that is busiest; all are alike. */
  private long dataTicks() {
    DramChannel channel = lanes[0].port.channel();
    return (channel.reads() + channel.writes()) * device.standard().burstTicks() / buses;
  }

  /** The least latency that a share of all read bursts does not exceed; 0 if there were none. */
  private long burstTicks(double share) {
    // All channels are alike, so the first one's distribution is everybody's.
    long total = lanes[0].port.readLatencies().total();
    if (total == 0) {
      return 0;
    }
    long rank = Math.max(1, (long) Math.ceil(total * share));
    long[] found = {0, -1};
    lanes[0]
        .port
        .readLatencies()
        .visit(
            (ticks, count) -> {
              found[0] += count;
              if (found[1] < 0 && found[0] >= rank) {
                found[1] = ticks;
              }
            });
    return found[1];
  }

  private DramActivity activity() {
    return LaneActivity.of(lanes, clock, activateBanks, multiplicity);
  }

  /**
   * Bytes moved are bursts that the ports took; when nothing is under way each of these was issued,
   * forwarded or merged, and each burst issued found its row open, its bank closed or another row.
   */
  void check(String path, long readBytes, long writtenBytes, boolean atRest, List<String> broken) {
    DramStandard standard = device.standard();
    long bursts = 0;
    for (ChannelLane lane : lanes) {
      BulkPort port = lane.port;
      PortCounters counters = port.counters();
      bursts += counters.bursts() + lane.waitingBursts();
    }
    long nearBytes = kernels == null ? 0 : kernels.burstBytes();
    if (kernels != null) {
      kernels.check(broken);
    }
    equal(
        path,
        "bytes moved",
        readBytes + nearBytes + writtenBytes,
        "bytes of the channels' bursts",
        bursts * multiplicity * standard.burstBytes(),
        broken);
    if (atRest) {
      equal(
          path,
          "bytes moved for reads",
          readBytes + nearBytes,
          "bytes of read bursts issued or forwarded",
          (sum(DramChannel::reads) + sum(DramChannel::forwardedReads)) * standard.burstBytes(),
          broken);
      equal(
          path,
          "bytes moved for writes",
          writtenBytes,
          "bytes of write bursts issued or merged",
          (sum(DramChannel::writes) + sum(DramChannel::coalescedWrites)) * standard.burstBytes(),
          broken);
      equal(
          path,
          "bursts issued",
          sum(DramChannel::reads) + sum(DramChannel::writes),
          "row hits, misses and conflicts",
          sum(DramChannel::rowHits) + sum(DramChannel::rowMisses) + sum(DramChannel::rowConflicts),
          broken);
    }
  }

  static void equal(
      String path, String one, long oneValue, String other, long otherValue, List<String> broken) {
    if (oneValue != otherValue) {
      broken.add(path + ": " + one + ": " + oneValue + ", but " + other + ": " + otherValue);
    }
  }
}
