package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.memory.dram.standard.Command;
import org.jspecify.annotations.Nullable;

/**
 * Refreshes of a channel that nobody uses: counted, not issued one by one.
 *
 * <p>An all-bank refresh of a channel at rest changes nothing that outlasts its interval. Of
 * refreshes bank by bank those of the recent past may still keep banks waiting (tRFCpb is longer
 * than tREFIpb on HBM; likewise with the same bank of all groups), but none makes a later one late:
 * a bank's turn comes again long after tRFCpb, and other banks wait for less than an interval. So
 * what is left at any tick are the effects of the refreshes that became due within the longest wait
 * before it. These are issued, as ever; all before them are passed over.
 */
final class IdleRefreshes {
  private static final int REFAB = Command.REFAB.index();
  private static final long NOT_AT_REST = Long.MAX_VALUE;

  private final RefreshSchedule refresh;
  private final ChannelState state;
  private final int scopes;

  /** The refresh of banks in turn. */
  private final int inTurn;

  /** Longer than a refresh is issued after it became due, by its bus. */
  private final long lateTicks;

  /** How long a refresh of a bank, and any command, keeps others waiting. */
  private final long waitTicks;

  private final long longestTicks;
  private final long elsewhereTicks;

  /** Since this refresh became due nothing but refreshes was issued. */
  private long quietSince = NOT_AT_REST;

  private long burstsBefore;
  private final long[] refreshes;

  // With low-power states: what was counted when the refresh before became due.
  private final long[] before;
  private final long[] growth;
  private long dueBefore = NOT_AT_REST;

  IdleRefreshes(RefreshSchedule refresh, ChannelState state) {
    this.refresh = refresh;
    this.state = state;
    scopes = state.geometry.scopes();
    // One of each scope is entered a tick, and takes up to an edge and a half to be sent.
    lateTicks = 4L * scopes + 4;
    inTurn =
        refresh.policy() == RefreshPolicy.SAME_BANK ? Command.REFSB.index() : Command.REFPB.index();
    waitTicks = state.timing.longestAfter(inTurn);
    longestTicks = state.timing.longest();
    elsewhereTicks = state.timing.longestElsewhere(inTurn);
    refreshes = new long[scopes];
    before = new long[state.power.size()];
    growth = new long[state.power.size()];
  }

  /** Something else than commands, arrivals and time changed the channel. */
  void disturbed() {
    quietSince = NOT_AT_REST;
    dueBefore = NOT_AT_REST;
  }

  /**
   * A refresh is due at the next tick. Passes over as many as have no effect at {@code limit} or
   * later.
   *
   * @param computing what computes in the banks; null if nothing can
   */
  void passOver(long limit, boolean pending, @Nullable AllBankEngine computing) {
    if (refresh.isInSet()) {
      return;
    }
    if (pending
        || state.maintenance.size() > 0
        || state.counters.openBanks() > 0
        || (computing != null && computing.isBusy())) {
      disturbed();
      return;
    }
    if (state.listener == null) {
      switch (refresh.policy()) {
        case NONE -> {}
        case ALL_BANK -> {
          if (state.power.isOn()) {
            passOverAsleep(limit);
          } else {
            passOverAllBank(limit);
          }
        }
        case PER_BANK, SAME_BANK -> passOverInTurn(limit);
      }
    }
  }

  private void passOverAllBank(long limit) {
    if (state.timing.horizon() > refresh.due()) {
      return;
    }
    long interval = refresh.intervalTicks();
    long settled = state.timing.longestAfter(REFAB) * scopes + 2L * scopes;
    long periods = (limit - refresh.due()) / interval;
    if (settled < interval && periods > 0) {
      refresh.skip(periods);
      for (int scope = 0; scope < scopes; scope++) {
        state.counters.commands[scope * Command.COUNT + REFAB] += periods;
      }
    }
  }

  // From refresh to refresh a channel at rest spends the same time in power-down; in self-refresh
  // it has no refreshes.
  private void passOverAsleep(long limit) {
    PowerStates power = state.power;
    long due = refresh.due();
    long interval = refresh.intervalTicks();
    long bursts = state.counters.reads + state.counters.writes;
    boolean follows = dueBefore == due - interval && bursts == burstsBefore;
    for (int i = 0; i < growth.length; i++) {
      growth[i] = -before[i];
    }
    power.read(before, due - 1);
    for (int i = 0; i < growth.length; i++) {
      growth[i] += before[i];
    }
    dueBefore = due;
    burstsBefore = bursts;
    long periods = Math.min((limit - due) / interval, power.alikeIntervals(due, interval));
    boolean isAlike = follows && power.isRepeated(growth);
    if (!isAlike || periods <= 0 || state.timing.horizon() > due) {
      return;
    }
    for (int scope = 0; scope < scopes; scope++) {
      if (!power.refreshesItself(scope, due)) {
        state.counters.commands[scope * Command.COUNT + REFAB] += periods;
      }
    }
    refresh.skip(periods);
    power.passOver(periods, interval, growth);
    dueBefore = NOT_AT_REST;
  }

  private void passOverInTurn(long limit) {
    long due = refresh.due();
    // No bank is open and nothing is inside, now and then: in between a row was only opened if a
    // burst was issued.
    long bursts = state.counters.reads + state.counters.writes;
    if (quietSince == NOT_AT_REST || bursts != burstsBefore) {
      quietSince = due;
      burstsBefore = bursts;
    }
    long until = limit - waitTicks - lateTicks;
    boolean isSettled =
        due - quietSince >= longestTicks
            && state.timing.horizon() <= refresh.lastTicks() + lateTicks + waitTicks;
    long interval = refresh.intervalTicks();
    if (until <= due
        || !isSettled
        || elsewhereTicks + lateTicks >= interval
        || waitTicks + lateTicks >= interval * refresh.turns()) {
      return;
    }
    Arrays.fill(refreshes, 0);
    refresh.passOver(until, refreshes);
    for (int scope = 0; scope < scopes; scope++) {
      state.counters.commands[scope * Command.COUNT + inTurn] += refreshes[scope];
    }
  }
}
