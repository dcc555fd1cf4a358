package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * Decides which command is issued when, and has the {@link ChannelState} carry it out.
 *
 * <p>First-ready, first-come first-served with row-hit protection, in three classes: the burst of a
 * request whose row was opened for it (active) goes before maintenance (refresh, policy
 * precharges), that before the requests in the queues. In a queue the oldest request whose next
 * command is allowed wins; a row is not closed while an older or equally old request for it waits
 * in the same queue (unless the {@link QueueOrder} is the plain one), nor while an active request
 * needs it.
 *
 * <p>{@link #plan} computes the next issue and its tick from the state alone; nothing can be issued
 * earlier unless a request arrives or maintenance becomes due, and then it is called again. Sub
 * classes know how a standard's commands travel.
 *
 * <p>Longer than others: the classes of requests compete for one slot, so what may go next is read
 * together. State, queues, timing and buses are elsewhere.
 */
abstract class Scheduler {
  static final long NEVER = TimingTable.NEVER;

  static final int PREPB = Command.PREPB.index();
  static final int PREAB = Command.PREAB.index();
  static final int RD = Command.RD.index();
  static final int WR = Command.WR.index();
  static final int REFAB = Command.REFAB.index();
  static final int REFPB = Command.REFPB.index();
  static final int REFSB = Command.REFSB.index();

  static final int READ = RequestQueues.READ;
  static final int WRITE = RequestQueues.WRITE;

  /** So many banks are looked at one by one before the order of age is worth following. */
  private static final int FEW_BANKS = 6;

  final ChannelState state;

  // The parts of the state that decisions read, for short.
  final Geometry geometry;
  final TimingTable timing;
  final RequestQueues queues;
  final MaintenanceQueue maintenance;
  final long[] open;
  final long[] active;
  final long[] activating;
  final long[] blocked;

  /** Carries out in-memory compute, where the channel has any. */
  @Nullable AllBankEngine allBank;

  /** By command: after this tick none goes for a request, as long as compute has precedence. */
  final long[] lastTick = new long[Command.COUNT];

  /** Tick of the planned command, {@link #NEVER} if nothing can ever be issued as things stand. */
  long planTick = NEVER;

  boolean writeMode;

  /** Whether queued writes were considered because no read was queued; its reader resets it. */
  boolean ranDry;

  /** First command of opening a row. */
  final int activate;

  /** 1 where columns and activates begin on odd ticks only. */
  final int edge;

  /** Tick at which {@link #onBus} may put a precharge off. */
  long pairedTick = -1;

  // The best candidate so far among queued requests.
  long bestTick;
  int bestSlot;
  int bestCommand;

  // The first burst of an active request.
  long activeTick;
  int activePosition;

  // The best maintenance command.
  long maintenanceTick;
  int maintenancePosition;
  int maintenanceCommand;

  /** The bank that it closes, if that is the command, or its target. */
  int maintenanceBank;

  // Closed banks that queued requests want open: scratch.
  private final long[] closed;

  private final boolean headOfLine;

  /** Whether a row stays open for requests to it that are older than who wants another. */
  final boolean protectsHits;

  private final int writeOn;
  private final int writeOff;

  Scheduler(DramStandard standard, ControllerSpec spec, int activate, int edge) {
    state = new ChannelState(standard, spec);
    geometry = state.geometry;
    timing = state.timing;
    queues = state.queues;
    maintenance = state.maintenance;
    open = state.open;
    active = state.active;
    activating = state.activating;
    blocked = state.blocked;
    closed = new long[queues.words];
    Arrays.fill(lastTick, NEVER);
    this.activate = activate;
    this.edge = edge;
    headOfLine = spec.blocking() == RefreshBlocking.CHANNEL;
    protectsHits = spec.order() == QueueOrder.FR_FCFS_ROW_HIT;
    writeOn = spec.writeQueue() * spec.writeHighPercent() / 100 + 1;
    writeOff = (spec.writeQueue() * spec.writeLowPercent() + 99) / 100;
  }

  /** Plans the next issue, no earlier than tick {@code next}; sets {@link #planTick}. */
  abstract void plan(long next);

  /** Issues what was planned, at {@link #planTick}. */
  abstract void issue();

  /** The state that only this kind of bus has, but for requests; nothing planned is kept. */
  abstract void exchangeBus(StateBuffer buffer, @Nullable StreamFrame frame, long next);

  /** From this tick on no timer of the bus forbids anything. */
  long busSettledTicks() {
    return 0;
  }

  /** The request whose row is half opened, {@link RequestQueues#NONE} if there is none. */
  int halfOpened() {
    return RequestQueues.NONE;
  }

  /** Sets the request whose row is half opened. */
  void halfOpened(int slot) {}

  /** The request whose burst must come next, {@link RequestQueues#NONE} if there is none. */
  int continued() {
    return RequestQueues.NONE;
  }

  /** Sets the request whose burst must come next, and whether it is an active one. */
  void continueWith(int slot, boolean isActive) {}

  /**
   * The tick of the next issue if no refresh came, where it is not planned yet; -1 if planning
   * would have other consequences. Everything has to be planned again afterwards.
   */
  final long foresee(long next) {
    if (!state.stale) {
      return planTick;
    }
    boolean itsWriteMode = writeMode;
    boolean itRanDry = ranDry;
    boolean itsHitArrived = state.hitArrived;
    boolean itsMissArrived = state.missArrived;
    plan(next);
    boolean isSame = writeMode == itsWriteMode && ranDry == itRanDry;
    writeMode = itsWriteMode;
    ranDry = itRanDry;
    state.hitArrived = itsHitArrived;
    state.missArrived = itsMissArrived;
    return isSame ? planTick : -1;
  }

  // Candidates ---------------------------------------------------------------------------------

  /** Switches between reads and writes as the watermarks say; returns the queue to serve. */
  final int serve() {
    int queuedReads = queues.queued[READ];
    int queuedWrites = queues.queued[WRITE];
    ranDry |= queuedReads == 0;
    if (writeMode) {
      writeMode = queuedWrites >= writeOff || queuedReads == 0;
    } else {
      writeMode = queuedWrites >= writeOn || queuedReads == 0;
    }
    return writeMode ? WRITE : READ;
  }

  /**
   * Whether the queued requests of one direction wait while the other queue is kept full. In one
   * tick two requests may leave a full queue at most, a column's and a row's; no active request may
   * be of that direction, for it is served anyway.
   */
  final boolean holdsBack(int way) {
    for (int i = 0; i < queues.activeCount; i++) {
      if (queues.direction[queues.active[i]] == way) {
        return false;
      }
    }
    if (halfOpened() >= 0 && queues.direction[halfOpened()] == way) {
      return false;
    }
    if (way == WRITE) {
      return !writeMode && queues.queued[WRITE] < writeOn && queues.capacity(READ) > 2;
    }
    return writeMode && queues.queued[WRITE] >= writeOff && queues.capacity(WRITE) - 2 >= writeOff;
  }

  /** Whether queued requests have to wait for maintenance altogether. */
  final boolean queuesBlocked() {
    return headOfLine && maintenance.size() > 0;
  }

  /** Forgets the best candidate among queued requests, before others are considered. */
  final void forgetBest() {
    bestTick = NEVER;
    bestSlot = RequestQueues.NONE;
  }

  /** Finds the active request whose burst is allowed first. */
  final void considerActive(long next) {
    long tick = NEVER;
    int position = RequestQueues.NONE;
    long readFloor = Math.max(next, timing.floor(RD));
    long writeFloor = Math.max(next, timing.floor(WR));
    for (int i = 0; i < queues.activeCount; i++) {
      int slot = queues.active[i];
      boolean isRead = queues.direction[slot] == READ;
      long ready =
          timing.earliest(isRead ? RD : WR, queues.bank[slot], isRead ? readFloor : writeFloor)
              | edge;
      if (ready > lastTick[isRead ? RD : WR]) {
        continue;
      }
      if (ready < tick
          || (ready == tick && queues.accepted[slot] < queues.accepted[queues.active[position]])) {
        tick = ready;
        position = i;
      }
    }
    activeTick = tick;
    activePosition = position;
  }

  /** Considers the oldest row hit of every bank. */
  final void considerColumns(int way, long next) {
    int command = way == READ ? RD : WR;
    long floor = Math.max(next, timing.floor(command));
    if (floor > bestTick) {
      return;
    }
    int banks = 0;
    for (long word : queues.hits[way]) {
      banks += Long.bitCount(word);
    }
    if (banks > FEW_BANKS) {
      scanByAge(command, way, floor | edge);
      return;
    }
    for (int word = 0; word < queues.words; word++) {
      long left = queues.hits[way][word] & ~blocked[word];
      if (left != 0) {
        scan(command, way, word, left, queues.hitHead, floor);
      }
    }
  }

  // Where hits are spread over many banks one of the oldest can nearly always go at once: then
  // nothing younger needs to be looked at.
  private void scanByAge(int command, int way, long floor) {
    long[] groupTicks = timing.groups(command);
    long[] bankTicks = timing.banks(command);
    int groupShift = timing.groupShift();
    AgeOrder ages = queues.ages[way];
    long tick = NEVER;
    int slot = RequestQueues.NONE;
    for (int word = 0; word < ages.hits.length; word++) {
      for (long left = ages.hits[word]; left != 0; left &= left - 1) {
        int hit = ages.slots[word << 6 | Long.numberOfTrailingZeros(left)];
        int bank = queues.bank[hit];
        long ready = Math.max(groupTicks[bank >>> groupShift], bankTicks[bank]) | edge;
        if (ready < tick && !BankMask.is(blocked, bank)) {
          if (ready <= floor) {
            take(floor, hit, command);
            return;
          }
          tick = ready;
          slot = hit;
        }
      }
    }
    take(tick, slot, command);
  }

  private void take(long tick, int slot, int command) {
    if (slot >= 0
        && tick <= lastTick[command]
        && (tick < bestTick
            || (tick == bestTick
                && (bestSlot < 0 || queues.sequence[slot] < queues.sequence[bestSlot])))) {
      bestTick = tick;
      bestSlot = slot;
      bestCommand = command;
    }
  }

  /** Considers the oldest request of every closed bank. */
  final void considerActivates(int way, long next) {
    long floor = Math.max(next, timing.floor(activate));
    if (floor > bestTick) {
      return;
    }
    int count = 0;
    for (int word = 0; word < queues.words; word++) {
      closed[word] = queues.misses[way][word] & ~(open[word] | activating[word] | blocked[word]);
      count += Long.bitCount(closed[word]);
    }
    if (count > FEW_BANKS) {
      scanClosedByAge(way, floor | edge);
      return;
    }
    for (int word = 0; word < queues.words; word++) {
      if (closed[word] != 0) {
        scan(activate, way, word, closed[word], queues.missHead, floor);
      }
    }
  }

  // Where many banks wait for an activate it is mostly a rule of their rank that they wait for, all
  // until the same tick: then one of the oldest will do.
  private void scanClosedByAge(int way, long floor) {
    long[] groupTicks = timing.groups(activate);
    long[] bankTicks = timing.banks(activate);
    int groupShift = timing.groupShift();
    AgeOrder ages = queues.ages[way];
    long least = Math.max(floor, leastGroupTick(groupTicks) | edge);
    long tick = NEVER;
    int slot = RequestQueues.NONE;
    for (int word = 0; word < ages.misses.length; word++) {
      for (long left = ages.misses[word]; left != 0; left &= left - 1) {
        int miss = ages.slots[word << 6 | Long.numberOfTrailingZeros(left)];
        int bank = queues.bank[miss];
        long ready = Math.max(groupTicks[bank >>> groupShift], bankTicks[bank]) | edge;
        if (ready < tick && BankMask.is(closed, bank)) {
          if (ready <= least) {
            take(Math.max(ready, floor), miss, activate);
            return;
          }
          tick = ready;
          slot = miss;
        }
      }
    }
    take(tick, slot, activate);
  }

  /** First tick that any group with a closed bank in demand allows. */
  private long leastGroupTick(long[] groupTicks) {
    int groupShift = timing.groupShift();
    long least = NEVER;
    if (groupShift > 6) {
      return 0; // more banks to a group than bits to a word: no bound worth having
    }
    long size = groupShift == 6 ? -1 : (1L << (1 << groupShift)) - 1;
    for (int group = 0; group < groupTicks.length; group++) {
      int bank = group << groupShift;
      if (groupTicks[group] < least && (closed[bank >> 6] >>> bank & size) != 0) {
        least = groupTicks[group];
      }
    }
    return least;
  }

  /** Considers closing every bank in which a request for another row is the oldest. */
  final void considerPrecharges(int way, long next) {
    long floor = Math.max(next, timing.floor(PREPB));
    if (floor > bestTick) {
      return;
    }
    for (int word = 0; word < queues.words; word++) {
      long banks = queues.misses[way][word] & open[word] & ~(active[word] | blocked[word]);
      if (banks != 0) {
        scan(PREPB, way, word, banks, queues.missHead, floor);
      }
    }
  }

  // The oldest of the requests whose command is allowed first, against the best so far.
  private void scan(int command, int way, int word, long banks, int[] heads, long floor) {
    long[] groupTicks = timing.groups(command);
    long[] bankTicks = timing.banks(command);
    int groupShift = timing.groupShift();
    int base = way * queues.banks;
    boolean isCut = lastTick[command] < bestTick;
    long tick = isCut ? lastTick[command] : bestTick;
    int slot = isCut ? RequestQueues.NONE : bestSlot;
    long order = slot < 0 ? Long.MAX_VALUE : queues.sequence[slot];
    long left = banks;
    while (left != 0) {
      int bank = (word << 6) + Long.numberOfTrailingZeros(left);
      left &= left - 1;
      long ready = Math.max(floor, Math.max(groupTicks[bank >>> groupShift], bankTicks[bank]));
      if (ready > tick) {
        continue;
      }
      int head = heads[base + bank];
      if (command == PREPB) {
        int hit = protectsHits ? queues.hitHead[base + bank] : RequestQueues.NONE;
        if (hit >= 0 && queues.accepted[hit] <= queues.accepted[head]) {
          continue;
        }
        if (ready == pairedTick) {
          ready = onBus(PREPB, bank, ready);
        }
      } else {
        ready |= edge;
      }
      if (ready < tick || (ready == tick && queues.sequence[head] < order)) {
        tick = ready;
        slot = head;
        order = queues.sequence[head];
      }
    }
    if (slot >= 0 && slot != bestSlot) {
      bestTick = tick;
      bestSlot = slot;
      bestCommand = command;
    }
  }

  // What in-memory compute asks of a bus --------------------------------------------------------

  /** Whether commands that serve no request may go next. */
  boolean takesOthers() {
    return true;
  }

  /** A row command for a range of banks from this one on was issued. */
  void rowIssued(int command, int bank, long tick) {}

  /** The command that must go before a burst over the data bus at this tick; -1 if none. */
  int synchronisation(boolean isRead, long tick) {
    return -1;
  }

  /** Ticks from that command to the burst. */
  long synchronisationTicks() {
    return 0;
  }

  /** A burst over the data bus or what synchronises it was issued for compute. */
  void synchronised(int command, long tick) {}

  /** First tick at or after the given one at which the bus takes a row command of maintenance. */
  long onBus(int command, int bank, long tick) {
    return tick;
  }

  /** Finds the first maintenance command, if any can be issued as things stand. */
  final void considerMaintenance(long next) {
    maintenanceTick = NEVER;
    int end = headOfLine ? Math.min(1, maintenance.size()) : maintenance.size();
    for (int i = 0; i < end; i++) {
      int target = maintenance.target(i);
      int command;
      long ready;
      int bank = target;
      if (maintenance.command(i) == REFSB) {
        int last = geometry.lastBank(geometry.scope(target));
        if (anyOfSameBanks(active, target, last) || anyOfSameBanks(activating, target, last)) {
          continue;
        }
        bank = firstToClose(target, last, next);
        command = bank >= 0 ? PREPB : REFSB;
        ready =
            bank >= 0
                ? onBus(PREPB, bank, Math.max(next, timing.earliest(PREPB, bank)))
                : onBus(REFSB, target, Math.max(next, timing.earliestOfSameBanks(REFSB, target)));
      } else if (maintenance.command(i) == REFAB) {
        int first = geometry.firstBank(target);
        int last = geometry.lastBank(target);
        if (allBank != null && allBank.isOpen(first, last)) {
          continue;
        }
        boolean closing = BankMask.any(open, first, last) || BankMask.any(activating, first, last);
        command = closing ? PREAB : REFAB;
        if (closing
            && (BankMask.any(active, first, last) || BankMask.any(activating, first, last))) {
          continue;
        }
        ready = onBus(command, first, Math.max(next, timing.earliestInScope(command, target)));
      } else {
        if (BankMask.is(active, target)
            || BankMask.is(activating, target)
            || (allBank != null && allBank.isOpen(target, target))) {
          continue;
        }
        command = BankMask.is(open, target) ? PREPB : maintenance.command(i);
        ready = onBus(command, target, Math.max(next, timing.earliest(command, target)));
      }
      if (ready < maintenanceTick) {
        maintenanceTick = ready;
        maintenancePosition = i;
        maintenanceCommand = command;
        maintenanceBank = bank;
      }
    }
  }

  private boolean anyOfSameBanks(long[] mask, int first, int last) {
    for (int bank = first; bank <= last; bank += geometry.groupSize()) {
      if (BankMask.is(mask, bank)) {
        return true;
      }
    }
    return false;
  }

  /** The open bank that can be closed first, of those the lowest; -1 if none is open. */
  private int firstToClose(int first, int last, long next) {
    int best = -1;
    long tick = NEVER;
    for (int bank = first; bank <= last; bank += geometry.groupSize()) {
      if (BankMask.is(open, bank)) {
        long ready = onBus(PREPB, bank, Math.max(next, timing.earliest(PREPB, bank)));
        if (ready < tick) {
          tick = ready;
          best = bank;
        }
      }
    }
    return best;
  }

  /**
   * Puts everything on which the future depends, relative to now and to a row. What was planned is
   * no part of it: it follows from the rest.
   */
  void describe(StateSink sink, long now, long rowOrigin) {
    sink.put(now & edge);
    sink.put(writeMode ? 1 : 0);
    state.describe(sink, now, rowOrigin);
  }
}
