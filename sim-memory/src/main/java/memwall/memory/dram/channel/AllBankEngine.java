package memwall.memory.dram.channel;

import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;

/**
 * Carries out programs of in-memory compute on the banks, buses and timing table of a channel.
 *
 * <p>A unit is a range of banks that hear commands together. Its program begins by holding the host
 * off (no new command for requests of the unit; those whose row was opened for them still get their
 * burst), closing the open rows and switching mode; then come the steps. A refresh that is due goes
 * first whenever the rows of the unit are closed, and waits while they are open. With a second row
 * buffer the host goes on beside the program, sharing command and data buses.
 *
 * <p>{@link #plan} finds the first command of any unit and its tick, as the {@link Scheduler} does
 * for requests; at the same tick compute goes first.
 *
 * <p>What cannot come otherwise is not planned again. While nobody else has anything to issue,
 * equal columns follow each other at the spacing of their rule, and turns of a loop that are like
 * those before ({@link TurnRecorder}) are counted; only the last of them, on which the future
 * depends, are carried out, at the ticks that are known. Whatever may come from outside ends this:
 * a refresh that becomes due, the tick to which the owner goes, data of a read. A listener to
 * commands wants to see all of them, so with one there is no such leap.
 */
final class AllBankEngine {
  private static final int ACTAB = Command.ACTAB.index();
  private static final int WRGB = Command.WRGB.index();
  private static final int RDRES = Command.RDRES.index();
  private static final int PREPIM = Command.PREPIM.index();
  private static final int CASRD = Command.CASRD.index();
  private static final int CASWR = Command.CASWR.index();

  /** Not commands: the host may use the unit again; the program is complete. */
  private static final int RELEASE = -1;

  private static final int DONE = -2;

  private final Scheduler bus;
  private final ChannelState state;
  private final AllBankSpec spec;
  private final int unitBanks;
  private final int groups;
  private final ComputeUnit[] units;
  private final int close;
  private final long readLatencyTicks;
  private final long writeLatencyTicks;

  private final ColumnRuns runs;
  private final ColumnRounds rounds;
  private final TurnLeaps turns;
  private final RowLeaps rows;
  final Precedence precedence;
  final ProgramBounds bounds;

  private boolean hasTurned;

  /** Whether the last command closed the last open row. */
  private boolean hasClosed;

  private long leapt;

  /** Banks whose rows are open for compute. */
  private final long[] open;

  DramChannel.AllBankListener listener = (unit, began, ran, done) -> {};

  private long planTick = Scheduler.NEVER;
  private int planUnit;
  private int planCommand;
  private int busy;

  /** When the first of the programs that run was handed in. */
  private long beganTick;

  AllBankEngine(Scheduler bus, AllBankSpec spec, DramStandard standard, RefreshSchedule refresh) {
    this.bus = bus;
    state = bus.state;
    this.spec = spec;
    if (spec.level() > bus.geometry.scopeLevel()) {
      throw new IllegalArgumentException(
          "commands for level " + spec.level() + " end below what an all-bank refresh covers");
    }
    unitBanks = 1 << bus.geometry.shift(spec.level());
    if (unitBanks % spec.activateBanks() != 0) {
      throw new IllegalArgumentException(
          "activates of " + spec.activateBanks() + " banks do not divide " + unitBanks + " banks");
    }
    groups = unitBanks / spec.activateBanks();
    units = new ComputeUnit[bus.geometry.nodes(spec.level())];
    for (int i = 0; i < units.length; i++) {
      units[i] = new ComputeUnit(i * unitBanks, (i + 1) * unitBanks - 1);
    }
    open = new long[bus.queues.words];
    close = spec.secondRowBuffer() ? PREPIM : Scheduler.PREAB;
    readLatencyTicks = standard.readLatencyTicks();
    writeLatencyTicks = standard.writeLatencyTicks();
    runs = new ColumnRuns(standard, spec, bus.edge);
    int most = 1;
    for (TimingRule rule : standard.rules()) {
      if (rule.after().contains(Command.ACTAB) || rule.before().contains(Command.ACTAB)) {
        most = Math.max(most, rule.window());
      }
    }
    turns = new TurnLeaps(bus, spec, units, most, this::step);
    rounds = new ColumnRounds(units, runs, this::step);
    precedence = new Precedence(bus, spec, standard);
    bounds = new ProgramBounds(units, runs, spec);
    rows = new RowLeaps(bus, spec, units, close, refresh);
  }

  int units() {
    return units.length;
  }

  boolean isBusy() {
    return busy > 0;
  }

  boolean isBusy(int unit) {
    return units[unit].program != null;
  }

  /** Ticks in which the host was held off the unit. */
  long heldTicks(int unit, long now) {
    ComputeUnit it = units[unit];
    boolean held = it.program != null && !it.released && !spec.secondRowBuffer();
    return it.heldTicks + (held ? now - it.beganTick : 0);
  }

  void begin(int number, AllBankProgram program, long now) {
    ComputeUnit unit = units[number];
    if (unit.program != null) {
      throw new IllegalStateException("unit " + number + " still runs a program");
    }
    beganTick = busy == 0 ? now : beganTick;
    unit.program = program;
    unit.running = spec.secondRowBuffer();
    unit.released = false;
    unit.group = 0;
    unit.repeated = 0;
    unit.beganTick = now;
    unit.ranTick = now;
    unit.lastTick = now;
    unit.effectTick = now;
    unit.readyTick = now + spec.enterTicks();
    busy++;
    turns.forget();
    rows.forget();
    if (!spec.secondRowBuffer()) {
      state.hold(unit.first, unit.last, true);
    }
    state.stale = true;
  }

  /** Whether a row of the banks is open for compute: no refresh may begin. */
  boolean isOpen(int first, int last) {
    return BankMask.any(open, first, last);
  }

  /** Tick of the planned command, {@link Scheduler#NEVER} if there is none as things stand. */
  long planTick() {
    return precedence.yields() ? Scheduler.NEVER : planTick;
  }

  /** Plans the next command, no earlier than tick {@code next}. */
  void plan(long next) {
    planTick = Scheduler.NEVER;
    precedence.reset();
    if (busy == 0) {
      return;
    }
    boolean free = bus.takesOthers();
    for (int i = 0; i < units.length; i++) {
      if (units[i].program != null) {
        plan(i, next, free);
      }
    }
    if (planTick < Scheduler.NEVER && planCommand >= 0 && spec.secondRowBuffer()) {
      ComputeUnit unit = units[planUnit];
      long since = Math.max(unit.lastTick, unit.readyTick);
      precedence.plan(planCommand, planTick, since, beganTick, next);
    }
  }

  private void offer(int unit, int command, long tick) {
    if (tick < planTick) {
      planTick = tick;
      planUnit = unit;
      planCommand = command;
    }
  }

  /** A command for the host or a refresh was issued. */
  void disturbed() {
    turns.forget();
  }

  /** Commands that were not planned one by one because it was known when they go. */
  long leapt() {
    return leapt + turns.leapt() + rows.leapt();
  }

  private void plan(int number, long next, boolean free) {
    ComputeUnit unit = units[number];
    AllBankProgram program = unit.program();
    if (!unit.running && !drained(number, unit, next, free)) {
      return;
    }
    if (program.step() == Step.END) {
      int command = unit.released ? DONE : RELEASE;
      long due = unit.lastTick + spec.exitTicks();
      offer(number, command, Math.max(next, unit.released ? Math.max(due, unit.effectTick) : due));
      return;
    }
    if (!free) {
      return;
    }
    boolean mayYield = !BankMask.any(open, unit.first, unit.last);
    if (mayYield && maintenanceWaits(unit.first, unit.last)) {
      return;
    }
    int command = command(program.step());
    int first = unit.first + (command == ACTAB ? unit.group * spec.activateBanks() : 0);
    long floor = Math.max(next, unit.readyTick);
    long tick =
        onEdge(
            Math.max(
                floor,
                command == ACTAB
                    ? bus.timing.earliest(command, first)
                    : earliestInUnit(command, unit.first, unit.last)));
    if (command == WRGB || command == RDRES) {
      int sync = bus.synchronisation(command == RDRES, tick);
      if (sync >= 0) {
        command = sync;
        long lead = bus.synchronisationTicks();
        tick = Math.max(Math.max(floor, tick - lead), bus.timing.earliest(sync, first));
      }
    }
    offer(number, command, tick);
  }

  // Whether the unit is ready for its first step; offers the precharge it needs before.
  private boolean drained(int number, ComputeUnit unit, long next, boolean free) {
    if (isActive(unit.first, unit.last) || maintenanceWaits(unit.first, unit.last)) {
      return false;
    }
    if (BankMask.any(bus.open, unit.first, unit.last)) {
      if (free) {
        long tick = earliestInUnit(Scheduler.PREAB, unit.first, unit.last);
        offer(number, Scheduler.PREAB, onEdge(Math.max(next, tick)));
      }
      return false;
    }
    unit.running = true;
    unit.readyTick = Math.max(next, unit.lastTick + spec.enterTicks());
    unit.ranTick = unit.readyTick;
    return true;
  }

  /** Whether a request that was given the row of one of the banks still waits for its burst. */
  private boolean isActive(int first, int last) {
    return BankMask.any(bus.active, first, last) || BankMask.any(bus.activating, first, last);
  }

  /** Whether a refresh or a precharge that is due concerns one of the banks. */
  private boolean maintenanceWaits(int first, int last) {
    return bus.maintenance.concerns(first, last, bus.geometry);
  }

  // The rules about all-bank commands hold at the unit or above it, so any of its banks stands for
  // all. Only what a unit shares with the host, such as data buses, differs between its scopes.

  private long earliestInUnit(int command, int first, int last) {
    long latest = 0;
    for (int scope = bus.geometry.scope(first); scope <= bus.geometry.scope(last); scope++) {
      long tick =
          command == Scheduler.PREAB
              ? bus.timing.earliestInScope(command, scope)
              : bus.timing.earliest(command, bus.geometry.firstBank(scope));
      latest = Math.max(latest, tick);
    }
    return latest;
  }

  // Of so many equal commands the last one decides.
  private void issueInUnit(int command, int first, int last, long tick, long count) {
    for (int scope = bus.geometry.scope(first); scope <= bus.geometry.scope(last); scope++) {
      state.record(command, bus.geometry.firstBank(scope), -1, tick);
      state.counters.commands[scope * Command.COUNT + command] += count - 1;
      bus.timing.issue(command, bus.geometry.firstBank(scope), tick);
    }
  }

  /** Closes the rows that the host left open in a unit, with one command. */
  private void closeHostRows(ComputeUnit unit, long tick) {
    issueInUnit(Scheduler.PREAB, unit.first, unit.last, tick, 1);
    bus.rowIssued(Scheduler.PREAB, unit.first, tick);
    state.closeRows(unit.first, unit.last, tick);
  }

  private int command(Step step) {
    return step == Step.PRECHARGE ? close : ColumnRounds.command(step);
  }

  private long onEdge(long tick) {
    return tick | bus.edge;
  }

  /**
   * Issues what was planned, at {@link #planTick}, and what follows from it; returns the tick of
   * the last command.
   *
   * @param horizon nothing comes from outside up to this tick
   */
  long issue(long horizon) {
    ComputeUnit unit = units[planUnit];
    AllBankProgram program = unit.program();
    long tick = planTick;
    state.stale = true;
    state.maintenanceArrived = true; // no plan of before holds any more
    if (planCommand == RELEASE) {
      turns.forget();
      release(unit, tick);
    } else if (planCommand == DONE) {
      turns.forget();
      unit.program = null;
      busy--;
      state.changed = true;
      listener.completed(planUnit, unit.beganTick, unit.ranTick, tick);
    } else if (!unit.running) {
      turns.forget();
      closeHostRows(unit, tick);
      unit.lastTick = tick;
    } else {
      return go(unit, program, tick, horizon);
    }
    return tick;
  }

  /**
   * Leaps on behind the command that was issued last, if it is known what follows; returns the tick
   * of the last command.
   *
   * @param limit nothing but refreshes comes from outside up to this tick
   */
  long leap(long tick, long limit) {
    if (!hasClosed) {
      return tick;
    }
    hasClosed = false;
    long last = rows.closed(tick, limit);
    if (last > tick) {
      turns.forget();
      state.stale = true;
    }
    return last;
  }

  private long go(ComputeUnit unit, AllBankProgram program, long tick, long horizon) {
    if (busy > 1
        && state.listener == null
        && !precedence.holds()
        && bus.planTick == Scheduler.NEVER
        && bus.synchronisationTicks() == 0) {
      long often = rounds.count(planCommand, tick, horizon);
      if (often > 1) {
        leapt += (often - 1) * busy;
        return rounds.go(planCommand, tick, often);
      }
    }
    long count = equalColumns(unit, program, tick, horizon);
    long last = tick + (count - 1) * runs.ticks(planCommand);
    hasTurned = false;
    step(planUnit, planCommand, tick, last, count);
    leapt += count - 1;
    return hasTurned ? turns.turned(planUnit, last, horizon) : last;
  }

  // Nobody else can issue anything as things stand, and the next column waits for this one only.
  private long equalColumns(ComputeUnit unit, AllBankProgram program, long tick, long horizon) {
    if (!runs.isRun(planCommand)
        || busy > 1
        || precedence.holds()
        || bus.planTick < Scheduler.NEVER
        || state.listener != null) {
      return 1;
    }
    long left = program.count() - unit.repeated;
    return Math.max(1, Math.min(left, (horizon - tick) / runs.ticks(planCommand) + 1));
  }

  /** Issues equal commands of a unit's program, evenly spaced from the first tick to the last. */
  private void step(int number, int command, long first, long last, long count) {
    ComputeUnit unit = units[number];
    AllBankProgram program = unit.program();
    turns.note(number, command, first, last, count);
    hasClosed = false;
    if (!BankMask.any(open, unit.first, unit.last)) {
      rows.noteClosed(last);
    }
    boolean even =
        command == unit.columnCommand
            && unit.repeated > 0
            && first - unit.columnTick == runs.ticks(command);
    unit.isEven = count > 1 || even;
    unit.columnCommand = command;
    unit.columnTick = last;
    if (command == CASRD || command == CASWR) {
      state.record(command, unit.first, -1, first);
      bus.timing.issue(command, unit.first, first);
      bus.synchronised(command, first);
    } else if (command == ACTAB) {
      unit.lastTick = first;
      activate(unit, program, first);
    } else {
      unit.lastTick = last;
      columns(unit, program, command, last, count);
    }
  }

  private void release(ComputeUnit unit, long tick) {
    unit.released = true;
    if (!spec.secondRowBuffer()) {
      unit.heldTicks += tick - unit.beganTick;
      state.hold(unit.first, unit.last, false);
    }
  }

  private void columns(
      ComputeUnit unit, AllBankProgram program, int command, long tick, long count) {
    issueInUnit(command, unit.first, unit.last, tick, count);
    if (command == close) {
      bus.rowIssued(command, unit.first, tick);
      closeRows(unit.first, unit.last, tick);
      unit.noteRefresh(bus);
      hasClosed = !BankMask.any(open, 0, units.length * unitBanks - 1);
    } else if (command == RDRES) {
      unit.effectTick = Math.max(unit.effectTick, tick + readLatencyTicks);
      bus.synchronised(command, tick);
    } else if (command == WRGB) {
      unit.effectTick = Math.max(unit.effectTick, tick + writeLatencyTicks);
      bus.synchronised(command, tick);
    }
    unit.repeated += count;
    if (program.step() == Step.PRECHARGE || unit.repeated == program.count()) {
      unit.repeated = 0;
      advance(unit, program, tick);
    }
  }

  private void activate(ComputeUnit unit, AllBankProgram program, long tick) {
    int first = unit.first + unit.group * spec.activateBanks();
    int last = first + spec.activateBanks() - 1;
    state.record(ACTAB, first, program.row(), tick);
    bus.timing.issue(ACTAB, first, tick);
    bus.rowIssued(ACTAB, first, tick);
    BankMask.set(open, first, last);
    for (int bank = first; bank <= last; ) {
      int scope = bus.geometry.scope(bank);
      int end = Math.min(last, bus.geometry.lastBank(scope));
      state.counters.opened(scope, end - bank + 1, tick);
      bank = end + 1;
    }
    unit.group++;
    if (unit.group == groups) {
      unit.group = 0;
      advance(unit, program, tick);
    }
  }

  private void closeRows(int first, int last, long tick) {
    for (int bank = first; bank <= last; ) {
      int scope = bus.geometry.scope(bank);
      int end = Math.min(last, bus.geometry.lastBank(scope));
      int banks = BankMask.count(open, bank, end);
      if (banks > 0) {
        state.counters.closed(scope, banks, tick);
      }
      bank = end + 1;
    }
    BankMask.clear(open, first, last);
  }

  // Waiting is no command: the steps after it are only ready later.
  private void advance(ComputeUnit unit, AllBankProgram program, long tick) {
    program.advance();
    while (program.step() == Step.WAIT) {
      unit.readyTick = Math.max(Math.max(unit.readyTick, tick), unit.effectTick) + program.count();
      unit.lastTick = unit.readyTick;
      program.advance();
    }
    hasTurned |= program.hasTurned();
  }
}
