package memwall.memory.dram.channel;

import memwall.memory.dram.standard.Command;

/**
 * A channel's state in writing and back: what a port needs that follows stretches it has seen
 * before instead of simulating them again (package bulk). Everything is relative to a run of bursts
 * ({@link StreamFrame}) and to the present tick.
 */
public final class ChannelImage {
  private final DramChannel channel;
  private final ChannelState state;
  private final Scheduler scheduler;
  private final RefreshSchedule refresh;
  private final RefreshSlack slack;
  private final ReadsInFlight forwarded;
  private final RunState runState;
  private final RowNumbers rows;

  ChannelImage(
      DramChannel channel,
      Scheduler scheduler,
      RefreshSchedule refresh,
      RefreshSlack slack,
      ReadsInFlight forwarded,
      RowNumbers rows) {
    this.channel = channel;
    this.scheduler = scheduler;
    this.refresh = refresh;
    this.slack = slack;
    this.forwarded = forwarded;
    this.rows = rows;
    state = scheduler.state;
    if (state.power.isOn()) {
      throw new IllegalStateException("a channel with low-power states has no image");
    }
    runState = new RunState(scheduler);
  }

  /** Tick at which the next refresh becomes due; far away if there is none. */
  public long refreshDueTicks() {
    return refresh.due();
  }

  /** Ticks from one refresh becoming due to the next, as things stand. */
  public long refreshIntervalTicks() {
    return refresh.intervalTicks();
  }

  /**
   * If all banks of a scope are refreshed together: so long after refreshes became due at a channel
   * at rest, no rule that they started forbids anything any more; -1 otherwise.
   */
  public long refreshSettleTicks() {
    if (refresh.policy() != RefreshPolicy.ALL_BANK) {
      return -1;
    }
    long closing = state.timing.longestAfter(Command.PREAB.index());
    long refreshing = state.timing.longestAfter(Command.REFAB.index());
    return (closing + refreshing + 4) * (scopes() + 1);
  }

  /**
   * Describes everything that the future depends on, relative to a run of bursts and to now; of the
   * refreshes only what does not say when the next one is due. False if there is no such
   * description, because something inside does not belong to the run or a program of in-memory
   * compute runs.
   */
  public boolean describe(StreamFrame frame, StateBuffer into) {
    return describe(frame, into, 0);
  }

  /**
   * As {@link #describe(StreamFrame, StateBuffer)}, so many ticks later if nothing happens until
   * then.
   *
   * @param laterTicks 0, or no more than {@link #waitTicks}
   */
  public boolean describe(StreamFrame frame, StateBuffer into, long laterTicks) {
    if (channel.isComputing()
        || forwarded.size() > 0
        || refresh.isInSet()
        || !runState.isDescribable(frame)) {
      return false;
    }
    long tick = channel.nowTicks() + laterTicks;
    into.write();
    refresh.exchange(into, tick, 0);
    runState.exchange(into, frame, tick);
    return true;
  }

  /**
   * Puts the channel into a state that was described; counters stay as they are, banks whose row
   * was foreign keep their row, and as many writes of others as the frame says stay queued.
   *
   * @param frame the run and the place in it that the state is to be relative to
   * @param nowTicks what the time is to be
   * @param refreshDueTicks when the next refresh is to be due, later than that
   */
  public void restore(StreamFrame frame, StateBuffer from, long nowTicks, long refreshDueTicks) {
    if (channel.isComputing()) {
      throw new IllegalStateException("a program of in-memory compute runs");
    }
    channel.moveTo(nowTicks);
    refresh.exchange(from, nowTicks, refreshDueTicks);
    forwarded.clear();
    runState.exchange(from, frame, nowTicks);
  }

  /**
   * Begins to watch whether queued writes are considered for want of queued reads, and how much it
   * matters when a refresh becomes due.
   */
  public void watch() {
    scheduler.ranDry = false;
    slack.watch(channel.nowTicks());
  }

  /**
   * How many ticks earlier the only refresh that became due since {@link #watch} could have done so
   * with the same commands at the same ticks; 0 if that is not known.
   */
  public long refreshEarlier() {
    return slack.isKnown() ? slack.earlier() : 0;
  }

  /** Likewise later. */
  public long refreshLater() {
    return slack.isKnown() ? slack.later() : 0;
  }

  /** Whether queued writes were considered since {@link #watch} because no read was queued. */
  public boolean ranDry() {
    return scheduler.ranDry;
  }

  /** Numbers that {@link #readCounters} gives. */
  public int counters() {
    return state.counters.size();
  }

  /** Writes all counters up to now, always in the same order. */
  public void readCounters(long[] into) {
    state.counters.read(into, channel.nowTicks());
  }

  /** Sets all counters to what {@link #readCounters} is to give now. */
  public void writeCounters(long[] from) {
    state.counters.write(from, channel.nowTicks());
  }

  /**
   * Says what row a bank is left with, for rows that a state which is restored later calls foreign.
   * Rows are counted on where a rank or stack lies above them, here and below: as bursts divided by
   * those that have one row.
   */
  public void noteRow(int bank, int row) {
    state.openRow[bank] = rows.row(bank, row);
  }

  /** The row that a bank was left with. */
  public int notedRow(int bank) {
    return rows.number(bank, state.openRow[bank]);
  }

  /** Says that a bank is open with a row, or closed; before a state is restored in a ring. */
  public void setBank(int bank, boolean isOpen, int row) {
    noteRow(bank, row);
    if (isOpen) {
      BankMask.set(state.open, bank);
    } else {
      BankMask.clear(state.open, bank);
    }
  }

  /** Numbers of the banks inside, gaps included. */
  public int bankNumbers() {
    return state.openRow.length;
  }

  /** Kind of the row that a bank was left with; 0 everywhere in a device without tiers. */
  public int notedKind(int bank) {
    return state.kind(state.openRow[bank]);
  }

  /** How far a bank's open row lies from the present row of the run that was described last. */
  public long rowDistance(int bank, StreamFrame frame) {
    return notedRow(bank) - frame.row;
  }

  /** Whether a bank, by its number inside, is open now. */
  public boolean isOpen(int bank) {
    return BankMask.is(state.open, bank);
  }

  /** Ranks or pseudo-channels, whatever an all-bank refresh covers. */
  public int scopes() {
    return channel.scopes();
  }

  /** Whether a bank of a rank or pseudo-channel is open. */
  public boolean isScopeOpen(int scope) {
    return state.counters.openBanks(scope) > 0;
  }

  /** Whether nothing is inside and nothing will be issued but the next refresh. */
  public boolean isQuiet() {
    return channel.pending() == 0 && state.isQuiet();
  }

  /**
   * So long nothing is issued whatever is asked for, unless a refresh becomes due, because all
   * banks are closed and none may be opened: they are being refreshed. Requests that come within
   * that time are served as if they came at its end. 0 if anything is inside but requests accepted
   * now.
   */
  public long waitTicks() {
    long now = channel.nowTicks();
    long next = now + 1;
    if (state.counters.openBanks() > 0
        || state.maintenance.size() > 0
        || !state.isOpenPage()
        || refresh.policy() != RefreshPolicy.ALL_BANK
        || scheduler.busSettledTicks() > next
        || state.reads.size() + forwarded.size() > 0
        || !runState.isAllAcceptedAt(now)) {
      return 0;
    }
    long opens = TimingTable.NEVER;
    for (int bank = 0; bank < state.openRow.length; bank++) {
      opens = Math.min(opens, state.timing.earliest(scheduler.activate, bank));
    }
    // To a tick of the same parity.
    return Math.max(0, opens - next) & ~(long) scheduler.edge;
  }

  /** From this tick on no rule forbids anything, if nothing is issued until then. */
  public long settledTicks() {
    return Math.max(
        channel.nowTicks(), Math.max(state.timing.horizon(), scheduler.busSettledTicks()));
  }

  /** What matters of a tick beside its distance from others: 1 on an odd half clock. */
  public long parity(long tick) {
    return tick & scheduler.edge;
  }
}
