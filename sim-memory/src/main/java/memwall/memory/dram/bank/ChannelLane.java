package memwall.memory.dram.bank;

import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.bulk.UnitPrograms;
import org.jspecify.annotations.Nullable;

/** A channel of the device in simulated time: wakes its port when it has to be woken. */
final class ChannelLane {
  private static final long MOST_AHEAD_PS = 1_000_000_000;

  final BulkPort port;
  private final Simulation simulation;
  private final MovableClock clock;
  private final Timer timer;
  private final @Nullable LaneGate gate;

  private final PacedProgram.Duty duty = new PacedProgram.Duty();

  /** Tick that the port was told last. */
  private long toldTick;

  /** Tick for which the timer is armed. */
  private long wakeTick = BulkPort.NEVER;

  /**
   * A lane of a channel at rest.
   *
   * @param inStack whether something beside the channel may limit its rate
   * @param parts told when what was submitted is cut into one part more
   * @param sink told when a part of a transfer is done
   */
  ChannelLane(
      Simulation simulation,
      String path,
      MovableClock clock,
      BulkPort port,
      boolean inStack,
      LaneGate.Parts parts,
      BulkPort.Sink sink) {
    this.simulation = simulation;
    this.clock = clock;
    this.port = port;
    timer = simulation.timer(path + ".wake", this::woken);
    gate = inStack ? new LaneGate(simulation, path, clock, this, parts, sink) : null;
    port.onCompletion(sink);
  }

  /**
   * Sets the rate at which transfers enter the channel from now on.
   *
   * @param bytesPerSec at least 1; {@link LaneGate#OPEN} if only the channel itself limits it
   */
  void setRate(long bytesPerSec) {
    if (gate == null) {
      throw new IllegalStateException("a channel that nothing limits");
    }
    gate.setRate(bytesPerSec);
  }

  /** Divides the channel's refresh interval from now on; see {@link #catchUp} for when that is. */
  void divideRefreshInterval(int divisor) {
    if (gate == null) {
      throw new IllegalStateException("a channel that nothing limits");
    }
    port.channel().divideRefreshInterval(divisor);
    gate.setDivisor(divisor);
    arm();
  }

  /** Bursts of transfers under way that have not entered the channel. */
  long waitingBursts() {
    return gate == null ? 0 : gate.waitingBursts();
  }

  /**
   * Appends a transfer now, or at the next edge of the channel's clock, as one part of that of its
   * slot.
   */
  void submit(BurstPattern pattern, long position, long bursts, boolean write, long slot) {
    if (gate == null || gate.isOpen()) {
      enter(pattern, position, bursts, write, slot);
    } else {
      gate.add(pattern, position, bursts, write, slot);
    }
  }

  /** Appends a transfer to those of the channel; returns the tick at which it enters. */
  long enter(BurstPattern pattern, long position, long bursts, boolean write, long word) {
    toldTick = Math.max(toldTick, clock.tickFrom(simulation.nowPs()));
    port.submit(pattern, position, bursts, write, word, toldTick);
    arm();
    return toldTick;
  }

  /** Sets the share of the time in which kernels work from now on. */
  void setDuty(int level, double share) {
    duty.set(level, share);
  }

  /**
   * Appends a kernel now, or at the next edge of the channel's clock.
   *
   * @param rowTicks what a row takes on average, for a channel in a stack
   */
  void compute(UnitPrograms programs, long rowTicks, long word) {
    toldTick = Math.max(toldTick, clock.tickFrom(simulation.nowPs()));
    UnitPrograms paced =
        gate == null ? programs : unit -> new PacedProgram(programs.of(unit), duty, rowTicks);
    port.compute(paced, word, toldTick);
    arm();
  }

  private void woken(long ignored) {
    toldTick = wakeTick;
    port.advanceTo(wakeTick);
    // The heat of a stack is looked at later, but as of times in between.
    if (gate == null) {
      lookAhead();
    }
    arm();
  }

  private void lookAhead() {
    long mostPs = Math.addExact(simulation.nowPs(), MOST_AHEAD_PS);
    long tick = clock.tickUntil(Math.min(simulation.quietUntilPs(), mostPs)) - 1;
    if (tick > toldTick) {
      port.lookAhead(tick);
    }
  }

  private void wake() {
    toldTick = wakeTick;
    port.advanceTo(wakeTick);
    arm();
  }

  private void arm() {
    wakeTick = port.wakeTick();
    if (wakeTick == BulkPort.NEVER) {
      timer.cancel();
    } else {
      timer.at(Math.max(simulation.nowPs(), clock.timePs(wakeTick)), 0);
    }
  }

  /** Brings the channel to a time, and completes what is complete by then. */
  void catchUp(long atPs) {
    long tick = clock.tickUntil(atPs);
    while (wakeTick <= tick) {
      wake();
    }
    settle(atPs);
  }

  /** Brings the port's counters up to a time, but completes nothing. */
  void settle(long atPs) {
    long tick = clock.tickUntil(atPs);
    if (wakeTick != BulkPort.NEVER) {
      tick = Math.min(tick, wakeTick - 1);
    }
    if (tick > toldTick) {
      toldTick = tick;
      port.advanceTo(tick);
    }
  }

  /** To be called after the clock was shifted. */
  void shift() {
    if (wakeTick != BulkPort.NEVER) {
      timer.at(Math.max(simulation.nowPs(), clock.timePs(wakeTick)), 0);
    }
  }
}
