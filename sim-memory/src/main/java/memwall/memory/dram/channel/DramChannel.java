package memwall.memory.dram.channel;

import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * One DRAM channel with its controller, exact to the tick. Time is counted in ticks of the
 * standard: tick t lasts from t to t + 1, {@link #nowTicks} is the number of ticks completed.
 *
 * <p>The channel does not tick. It knows the tick of the next command and goes there; what it costs
 * is commands, not time. An idle channel passes over its refreshes arithmetically.
 *
 * <p>A transaction is one burst. A read is complete with its last beat, a write when its command is
 * issued (writes are posted); a read that finds its data in a queued write is complete one tick
 * after it was accepted, a write to the transaction of a queued write at once.
 *
 * <p>A little longer than others: it is the one door to what is behind it (queues, state,
 * scheduler, refreshes, in-memory compute), and little in it is not a call of one of them.
 */
public final class DramChannel {
  static final CompletionSink NO_SINK = (word, write, acceptedTicks, doneTicks) -> {};

  private final DramStandard standard;
  private final AddressMapping mapping;
  private final Scheduler scheduler;
  private final ChannelState state;
  private final RequestQueues queues;
  private final RefreshSchedule refresh;
  private final IdleRefreshes idle;
  private final RefreshSlack slack;
  private final ReadsInFlight forwarded = new ReadsInFlight();
  private final long capacityBytes;
  private final int burstShift;
  private final @Nullable AllBankEngine allBank;
  private long now;

  /** A channel at rest: all rows closed, nothing queued, the first refresh one interval away. */
  public DramChannel(DramStandard standard, ControllerSpec controller) {
    this(standard, controller, null);
  }

  /**
   * A channel at rest whose banks can compute.
   *
   * @param standard one whose rules know the commands of in-memory compute
   * @param compute how those commands are carried out; null: there are none
   * @throws IllegalArgumentException if the controller refreshes single banks, or the units do not
   *     fit the standard
   */
  public DramChannel(
      DramStandard standard, ControllerSpec controller, @Nullable AllBankSpec compute) {
    this.standard = standard;
    mapping = AddressMapping.of(standard, controller.mapping(), controller.bankHash());
    scheduler =
        switch (standard.bus()) {
          case SINGLE -> new SingleBus(standard, controller);
          case DUAL, DUAL_HALF_CLOCK -> new DualBus(standard, controller);
          case TWO_STEP_ACTIVATE -> new TwoStepBus(standard, controller);
        };
    state = scheduler.state;
    queues = state.queues;
    capacityBytes = standard.capacityBytes();
    burstShift = Integer.numberOfTrailingZeros(standard.burstBytes());
    refresh = new RefreshSchedule(standard, controller.refresh(), state.geometry);
    idle = new IdleRefreshes(refresh, state);
    slack = new RefreshSlack(refresh, scheduler, standard.bus());
    if (compute != null && state.power.isOn()) {
      throw new IllegalArgumentException("a channel that computes has no low-power states");
    }
    if (compute != null) {
      if (controller.refresh().isInTurn()) {
        throw new IllegalArgumentException(
            "with refresh of single banks there is always one that all-bank commands wait for;"
                + " memory that computes needs the refresh all-bank or none");
      }
      scheduler.allBank = new AllBankEngine(scheduler, compute, standard, refresh);
    }
    allBank = scheduler.allBank;
  }

  /** Receives what is complete. It must not call the channel. */
  @FunctionalInterface
  public interface CompletionSink {
    /**
     * A transaction is complete.
     *
     * @param word what its sender called it
     * @param write whether it was a write
     * @param acceptedTicks when it was accepted
     * @param doneTicks tick of its last data beat (read) or of its command (write)
     */
    void completed(long word, boolean write, long acceptedTicks, long doneTicks);
  }

  /** Sees every command, for tests and recordings. */
  @FunctionalInterface
  public interface CommandListener {
    /**
     * A command is issued.
     *
     * @param tick tick of its first cycle
     * @param command index of the {@link Command}
     * @param bank bank it goes to, or the first of the banks of its rank or pseudo-channel
     * @param row row that is opened or accessed; -1 for other commands
     */
    void issued(long tick, int command, int bank, int row);
  }

  /** Receives programs of in-memory compute that are complete. It must not call the channel. */
  @FunctionalInterface
  public interface AllBankListener {
    /**
     * A program is complete.
     *
     * @param unit unit that carried it out
     * @param beganTicks when it was handed in
     * @param ranTicks when its first command could go: rows closed, mode switched
     * @param doneTicks last beat of its results, or the end of compute mode if that is later
     */
    void completed(int unit, long beganTicks, long ranTicks, long doneTicks);
  }

  /** Says who receives completions; nobody before. */
  public void onCompletion(CompletionSink sink) {
    state.sink = sink;
  }

  /** Says who sees commands; nobody before. */
  public void onCommand(CommandListener listener) {
    state.listener = listener;
  }

  private AllBankEngine compute() {
    if (allBank == null) {
      throw new IllegalStateException("the banks of " + standard.name() + " do not compute");
    }
    return allBank;
  }

  /** Says who receives programs that are complete; nobody before. */
  public void onProgram(AllBankListener listener) {
    compute().listener = listener;
  }

  /** Ranges of banks that carry out programs of in-memory compute of their own; 0 if none does. */
  public int units() {
    return allBank == null ? 0 : allBank.units();
  }

  /** Begins a program now, between two ticks. The unit must be at rest. */
  public void begin(int unit, AllBankProgram program) {
    compute().begin(unit, program, now);
  }

  /** Whether any unit has a program that is not complete. */
  public boolean isComputing() {
    return allBank != null && allBank.isBusy();
  }

  /** Whether a unit has a program that is not complete. */
  public boolean isComputing(int unit) {
    return compute().isBusy(unit);
  }

  /** Not all programs that run are complete before this tick; {@link #nowTicks} if none runs. */
  public long leastProgramEndTicks() {
    return allBank == null ? now : allBank.bounds.leastEnd(now);
  }

  /**
   * No request that waits in a queue gets its burst before this tick, because compute has all
   * banks; {@link #nowTicks} if that is not so.
   */
  public long heldUntilTicks() {
    if (allBank == null || queues.activeCount > 0 || scheduler.halfOpened() >= 0) {
      return now;
    }
    return allBank.bounds.leastRelease(now);
  }

  /**
   * Commands of in-memory compute that were not looked for one by one, because it was known when
   * they go. They are in all counts.
   */
  public long leaptCommands() {
    return allBank == null ? 0 : allBank.leapt();
  }

  /** Ticks in which the host was held off a unit for the sake of compute. */
  public long heldTicks(int unit) {
    return compute().heldTicks(unit, now);
  }

  /** Clock ticks completed so far. */
  public long nowTicks() {
    return now;
  }

  /** The standard that the channel obeys. */
  public DramStandard standard() {
    return standard;
  }

  /** Whether a transaction at this address would be accepted now. */
  public boolean accepts(long address, boolean write) {
    int way = write ? RequestQueues.WRITE : RequestQueues.READ;
    return !queues.isFull(way) || state.queuedWrites.contains(transaction(address));
  }

  private long transaction(long address) {
    if (address < 0 || address >= capacityBytes) {
      throw new IllegalArgumentException(
          "address " + address + " lies outside of " + capacityBytes + " bytes");
    }
    return address >> burstShift;
  }

  /**
   * Offers a transaction now, between two ticks; false if its queue is full.
   *
   * @param address byte address inside the channel
   * @param write whether data is written
   * @param word what the completion is to be called
   */
  public boolean offer(long address, boolean write, long word) {
    int way = write ? RequestQueues.WRITE : RequestQueues.READ;
    boolean writesQueued = queues.queued[RequestQueues.WRITE] > 0;
    if (queues.isFull(way) && !writesQueued) {
      return false;
    }
    long transaction = transaction(address);
    if (writesQueued && state.queuedWrites.contains(transaction)) {
      if (write) {
        state.counters.coalescedWrites++;
        state.sink.completed(word, true, now, now);
      } else {
        state.counters.forwardedReads++;
        forwarded.add(now + 1, word, now);
      }
      return true;
    }
    if (queues.isFull(way)) {
      return false;
    }
    long location = mapping.decode(address);
    int bank = state.geometry.number(AddressMapping.bank(location));
    int row = AddressMapping.row(location);
    boolean isHit = BankMask.is(state.open, bank) && state.openRow[bank] == row;
    queues.add(way, bank, location, transaction, word, now, isHit);
    if (write) {
      state.queuedWrites.add(transaction);
    }
    state.arrived(way, bank, isHit, now + 1);
    return true;
  }

  /** Runs until a tick is completed; completions up to it are delivered. */
  public void advanceTo(long ticks) {
    advance(ticks, false);
  }

  /**
   * Runs until the first tick at which a transaction completes or a place in a queue becomes free,
   * at most to the given tick; returns {@link #nowTicks}.
   */
  public long advanceToChange(long mostTicks) {
    advance(mostTicks, true);
    return now;
  }

  private void advance(long limit, boolean stopAtChange) {
    Scheduler bus = scheduler;
    state.changed = false;
    while (now < limit) {
      long next = now + 1;
      enterMaintenance(next, limit);
      if (state.stale) {
        state.stale = false;
        state.planInjection(next);
        if (allBank != null) {
          allBank.plan(next); // may keep buses free
        }
        bus.plan(next);
      }
      long computeTick = allBank == null ? TimingTable.NEVER : allBank.planTick();
      long stop = Math.min(limit, Math.min(refresh.due(), state.injectionTick()) - 1);
      if (stopAtChange) {
        long done = Math.min(state.reads.firstDone(), forwarded.firstDone());
        if (done < Math.min(bus.planTick, computeTick) && done < stop) {
          stop = done;
        }
      }
      if (allBank != null && computeTick <= stop && computeTick <= bus.planTick) {
        // The tick is not over: the host may still use another bus.
        now = computeTick - 1;
        deliver();
        now =
            allBank.leap(allBank.issue(horizon(stop)), Math.min(limit, state.injectionTick() - 1))
                - 1;
      } else if (bus.planTick > stop) {
        now = stop;
        deliver();
      } else {
        now = bus.planTick;
        deliver();
        bus.issue();
        slack.issued(now);
        if (allBank != null) {
          allBank.disturbed();
        }
      }
      if (stopAtChange && state.changed) {
        return;
      }
    }
  }

  // What is delivered may have consequences.
  private long horizon(long stop) {
    return Math.min(stop, Math.min(state.reads.firstDone(), forwarded.firstDone()));
  }

  private void enterMaintenance(long next, long limit) {
    if (refresh.due() <= next) {
      idle.passOver(limit, pending() > 0, allBank);
    }
    while (refresh.due() <= next) {
      slack.fires(next);
      refresh.fire(next, state.maintenance, state.power);
      state.maintenanceChanged();
    }
    if (state.injectionTick() <= next) {
      state.inject(next);
    }
  }

  private void deliver() {
    while (forwarded.firstDone() <= now) {
      forwarded.pop(state.sink);
      state.changed = true;
    }
    while (state.reads.firstDone() <= now) {
      state.reads.pop(state.sink);
      state.changed = true;
    }
  }

  /** Divides the refresh interval by 1, 2 or 4 from now on (extended temperature). */
  public void divideRefreshInterval(int divisor) {
    if (divisor != 1 && divisor != 2 && divisor != 4) {
      throw new IllegalArgumentException("refresh interval divided by " + divisor);
    }
    refresh.divideBy(divisor, now + 1);
    idle.disturbed();
  }

  /**
   * Puts everything on which the channel's future depends: two channels of one standard and
   * controller that put the same behave the same from now on, whatever led there. Times are
   * relative to {@link #nowTicks}, and left out where they are past; rows are relative to an
   * origin. What requests are called and what was counted so far is no part of it.
   *
   * @param rowOrigin row that is put as 0
   * @throws IllegalStateException while a program of in-memory compute runs: where it stands is its
   *     owner's
   */
  public void describe(StateSink sink, long rowOrigin) {
    if (allBank != null && allBank.isBusy()) {
      throw new IllegalStateException("a channel that computes cannot be described");
    }
    scheduler.describe(sink, now, rowOrigin);
    refresh.describe(sink, now);
    forwarded.describe(sink, now);
  }

  /** Requests whose first command found the row open. */
  public long rowHits() {
    return state.counters.rowHits;
  }

  /** Requests whose first command found the bank closed. */
  public long rowMisses() {
    return state.counters.rowMisses;
  }

  /** Requests whose first command had to close another row. */
  public long rowConflicts() {
    return state.counters.rowConflicts;
  }

  /** Read bursts issued. */
  public long reads() {
    return state.counters.reads;
  }

  /** Write bursts issued. */
  public long writes() {
    return state.counters.writes;
  }

  /** Reads answered from queued writes, without a burst. */
  public long forwardedReads() {
    return state.counters.forwardedReads;
  }

  /** Writes that found a queued write to the same transaction, without a burst of their own. */
  public long coalescedWrites() {
    return state.counters.coalescedWrites;
  }

  /** Commands of a kind issued in the whole channel. */
  public long commands(Command command) {
    return state.counters.commands(command);
  }

  /** Ranks or pseudo-channels, whatever an all-bank refresh covers. */
  public int scopes() {
    return state.geometry.scopes();
  }

  /** Commands of a kind issued in one rank or pseudo-channel. */
  public long commands(Command command, int scope) {
    return state.counters.commands[scope * Command.COUNT + command.index()];
  }

  /** Ticks during which at least one bank of a rank or pseudo-channel was open. */
  public long openTicks(int scope) {
    return state.counters.openTicks(scope, now);
  }

  /** Ticks that a rank or pseudo-channel spent in a state of low power. */
  public long lowPowerTicks(int scope, LowPower which) {
    return state.power.ticks(scope, which, now);
  }

  /** Times that a rank or pseudo-channel left a state of low power. */
  long lowPowerExits(int scope) {
    return state.power.exits(scope);
  }

  /** Banks whose row is open now. */
  public int openBanks() {
    return state.counters.openBanks();
  }

  /** Requests inside: queued, active, or read with the data still on its way. */
  public int pending() {
    return queues.size() + state.reads.size() + forwarded.size();
  }

  /** Requests of one direction that wait for their row, the active ones excluded. */
  public int queued(boolean write) {
    return queues.queued[write ? RequestQueues.WRITE : RequestQueues.READ];
  }

  /** Reads whose burst was issued and whose data is on its way. */
  public int readsInFlight() {
    return state.reads.size();
  }

  /** Reads that were answered from queued writes and are complete at the next tick. */
  public int readsForwarded() {
    return forwarded.size();
  }

  /** Tick at which so many of {@link #readsInFlight} are complete; at least 1. */
  public long readsDoneTicks(long count) {
    return state.reads.done(count);
  }

  /** No burst is issued before this tick, if nothing is offered until then. */
  public long leastIssueTicks() {
    if (state.stale || allBank != null) {
      return now + 1;
    }
    long tick = Math.min(scheduler.planTick, Math.min(refresh.due(), state.injectionTick()));
    return tick == TimingTable.NEVER ? now + 1 : Math.max(now + 1, tick);
  }

  /**
   * Whether the queued requests of one direction wait as long as a sender keeps the queue of the
   * other direction full. False may also mean that it is not known.
   */
  public boolean holdsBack(boolean write) {
    return scheduler.holdsBack(write ? RequestQueues.WRITE : RequestQueues.READ);
  }

  /**
   * The state in writing and back, for ports that follow what they have seen before. While a
   * program of in-memory compute runs there is nothing to describe and nothing to restore.
   */
  public ChannelImage image() {
    return new ChannelImage(
        this, scheduler, refresh, slack, forwarded, new RowNumbers(standard, mapping));
  }

  /** For {@link ChannelImage}: changes the time without anything happening. */
  void moveTo(long ticks) {
    now = ticks;
    idle.disturbed();
  }
}
