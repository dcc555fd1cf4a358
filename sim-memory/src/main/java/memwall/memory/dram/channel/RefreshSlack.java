package memwall.memory.dram.channel;

import memwall.memory.dram.standard.BusKind;

/**
 * How much earlier or later a refresh could have become due with the same commands at the same
 * ticks.
 *
 * <p>Between two commands nothing happens but time. So a refresh that becomes due after one command
 * and no later than the next one, as planned without it, finds the channel alike whenever that is.
 * What it makes the channel do first is not allowed before some tick, which follows from that state
 * too; if the refresh is due by then, that command and all later ones are the same. It may not be
 * due earlier if that command went at once: then it was waiting for the refresh only. Where
 * refreshes begin on rising edges, to go with the next one is to go at once.
 *
 * <p>Planning turns between reads and writes and notes an empty queue. If it did so since the last
 * command, or would have done, nothing is said.
 */
final class RefreshSlack {
  private final RefreshSchedule refresh;
  private final Scheduler scheduler;

  /** Added to a tick by "or": the rising edge at or after it; 0 if each tick is one. */
  private final long edge;

  private boolean isWatched;
  private int fired;
  private long dueTick;
  private long firstAfter;
  private long least;
  private long most;

  // As the last command left the channel.
  private long lastTick;
  private boolean writeMode;
  private boolean ranDry;

  /**
   * Nothing is watched yet.
   *
   * @param bus where ticks are half clocks, odd ones are rising edges
   */
  RefreshSlack(RefreshSchedule refresh, Scheduler scheduler, BusKind bus) {
    edge = bus == BusKind.DUAL_HALF_CLOCK ? 1 : 0;
    this.refresh = refresh;
    this.scheduler = scheduler;
  }

  /** Looks at what comes after this tick. */
  void watch(long tick) {
    isWatched = true;
    fired = 0;
    note(tick);
  }

  private void note(long tick) {
    lastTick = tick;
    writeMode = scheduler.writeMode;
    ranDry = scheduler.ranDry;
  }

  /** A command was issued. */
  void issued(long tick) {
    if (fired == 1 && firstAfter == TimingTable.NEVER) {
      firstAfter = tick;
    }
    note(tick);
  }

  /** A refresh is about to be entered, before the next tick is planned. */
  void fires(long next) {
    fired++;
    if (!isWatched
        || fired > 1
        || refresh.due() != next
        || refresh.policy() != RefreshPolicy.ALL_BANK
        || scheduler.allBank != null
        || !scheduler.state.isOpenPage()) {
      fired = 2;
      return;
    }
    dueTick = next;
    least = next;
    most = next;
    firstAfter = TimingTable.NEVER;
    long planned = scheduler.foresee(next);
    if (planned >= next && scheduler.writeMode == writeMode && scheduler.ranDry == ranDry) {
      most = planned;
      // Precharges may be put off by the tick of a pair.
      least = Math.min(next, 1 + Math.max(lastTick, scheduler.pairedTick));
    }
  }

  /** Whether something is known: one refresh became due, and a command went since. */
  boolean isKnown() {
    return fired == 1 && firstAfter != TimingTable.NEVER;
  }

  /** How many ticks earlier it could have been due. */
  long earlier() {
    return firstAfter > (dueTick | edge) ? dueTick - least : 0;
  }

  /** How many ticks later it could have been due. */
  long later() {
    return Math.min(most, firstAfter) - dueTick;
  }
}
