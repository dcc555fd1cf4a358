package memwall.memory.dram.channel;

import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/**
 * Low-power states of the scopes (ranks or pseudo-channels) of a channel.
 *
 * <p>A scope is <i>at rest</i> from the tick on at which no rule that its commands started binds
 * any more and its last data has passed, as long as no request and no maintenance is for it. At
 * rest for the controller's time it enters power-down; rows stay as they are. If a refresh becomes
 * due and the last burst is as long ago as the controller's other time, that refresh is the last:
 * behind it the scope enters self-refresh, and none becomes due until it is left.
 *
 * <p>A request or a refresh that is for the scope ends the state, at its own tick or, if that is
 * later, tCKE (tCKESR) after the entry. Commands of the scope have to wait tXP (tXS) from there.
 * Entry and exit take no slot of the command bus.
 *
 * <p>Nothing happens at entry: it is found out when something ends the state, or when somebody
 * asks.
 */
final class PowerStates {
  /** Numbers of a scope in {@link #read}. */
  private static final int NUMBERS = 3;

  private final boolean isOn;
  private final long downTicks;
  private final long selfTicks;
  private final long[] settle = new long[Command.COUNT];
  private final int downLeast;
  private final int downExit;
  private final int selfLeast;
  private final int selfExit;
  private final TimingTable timing;
  private final ChannelCounters counters;

  /** Requests and maintenance inside, by scope. */
  private final int[] pending;

  /** From this tick on the scope is at rest, if nothing is for it. */
  private final long[] restFrom;

  private final long[] lastBurst;

  /** Whether the scope enters self-refresh as soon as it is at rest. */
  private final boolean[] refreshesItself;

  PowerStates(
      DramStandard standard,
      ControllerSpec spec,
      Geometry geometry,
      TimingTable timing,
      ChannelCounters counters) {
    this.timing = timing;
    this.counters = counters;
    int scopes = geometry.scopes();
    downTicks = spec.powerDownTicks();
    selfTicks = spec.selfRefreshTicks();
    isOn = downTicks > 0 || selfTicks > 0;
    pending = new int[scopes];
    restFrom = new long[scopes];
    lastBurst = new long[scopes];
    refreshesItself = new boolean[scopes];
    downLeast = isOn ? Timings.of(standard, "nCKE") : 0;
    downExit = isOn ? Timings.of(standard, "nXP") : 0;
    selfLeast = isOn ? Timings.of(standard, "nCKESR") : 0;
    selfExit = isOn ? Timings.of(standard, "nXS") : 0;
    for (int kind = 0; isOn && kind < standard.rowKinds(); kind++) {
      for (TimingRule rule : standard.rules(kind)) {
        for (Command after : rule.after()) {
          settle[after.index()] = Math.max(settle[after.index()], rule.ticks());
        }
      }
    }
    atLeast(Command.RD, standard.readLatencyTicks());
    atLeast(Command.RDA, standard.readLatencyTicks());
    atLeast(Command.WR, standard.writeLatencyTicks());
    atLeast(Command.WRA, standard.writeLatencyTicks());
  }

  private void atLeast(Command command, int ticks) {
    settle[command.index()] = Math.max(settle[command.index()], ticks);
  }

  boolean isOn() {
    return isOn;
  }

  /** A request or maintenance is for the scope, from tick {@code next} on. */
  void entered(int scope, long next) {
    if (isOn && pending[scope]++ == 0) {
      end(scope, next);
    }
  }

  /** A request got its burst. */
  void served(int scope, long tick) {
    lastBurst[scope] = tick;
    left(scope, tick);
  }

  /** Maintenance, or a request, is done with. */
  void left(int scope, long tick) {
    if (isOn) {
      pending[scope]--;
      restFrom[scope] = Math.max(restFrom[scope], tick);
    }
  }

  /** A command was issued to the scope or to a bank of it. */
  void issued(int command, int scope, long tick) {
    if (isOn) {
      restFrom[scope] = Math.max(restFrom[scope], tick + settle[command]);
    }
  }

  /** Whether the scope refreshes itself at this tick, so that none becomes due. */
  boolean refreshesItself(int scope, long tick) {
    return isOn && pending[scope] == 0 && refreshesItself[scope] && tick > entryTick(scope);
  }

  /** A refresh of the scope became due and was entered; nothing else may have been before. */
  void refreshDue(int scope, long tick) {
    if (isOn) {
      refreshesItself[scope] =
          selfTicks > 0 && pending[scope] == 1 && tick - lastBurst[scope] >= selfTicks;
    }
  }

  /** A request came: it is not the time to sleep deeply. */
  void requested(int scope, long next) {
    if (isOn) {
      entered(scope, next);
      refreshesItself[scope] = false;
    }
  }

  // First tick in the state, if nothing comes until then.
  private long entryTick(int scope) {
    if (refreshesItself[scope]) {
      return restFrom[scope];
    }
    return downTicks > 0 ? restFrom[scope] + downTicks : TimingTable.NEVER;
  }

  private void end(int scope, long next) {
    long entry = entryTick(scope);
    if (next <= entry) {
      return;
    }
    boolean isSelf = refreshesItself[scope];
    long exit = Math.max(next, entry + (isSelf ? selfLeast : downLeast));
    counted(present(scope))[scope] += exit - entry;
    counters.exits[scope]++;
    timing.hold(scope, exit + (isSelf ? selfExit : downExit));
    restFrom[scope] = exit + (isSelf ? selfExit : downExit);
    refreshesItself[scope] = false;
  }

  /** Ticks in the present state up to now; 0 if the scope is not in one. */
  private long presentTicks(int scope, long now) {
    return isOn && pending[scope] == 0 ? Math.max(0, now + 1 - entryTick(scope)) : 0;
  }

  /** Ticks in a state up to now. */
  long ticks(int scope, LowPower state, long now) {
    LowPower present = present(scope);
    return counted(state)[scope] + (state == present ? presentTicks(scope, now) : 0);
  }

  private LowPower present(int scope) {
    if (refreshesItself[scope]) {
      return LowPower.SELF_REFRESH;
    }
    return counters.openBanks(scope) > 0
        ? LowPower.ACTIVE_POWER_DOWN
        : LowPower.PRECHARGE_POWER_DOWN;
  }

  private long[] counted(LowPower state) {
    return switch (state) {
      case PRECHARGE_POWER_DOWN -> counters.prechargedDownTicks;
      case ACTIVE_POWER_DOWN -> counters.activeDownTicks;
      case SELF_REFRESH -> counters.selfRefreshTicks;
    };
  }

  /** Times that the scope left such a state. */
  long exits(int scope) {
    return counters.exits[scope];
  }

  /**
   * Intervals from a refresh that is due at this tick on, in which every scope does the same as in
   * the one before: until one of them may enter self-refresh.
   */
  long alikeIntervals(long due, long intervalTicks) {
    long most = Long.MAX_VALUE;
    for (int scope = 0; selfTicks > 0 && scope < lastBurst.length; scope++) {
      if (!refreshesItself(scope, due)) {
        most = Math.min(most, (lastBurst[scope] + selfTicks - due) / intervalTicks);
      }
    }
    return Math.max(0, most);
  }

  /** Writes what was counted up to now and since when each scope rests: for {@link #passOver}. */
  void read(long[] into, long now) {
    for (int scope = 0; scope < pending.length; scope++) {
      into[NUMBERS * scope] = ticks(scope, LowPower.PRECHARGE_POWER_DOWN, now);
      into[NUMBERS * scope + 1] = counters.exits[scope];
      into[NUMBERS * scope + 2] = refreshesItself[scope] ? 0 : now - restFrom[scope];
    }
  }

  /** Whether an interval in which {@link #read} grew so much ended as it began. */
  boolean isRepeated(long[] growth) {
    for (int scope = 0; scope < pending.length; scope++) {
      if (growth[NUMBERS * scope + 2] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Numbers that {@link #read} writes. */
  int size() {
    return NUMBERS * pending.length;
  }

  /** Passes over intervals like the one before: so much was added to {@link #read} in it. */
  void passOver(long intervals, long intervalTicks, long[] growth) {
    for (int scope = 0; scope < pending.length; scope++) {
      if (!refreshesItself[scope]) {
        counters.prechargedDownTicks[scope] += intervals * growth[NUMBERS * scope];
        counters.exits[scope] += intervals * growth[NUMBERS * scope + 1];
        restFrom[scope] += intervals * intervalTicks;
      }
    }
  }

  void describe(StateSink sink, long now) {
    if (!isOn) {
      return;
    }
    long longest = Math.max(downTicks, 0) + selfLeast + (long) downLeast;
    for (int scope = 0; scope < pending.length; scope++) {
      sink.put(Math.max(-longest, restFrom[scope] - now));
      sink.put(selfTicks > 0 ? Math.min(selfTicks, now - lastBurst[scope]) : 0);
      sink.put(refreshesItself[scope] ? 1 : 0);
    }
  }
}
