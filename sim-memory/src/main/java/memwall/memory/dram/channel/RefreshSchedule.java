package memwall.memory.dram.channel;

import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;

/**
 * When which refresh becomes due. All-bank: one for every scope (rank or pseudo-channel) each
 * tREFI. Per bank: one bank after the other, each tREFIpb; with the command buses of HBM3 the same
 * bank of all pseudo-channels, one a tick, and a stack (SID) only begins its next round tRFCpb
 * after the last bank of the round before. Same bank: of every scope the next bank of all its
 * groups each tREFIsb.
 */
final class RefreshSchedule {
  private final RefreshPolicy policy;
  private final Geometry geometry;
  private final boolean inSets;
  private final int groupBanks;
  private final long nominalTicks;
  private final int recoveryTicks;

  /** Per scope and SID: when its next round may begin. */
  private final long[] roundFrom;

  private int divisor = 1;
  private long due;

  /** Tick from which the present interval counts. */
  private long last;

  /** Next bank: of the channel, inside each scope where refreshed in sets, inside each group. */
  private int cursor;

  /** Next scope of the set in progress; 0 between sets. */
  private int nextScope;

  private long nextOfSet;

  /** Where refreshed in sets: before this tick the stack of the next bank begins no round. */
  private long roundDue;

  /** Scratch of {@link #passOver}. */
  private final long[] roundBefore;

  RefreshSchedule(DramStandard standard, RefreshPolicy policy, Geometry geometry) {
    this.policy = policy;
    this.geometry = geometry;
    groupBanks = standard.groupBanks();
    inSets = geometry.scopes() > 1 && standard.bus() == BusKind.DUAL_HALF_CLOCK;
    nominalTicks =
        switch (policy) {
          case NONE -> TimingTable.NEVER;
          case ALL_BANK -> standard.refreshTicks();
          case PER_BANK -> standard.bankRefreshTicks();
          case SAME_BANK -> standard.sameBankRefreshTicks();
        };
    recoveryTicks = policy == RefreshPolicy.PER_BANK ? Timings.of(standard, "nRFCpb") : 0;
    roundFrom = new long[geometry.scopes() * geometry.sids()];
    roundBefore = new long[roundFrom.length];
    due = nominalTicks;
  }

  /** Tick at which {@link #fire} has to be called next. */
  long due() {
    if (nextScope > 0) {
      return nextOfSet;
    }
    return Math.max(due, roundDue);
  }

  /** Ticks between two refreshes now. */
  long intervalTicks() {
    return nominalTicks / divisor;
  }

  RefreshPolicy policy() {
    return policy;
  }

  /** Divides the interval by 1, 2 or 4 from the last refresh on; never due before {@code next}. */
  void divideBy(int newDivisor, long next) {
    divisor = newDivisor;
    if (policy != RefreshPolicy.NONE) {
      due = Math.max(next, last + intervalTicks());
    }
  }

  /** Passes over a number of all-bank refreshes that were accounted for otherwise. */
  void skip(long periods) {
    due += periods * intervalTicks();
    last += periods * intervalTicks();
  }

  /** Tick from which the present interval counts: that of the last refresh or set of them. */
  long lastTicks() {
    return last;
  }

  /** Refreshes, or sets of them, until it is the same bank's turn again. */
  int turns() {
    if (policy == RefreshPolicy.SAME_BANK) {
      return groupBanks;
    }
    return inSets ? geometry.banks() / geometry.scopes() : geometry.banks();
  }

  /**
   * Passes over all refreshes of single banks, or sets of them, that become due before a tick.
   *
   * @param counts by scope: how many refreshes it was that were passed over is added
   */
  void passOver(long until, long[] counts) {
    if (policy == RefreshPolicy.SAME_BANK) {
      long passed = Math.max(0, Math.floorDiv(until - due - 1, intervalTicks()) + 1);
      for (int scope = 0; scope < geometry.scopes(); scope++) {
        counts[scope] += passed;
      }
      cursor = (int) ((cursor + passed) % groupBanks);
      if (passed > 0) {
        advance(due + (passed - 1) * intervalTicks());
      }
      return;
    }
    if (inSets) {
      long sets = passOverSets(until);
      for (int scope = 0; scope < geometry.scopes(); scope++) {
        counts[scope] += sets;
      }
      return;
    }
    int banks = geometry.banks();
    long passed = Math.max(0, Math.floorDiv(until - due - 1, intervalTicks()) + 1);
    long rounds = passed / banks;
    for (int scope = 0; scope < geometry.scopes(); scope++) {
      counts[scope] += rounds * (banks / geometry.scopes());
    }
    for (long i = rounds * banks; i < passed; i++) {
      counts[geometry.scope(geometry.number(cursor))]++;
      cursor = (cursor + 1) % banks;
    }
    if (passed > 0) {
      advance(due + (passed - 1) * intervalTicks());
    }
  }

  // Rounds are as long as each other once stacks (SIDs) wait for rounds like the present ones.
  private long passOverSets(long until) {
    long sets = 0;
    while (true) {
      long from = due();
      long lateBefore = from - due;
      for (int i = 0; i < roundFrom.length; i++) {
        roundBefore[i] = Math.max(0, roundFrom[i] - from);
      }
      for (int turn = 0; turn < turns(); turn++) {
        if (due() >= until) {
          return sets;
        }
        passOverSet();
        sets++;
      }
      boolean same = due() - due == lateBefore;
      for (int i = 0; i < roundFrom.length && same; i++) {
        same = roundBefore[i] == Math.max(0, roundFrom[i] - due());
      }
      long rounds = same ? (until - due()) / (due() - from) : 0;
      if (rounds > 0) {
        long ticks = rounds * (due() - from);
        sets += rounds * turns();
        due += ticks;
        last += ticks;
        roundDue += ticks;
        for (int i = 0; i < roundFrom.length; i++) {
          roundFrom[i] += ticks;
        }
      }
    }
  }

  private void passOverSet() {
    long tick = due();
    advance(tick);
    for (int scope = 0; scope < geometry.scopes(); scope++) {
      noteRound(scope, tick + scope);
    }
    endSet();
  }

  /** Enters what is due at this tick. */
  void fire(long tick, MaintenanceQueue queue, PowerStates power) {
    switch (policy) {
      case NONE -> throw new IllegalStateException("no refresh is ever due");
      case ALL_BANK -> {
        enter(tick, queue, power);
        advance(tick);
      }
      case PER_BANK -> {
        if (inSets) {
          fireSet(tick, queue);
        } else {
          queue.add(Command.REFPB.index(), geometry.number(cursor));
          cursor = (cursor + 1) % geometry.banks();
          advance(tick);
        }
      }
      case SAME_BANK -> {
        for (int scope = 0; scope < geometry.scopes(); scope++) {
          queue.add(Command.REFSB.index(), geometry.firstBank(scope) + cursor);
        }
        cursor = (cursor + 1) % groupBanks;
        advance(tick);
      }
    }
  }

  /** Enters a refresh of all banks of every scope that does not refresh itself at a tick. */
  void enter(long tick, MaintenanceQueue queue, PowerStates power) {
    for (int scope = 0; scope < geometry.scopes(); scope++) {
      if (!power.refreshesItself(scope, tick)) {
        queue.add(Command.REFAB.index(), scope);
        power.entered(scope, tick);
        power.refreshDue(scope, tick);
      }
    }
  }

  /** A refresh of all banks becomes due and is entered otherwise. */
  void pass() {
    advance(due);
  }

  private void advance(long tick) {
    last = tick;
    due = tick + intervalTicks();
  }

  private void fireSet(long tick, MaintenanceQueue queue) {
    if (nextScope == 0) {
      advance(tick);
    }
    int scope = nextScope;
    queue.add(Command.REFPB.index(), geometry.number(scope * turns() + cursor));
    noteRound(scope, tick);
    nextOfSet = tick + 1;
    nextScope = scope + 1;
    if (nextScope == geometry.scopes()) {
      endSet();
    }
  }

  /** The cursor's bank is refreshed in a scope; after the last one of a stack its round is over. */
  private void noteRound(int scope, long tick) {
    int perSid = turns() / geometry.sids();
    if ((cursor + 1) % perSid == 0) {
      roundFrom[scope * geometry.sids() + cursor / perSid] = tick + recoveryTicks;
    }
  }

  private void endSet() {
    nextScope = 0;
    cursor = (cursor + 1) % turns();
    int sid = cursor / (turns() / geometry.sids());
    roundDue = 0;
    for (int scope = 0; scope < geometry.scopes(); scope++) {
      roundDue = Math.max(roundDue, roundFrom[scope * geometry.sids() + sid]);
    }
  }

  void describe(StateSink sink, long now) {
    sink.put(policy == RefreshPolicy.NONE ? 0 : due() - now);
    sink.put(policy == RefreshPolicy.NONE ? 0 : due - last);
    sink.put(Math.max(0, roundDue - now));
    sink.put(divisor);
    sink.put(cursor);
    sink.put(nextScope);
    for (long from : roundFrom) {
      sink.put(Math.max(0, from - now));
    }
  }

  /** Whether a set of refreshes has begun and is not complete. */
  boolean isInSet() {
    return nextScope > 0;
  }

  /** The state but for {@link #due}, between two sets; {@code itsDue} is taken when reading. */
  void exchange(StateBuffer buffer, long now, long itsDue) {
    buffer.part(StateBuffer.REFRESH);
    if (policy == RefreshPolicy.NONE) {
      return;
    }
    divisor = buffer.exchange(divisor);
    cursor = buffer.exchange(cursor);
    long early = buffer.exchange(due() - due);
    long interval = buffer.exchange(due - last);
    roundDue = buffer.until(roundDue, now);
    for (int i = 0; i < roundFrom.length; i++) {
      roundFrom[i] = buffer.until(roundFrom[i], now);
    }
    if (buffer.isReading()) {
      nextScope = 0;
      due = itsDue - early;
      last = due - interval;
    }
  }
}
