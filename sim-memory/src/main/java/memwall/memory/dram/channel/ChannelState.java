package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * What a channel is at a moment, banks, queues, constraints, and what each command does to it.
 * Knows how to carry out, not what to choose: that is the {@link Scheduler}.
 */
final class ChannelState {
  private static final int PREPB = Command.PREPB.index();
  private static final int PREAB = Command.PREAB.index();
  private static final int RD = Command.RD.index();
  private static final int WR = Command.WR.index();
  private static final int RDA = Command.RDA.index();
  private static final int WRA = Command.WRA.index();
  private static final int REFAB = Command.REFAB.index();
  private static final int REFPB = Command.REFPB.index();
  private static final int REFSB = Command.REFSB.index();

  private static final int READ = RequestQueues.READ;
  private static final int WRITE = RequestQueues.WRITE;

  final Geometry geometry;
  final TimingTable timing;
  final RequestQueues queues;
  final TransactionSet queuedWrites;
  final MaintenanceQueue maintenance = new MaintenanceQueue();
  final ReadsInFlight reads = new ReadsInFlight();
  final ChannelCounters counters;

  /** Open row of each bank; meaningful where its bit in {@link #open} is set. */
  final int[] openRow;

  /** Banks with an open row; with an active request; between the halves of an activate. */
  final long[] open;

  final long[] active;
  final long[] activating;

  /** Banks that no queued request may use, because their refresh is due or compute has them. */
  final long[] blocked;

  /** Banks that in-memory compute has for itself. */
  private final long[] held;

  DramChannel.CompletionSink sink = DramChannel.NO_SINK;
  DramChannel.@Nullable CommandListener listener;

  /** Whether requests or banks changed since the last plan. */
  boolean stale = true;

  // What came from outside since the last plan.
  boolean hitArrived;
  boolean missArrived;
  boolean maintenanceArrived;

  /** Tick of the last burst for a request. */
  long burstTick;

  /** Whether a queue slot became free or a request complete; the channel resets it. */
  boolean changed;

  final PowerStates power;

  private final RowKinds kinds;
  private final boolean headOfLine;
  private final long readLatencyTicks;
  private final PagePolicy page;
  private final int pageHits;
  private final int[] bursts;
  private final boolean[] injected;
  private long injectionTick = TimingTable.NEVER;

  ChannelState(DramStandard standard, ControllerSpec spec) {
    geometry = new Geometry(standard);
    kinds = new RowKinds(standard);
    timing = new TimingTable(standard, geometry, used(standard, spec));
    queues = new RequestQueues(geometry.size(), spec.readQueue(), spec.writeQueue());
    queuedWrites = new TransactionSet(spec.writeQueue());
    counters = new ChannelCounters(geometry.scopes());
    power = new PowerStates(standard, spec, geometry, timing, counters);
    openRow = new int[geometry.size()];
    open = new long[queues.words];
    active = new long[queues.words];
    activating = new long[queues.words];
    blocked = new long[queues.words];
    held = new long[queues.words];
    headOfLine = spec.blocking() == RefreshBlocking.CHANNEL;
    readLatencyTicks = standard.readLatencyTicks();
    page = spec.page();
    pageHits = spec.pageHits();
    bursts = new int[geometry.size()];
    injected = new boolean[geometry.size()];
  }

  // Rules about commands that this controller never issues would only cost time.
  private static boolean[] used(DramStandard standard, ControllerSpec spec) {
    boolean[] used = new boolean[Command.COUNT];
    Arrays.fill(used, true);
    used[RDA] = spec.page() == PagePolicy.CLOSED;
    used[WRA] = spec.page() == PagePolicy.CLOSED;
    used[REFAB] = spec.refresh() == RefreshPolicy.ALL_BANK;
    boolean computes =
        standard.rules().stream().anyMatch(rule -> rule.after().contains(Command.MACAB));
    used[PREAB] = spec.refresh() == RefreshPolicy.ALL_BANK || computes;
    used[REFPB] = spec.refresh() == RefreshPolicy.PER_BANK;
    used[REFSB] = spec.refresh() == RefreshPolicy.SAME_BANK;
    return used;
  }

  /**
   * Has to be called when a request entered a queue. Behind an older one of its bank, a hit behind
   * a hit or a miss behind a miss, it changes nothing that was planned.
   */
  void arrived(int way, int bank, boolean isHit, long next) {
    stale = true;
    power.requested(geometry.scope(bank), next);
    if (isHit) {
      hitArrived |= queues.hasOneHit(way, bank);
    } else {
      missArrived |= queues.hasOneMiss(way, bank);
    }
  }

  /** Issues the burst of a request that is a hit in its queue. */
  void issueQueuedColumn(int slot, long tick, boolean mayPrecharge) {
    queues.removeHit(slot);
    if (queues.direction[slot] == WRITE) {
      queuedWrites.remove(queues.transaction[slot]);
    }
    changed = true;
    issueBurst(slot, tick, mayPrecharge && !BankMask.is(active, queues.bank[slot]));
  }

  /** Issues the burst of an active request. */
  void issueActiveColumn(int position, long tick, boolean mayPrecharge) {
    int slot = queues.active[position];
    queues.deactivate(position);
    BankMask.clear(active, queues.bank[slot]);
    issueBurst(slot, tick, mayPrecharge);
  }

  private void issueBurst(int slot, long tick, boolean mayPrecharge) {
    int bank = queues.bank[slot];
    int way = queues.direction[slot];
    int command = way == READ ? RD : WR;
    burstTick = tick;
    if (!queues.counted[slot]) {
      counters.rowHits++;
    }
    boolean closes = false;
    if (page == PagePolicy.CLOSED) {
      int closing = way == READ ? RDA : WRA;
      closes = mayPrecharge && bursts[bank] >= pageHits && timing.earliest(closing, bank) <= tick;
      command = closes ? closing : command;
    }
    record(command, bank, openRow[bank], tick);
    timing.issue(command, bank, tick, kinds.of(openRow[bank]));
    if (closes) {
      close(bank, tick);
    } else {
      bursts[bank]++;
    }
    if (way == READ) {
      reads.add(tick + readLatencyTicks, queues.word[slot], queues.accepted[slot]);
      counters.reads++;
    } else {
      counters.writes++;
      changed = true;
      sink.completed(queues.word[slot], true, queues.accepted[slot], tick);
    }
    queues.release(slot);
    power.served(geometry.scope(bank), tick);
    stale = true;
  }

  /** Takes the request out of its queue: its row is being opened. */
  void beginActivate(int slot) {
    if (!queues.counted[slot]) {
      queues.counted[slot] = true;
      counters.rowMisses++;
    }
    queues.removeMiss(slot);
    if (queues.direction[slot] == WRITE) {
      queuedWrites.remove(queues.transaction[slot]);
    }
    changed = true;
  }

  /** The bank is open now; the request is active. */
  void finishActivate(int command, int slot, long tick) {
    int bank = queues.bank[slot];
    openRow[bank] = queues.row[slot];
    record(command, bank, openRow[bank], tick);
    timing.issue(command, bank, tick, kinds.of(openRow[bank]));
    BankMask.set(open, bank);
    BankMask.set(active, bank);
    counters.opened(geometry.scope(bank), tick);
    queues.open(bank, openRow[bank]);
    queues.activate(slot);
    stale = true;
  }

  /** Closes a bank for the sake of a request. */
  void issuePrecharge(int slot, long tick) {
    if (!queues.counted[slot]) {
      queues.counted[slot] = true;
      counters.rowConflicts++;
    }
    issueClosing(queues.bank[slot], tick);
    close(queues.bank[slot], tick);
    stale = true;
  }

  private void issueClosing(int bank, long tick) {
    record(PREPB, bank, -1, tick);
    timing.issue(PREPB, bank, tick, kinds.of(openRow[bank]));
  }

  /** Kind of a row, for commands to it that are issued elsewhere. */
  int kind(int row) {
    return kinds.of(row);
  }

  /** Closing rows of several tiers takes as long as the slowest of them. */
  private void issuePrechargeOfAll(int first, int last, long tick) {
    long bits = 0;
    for (int bank = first; bank <= last && kinds.areSeveral(); bank++) {
      bits |= BankMask.is(open, bank) ? kinds.bit(openRow[bank]) : 0;
    }
    record(PREAB, first, -1, tick);
    timing.issue(PREAB, first, tick, bits == 0 ? 0 : Long.numberOfTrailingZeros(bits));
    timing.alsoTo(PREAB, first, tick, bits & (bits - 1));
  }

  /**
   * Issues the planned maintenance command.
   *
   * @param bank the bank that is closed on the way, if that is the command
   */
  void issueMaintenance(int position, int command, int bank, long tick) {
    int target = maintenance.target(position);
    if (command == maintenance.command(position)) {
      maintenance.remove(position);
      power.left(command == REFAB ? target : geometry.scope(target), tick);
      maintenanceChanged();
    }
    if (command == PREAB || command == REFAB) {
      int first = geometry.firstBank(target);
      int last = geometry.lastBank(target);
      if (command == PREAB) {
        issuePrechargeOfAll(first, last, tick);
        for (int each = first; each <= last; each++) {
          close(each, tick);
        }
      } else {
        record(command, first, -1, tick);
        timing.issue(command, first, tick);
      }
    } else if (command == PREPB && !BankMask.is(open, bank)) {
      // Its place in the queue and its time are spent, the device does not hear it.
      timing.issue(command, bank, tick);
      close(bank, tick);
    } else if (command == PREPB) {
      issueClosing(bank, tick);
      close(bank, tick);
    } else {
      record(command, target, -1, tick);
      timing.issue(command, target, tick);
    }
    stale = true;
  }

  /** Closes a bank if it is open; the closed-page policy begins to count anew anyway. */
  private void close(int bank, long tick) {
    if (BankMask.is(open, bank)) {
      BankMask.clear(open, bank);
      counters.closed(geometry.scope(bank), tick);
      queues.close(bank);
    }
    bursts[bank] = 0;
    if (injected[bank]) {
      injected[bank] = false;
      if (!headOfLine) {
        // Where maintenance is served in order, as by the reference, the precharge stays in line.
        if (maintenance.removeFirst(PREPB, bank)) {
          power.left(geometry.scope(bank), tick);
        }
        maintenanceChanged();
      }
    }
  }

  /** Has to be called after entries of {@link #maintenance} came or went. */
  void maintenanceChanged() {
    stale = true;
    maintenanceArrived = true;
    System.arraycopy(held, 0, blocked, 0, held.length);
    if (headOfLine) {
      return;
    }
    for (int i = 0; i < maintenance.size(); i++) {
      int target = maintenance.target(i);
      if (maintenance.command(i) == REFAB) {
        for (int bank = geometry.firstBank(target); bank <= geometry.lastBank(target); bank++) {
          BankMask.set(blocked, bank);
        }
      } else if (maintenance.command(i) == REFSB) {
        int last = geometry.lastBank(geometry.scope(target));
        for (int bank = target; bank <= last; bank += geometry.groupSize()) {
          BankMask.set(blocked, bank);
        }
      } else {
        BankMask.set(blocked, target);
      }
    }
  }

  /** Keeps queued requests off a range of banks for the sake of compute, or lets them in again. */
  void hold(int first, int last, boolean isHeld) {
    for (int bank = first; bank <= last; bank++) {
      if (isHeld) {
        BankMask.set(held, bank);
      } else {
        BankMask.clear(held, bank);
      }
    }
    maintenanceChanged();
  }

  /** Closes the rows that the host left open in a range of banks; the command is recorded apart. */
  void closeRows(int first, int last, long tick) {
    for (int bank = first; bank <= last; bank++) {
      if (BankMask.is(open, bank)) {
        close(bank, tick);
      }
    }
  }

  void record(int command, int bank, int row, long tick) {
    int scope = geometry.scope(bank);
    counters.commands[scope * Command.COUNT + command]++;
    power.issued(command, scope, tick);
    if (listener != null) {
      listener.issued(tick, command, geometry.outside(bank), row);
    }
  }

  // Closed page --------------------------------------------------------------------------------

  /** Tick at which a precharge of the closed-page policy becomes maintenance. */
  long injectionTick() {
    return injectionTick;
  }

  void planInjection(long next) {
    injectionTick = TimingTable.NEVER;
    if (page == PagePolicy.OPEN) {
      return;
    }
    for (int bank = 0; bank < bursts.length; bank++) {
      if (bursts[bank] >= pageHits && !injected[bank]) {
        injectionTick = Math.min(injectionTick, Math.max(next, timing.earliest(PREPB, bank)));
      }
    }
  }

  /** The state of the closed-page policy. */
  void exchangePage(StateBuffer buffer, long next) {
    if (page == PagePolicy.OPEN) {
      return;
    }
    buffer.part(StateBuffer.PAGE);
    for (int bank = 0; bank < bursts.length; bank++) {
      bursts[bank] = buffer.exchange(Math.min(bursts[bank], pageHits));
      injected[bank] = buffer.exchange(injected[bank]);
    }
    // Until the next plan the tick of the last one holds, even if more banks are ready by now.
    if (buffer.exchange(injectionTick != TimingTable.NEVER)) {
      injectionTick = buffer.until(injectionTick, next);
    } else {
      injectionTick = TimingTable.NEVER;
    }
  }

  /** Whether nothing but a refresh can be issued as long as no request comes. */
  boolean isQuiet() {
    return queues.size() == 0 && maintenance.size() == 0 && page == PagePolicy.OPEN;
  }

  /** Whether rows stay open until something else is asked for. */
  boolean isOpenPage() {
    return page == PagePolicy.OPEN;
  }

  /** Something else than commands and arrivals changed the state. */
  void restored() {
    maintenanceChanged();
    hitArrived = true;
    missArrived = true;
  }

  /** Enters the precharges that are allowed at this tick. */
  void inject(long tick) {
    for (int bank = 0; bank < bursts.length; bank++) {
      if (bursts[bank] >= pageHits && !injected[bank] && timing.earliest(PREPB, bank) <= tick) {
        injected[bank] = true;
        maintenance.add(PREPB, bank);
        power.entered(geometry.scope(bank), tick);
      }
    }
    maintenanceChanged();
  }

  // State --------------------------------------------------------------------------------------

  /** Puts everything on which the future depends, relative to now and to a row. */
  void describe(StateSink sink, long now, long rowOrigin) {
    timing.describe(sink, now + 1);
    // Where rows are of several kinds it matters which they are, not only how far apart.
    sink.put(kinds.areSeveral() ? rowOrigin : 0);
    for (int bank = 0; bank < openRow.length; bank++) {
      boolean isOpen = BankMask.is(open, bank);
      sink.put(isOpen ? 1 : 0);
      sink.put(isOpen ? openRow[bank] - rowOrigin : 0);
      if (page == PagePolicy.CLOSED) {
        sink.put(Math.min(bursts[bank], pageHits));
        sink.put(injected[bank] ? 1 : 0);
      }
    }
    int[] order = new int[Math.max(queues.capacity(READ), queues.capacity(WRITE))];
    for (int way = READ; way <= WRITE; way++) {
      int count = queues.inOrder(way, order);
      sink.put(count);
      for (int i = 0; i < count; i++) {
        describeRequest(sink, order[i], now, rowOrigin);
      }
    }
    sink.put(queues.activeCount);
    for (int i = 0; i < queues.activeCount; i++) {
      describeRequest(sink, queues.active[i], now, rowOrigin);
    }
    maintenance.describe(sink);
    power.describe(sink, now);
    reads.describe(sink, now);
  }

  /** Puts one request; what it is called is not part of it. */
  void describeRequest(StateSink sink, int slot, long now, long rowOrigin) {
    sink.put(queues.direction[slot]);
    sink.put(queues.bank[slot]);
    sink.put(queues.row[slot] - rowOrigin);
    sink.put(now - queues.accepted[slot]);
    sink.put(queues.counted[slot] ? 1 : 0);
    if (queues.direction[slot] == WRITE) {
      sink.put(queues.burst[slot]); // reads of a queued write are answered from it
    }
  }
}
