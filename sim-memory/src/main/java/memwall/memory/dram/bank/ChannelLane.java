package memwall.memory.dram.bank;

import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.memory.dram.bulk.BulkPort;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.dram.bulk.UnitPrograms;

/** A channel of the device in simulated time: wakes its port when it has to be woken. */
final class ChannelLane {
  final BulkPort port;
  private final Simulation simulation;
  private final MovableClock clock;
  private final Timer timer;

  /** Tick that the port was told last. */
  private long toldTick;

  /** Tick for which the timer is armed. */
  private long wakeTick = BulkPort.NEVER;

  ChannelLane(Simulation simulation, String path, MovableClock clock, BulkPort port) {
    this.simulation = simulation;
    this.clock = clock;
    this.port = port;
    timer = simulation.timer(path + ".wake", this::wake);
  }

  /** Appends a transfer now, or at the next edge of the channel's clock. */
  void submit(BurstPattern pattern, long position, long bursts, boolean write, long word) {
    toldTick = Math.max(toldTick, clock.tickFrom(simulation.nowPs()));
    port.submit(pattern, position, bursts, write, word, toldTick);
    arm();
  }

  /** Appends a kernel now, or at the next edge of the channel's clock. */
  void compute(UnitPrograms programs, long word) {
    toldTick = Math.max(toldTick, clock.tickFrom(simulation.nowPs()));
    port.compute(programs, word, toldTick);
    arm();
  }

  private void wake(long ignored) {
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

  /** Brings the port's counters up to now, but completes nothing. */
  void settle() {
    long tick = clock.tickUntil(simulation.nowPs());
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
