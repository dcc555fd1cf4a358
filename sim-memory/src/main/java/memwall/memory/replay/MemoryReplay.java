package memwall.memory.replay;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.ConfigException;
import memwall.core.stat.TickHistogram;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.LowPower;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramActivity;
import org.jspecify.annotations.Nullable;

/**
 * Replays a memory trace on the channels of a DRAM device, command by command. The trace is
 * streamed: memory grows neither with its length nor with the bytes of an access.
 *
 * <p>Accesses arrive at the times of the trace, or every {@code gap}, rounded up to whole ticks; a
 * trace without times is played as fast as the channels take it.
 */
public final class MemoryReplay {
  private static final long FEMTOS_PER_PS = 1000;

  private final ReplaySpec spec;
  private final AccessLocator locator;
  private final AccessJoin join = new AccessJoin();
  private final TickHistogram controllerReads = new TickHistogram();
  private final List<ChannelLane> lanes = new ArrayList<>();
  private long accesses;
  private long firstTicks;
  private long askedBytes;

  private MemoryReplay(ReplaySpec spec) {
    this.spec = spec;
    locator = new AccessLocator(spec);
    for (int i = 0; i < spec.channels(); i++) {
      lanes.add(
          new ChannelLane(
              spec.device().standard(),
              spec.controller(),
              join,
              controllerReads,
              spec.outstanding()));
    }
  }

  /**
   * Reads a whole trace once and checks that it can be replayed so.
   *
   * @param format label of its format, or null to recognise it
   * @throws ConfigException with the first 20 faults and the number of others
   */
  public static MemoryTraceSummary scan(Path file, @Nullable String format, ReplaySpec spec) {
    AccessLocator locator = new AccessLocator(spec);
    MemoryTraceSummary summary = MemoryTrace.scan(file, format, locator::fault);
    long gapPs = spec.gapPs().orElse(0);
    if (gapPs > 0 && summary.accesses() > MemoryTrace.MAX_PS / gapPs) {
      throw new ConfigException(
          List.of(
              file
                  + ": "
                  + summary.accesses()
                  + " accesses every "
                  + gapPs
                  + " ps take more than 27 hours; use a smaller gap"));
    }
    return summary;
  }

  /**
   * Replays a trace that {@link #scan} found good.
   *
   * @param format label of its format, or null to recognise it
   * @throws ConfigException if the file has changed since and is no longer good
   */
  public static ReplayResult run(Path file, @Nullable String format, ReplaySpec spec) {
    MemoryReplay replay = new MemoryReplay(spec);
    try (MemoryTrace trace = MemoryTrace.open(file, format)) {
      replay.play(trace, file);
      return replay.result(trace.clock());
    }
  }

  private void play(MemoryTrace trace, Path file) {
    MemoryAccess access = trace.access();
    while (trace.next()) {
      String fault = locator.fault(access);
      if (fault != null) {
        throw new ConfigException(List.of(file + ":" + access.line() + ": " + fault));
      }
      long arrival = arrivalTicks(access, trace.clock());
      firstTicks = accesses == 0 ? arrival : firstTicks;
      accesses++;
      long transactions = locator.transactions(access);
      askedBytes += access.bytes() == MemoryAccess.ONE_TRANSACTION ? burstBytes() : access.bytes();
      int slot = join.open(arrival, transactions);
      for (long n = 0; n < transactions; n++) {
        lanes
            .get(locator.channel(access, n))
            .add(locator.inChannel(access, n), access.isWrite(), arrival, slot);
      }
    }
    long lastTicks = 0;
    for (ChannelLane lane : lanes) {
      lane.drain();
      lastTicks = Math.max(lastTicks, lane.lastTicks());
    }
    for (ChannelLane lane : lanes) {
      lane.rest(lastTicks);
    }
  }

  private int burstBytes() {
    return spec.device().standard().burstBytes();
  }

  private long arrivalTicks(MemoryAccess access, TraceClock clock) {
    if (spec.gapPs().isPresent()) {
      return ticks(accesses * spec.gapPs().getAsLong());
    }
    return clock == TraceClock.PICOSECONDS ? ticks(access.arrival()) : access.arrival();
  }

  /** The first tick boundary at or after a time. */
  private long ticks(long ps) {
    long tickFemtos = spec.device().standard().tickFemtos();
    long rest = ps % tickFemtos * FEMTOS_PER_PS;
    // ps x 1000 / tick, taken apart so that it fits.
    return ps / tickFemtos * FEMTOS_PER_PS + (rest + tickFemtos - 1) / tickFemtos;
  }

  private ReplayResult result(TraceClock clock) {
    boolean timed =
        spec.gapPs().isPresent() ? spec.gapPs().getAsLong() > 0 : clock != TraceClock.NONE;
    ImmutableList.Builder<ReplayResult.Channel> channels = ImmutableList.builder();
    long lastTicks = 0;
    for (ChannelLane lane : lanes) {
      channels.add(channel(lane));
      lastTicks = Math.max(lastTicks, lane.lastTicks());
    }
    return new ReplayResult(
        spec,
        timed,
        accesses,
        join.completed(),
        askedBytes,
        firstTicks,
        lastTicks,
        controllerReads,
        join.reads(),
        join.writes(),
        channels.build());
  }

  private ReplayResult.Channel channel(ChannelLane lane) {
    DramChannel channel = lane.channel();
    ImmutableSortedMap.Builder<String, Long> commands = ImmutableSortedMap.naturalOrder();
    for (Command command : Command.values()) {
      long count = channel.commands(command);
      if (count > 0) {
        commands.put(command.jedecName(), count);
      }
    }
    return new ReplayResult.Channel(
        lane.offeredReads(),
        lane.offeredWrites(),
        lane.completed(),
        channel.rowHits(),
        channel.rowMisses(),
        channel.rowConflicts(),
        channel.forwardedReads(),
        channel.coalescedWrites(),
        commands.build(),
        spec.device().energy().of(activity(channel)));
  }

  /** What the channel did from time 0 until now. */
  private DramActivity activity(DramChannel channel) {
    long openTicks = 0;
    long activeDown = 0;
    long down = 0;
    long itself = 0;
    for (int scope = 0; scope < channel.scopes(); scope++) {
      openTicks += channel.openTicks(scope);
      activeDown += channel.lowPowerTicks(scope, LowPower.ACTIVE_POWER_DOWN);
      down += channel.lowPowerTicks(scope, LowPower.PRECHARGE_POWER_DOWN);
      itself += channel.lowPowerTicks(scope, LowPower.SELF_REFRESH);
    }
    long activePs = ps(openTicks - activeDown);
    long lowPs = ps(down) + ps(activeDown) + ps(itself);
    return new DramActivity(
        channel.commands(Command.ACT) + channel.commands(Command.ACT1),
        channel.reads(),
        channel.writes(),
        channel.commands(Command.REFAB),
        channel.commands(Command.REFPB)
            + channel.commands(Command.REFSB) * channel.standard().bankRefreshesOfSameBank(),
        activePs,
        ps(channel.nowTicks() * channel.scopes()) - activePs - lowPs,
        ps(down),
        ps(activeDown),
        ps(itself));
  }

  /** Ticks in picoseconds, rounded down. */
  private long ps(long ticks) {
    long tickFemtos = spec.device().standard().tickFemtos();
    long rest = ticks % FEMTOS_PER_PS * tickFemtos / FEMTOS_PER_PS;
    return ticks / FEMTOS_PER_PS * tickFemtos + rest;
  }
}
