package memwall.memory.dram.channel;

import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.TimingRule;
import org.jspecify.annotations.Nullable;

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
 */
final class AllBankEngine {
  private static final int ACTAB = Command.ACTAB.index();
  private static final int MACAB = Command.MACAB.index();
  private static final int WRGB = Command.WRGB.index();
  private static final int RDRES = Command.RDRES.index();
  private static final int PREPIM = Command.PREPIM.index();

  /** Not commands: the host may use the unit again; the program is complete. */
  private static final int RELEASE = -1;

  private static final int DONE = -2;

  private final Scheduler bus;
  private final ChannelState state;
  private final AllBankSpec spec;
  private final int unitBanks;
  private final int groups;
  private final Unit[] units;
  private final int close;
  private final long readLatencyTicks;
  private final long writeLatencyTicks;

  /** Ticks from multiply to multiply. */
  private final long multiplyTicks;

  /** Banks whose rows are open for compute. */
  private final long[] open;

  DramChannel.AllBankListener listener = (unit, began, ran, done) -> {};

  private long planTick = Scheduler.NEVER;
  private int planUnit;
  private int planCommand;
  private int busy;

  /** A range of banks and the program that runs on it. */
  private static final class Unit {
    final int first;
    final int last;
    @Nullable AllBankProgram program;

    /** Whether rows are closed and the mode is switched. */
    boolean running;

    /** Whether all steps are done and the host is let in again. */
    boolean released;

    int group;
    long repeated;
    long beganTick;
    long ranTick;
    long readyTick;
    long lastTick;
    long effectTick;
    long heldTicks;

    Unit(int first, int last) {
      this.first = first;
      this.last = last;
    }
  }

  AllBankEngine(Scheduler bus, AllBankSpec spec, DramStandard standard) {
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
    units = new Unit[bus.geometry.nodes(spec.level())];
    for (int i = 0; i < units.length; i++) {
      units[i] = new Unit(i * unitBanks, (i + 1) * unitBanks - 1);
    }
    open = new long[bus.queues.words];
    close = spec.secondRowBuffer() ? PREPIM : Scheduler.PREAB;
    readLatencyTicks = standard.readLatencyTicks();
    writeLatencyTicks = standard.writeLatencyTicks();
    long spacing = 1;
    for (TimingRule rule : standard.rules()) {
      if (rule.window() == 1
          && !rule.sibling()
          && rule.after().contains(Command.MACAB)
          && rule.before().contains(Command.MACAB)) {
        spacing = Math.max(spacing, rule.ticks());
      }
    }
    multiplyTicks = spacing;
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
    Unit it = units[unit];
    boolean held = it.program != null && !it.released && !spec.secondRowBuffer();
    return it.heldTicks + (held ? now - it.beganTick : 0);
  }

  /** No program that runs on a unit is complete before this tick; now if none runs. */
  private long leastEnd(Unit unit, long now) {
    AllBankProgram program = unit.program;
    if (program == null) {
      return now;
    }
    Step step = program.step();
    if (step == Step.END) {
      return Math.max(now + 1, unit.lastTick + spec.exitTicks());
    }
    long multiplies = program.left(Step.MULTIPLY) - (step == Step.MULTIPLY ? unit.repeated : 0);
    long work = Math.max((multiplies - 1) * multiplyTicks, program.left(Step.WAIT));
    return Math.max(now + 1, unit.readyTick) + Math.max(0, work) + spec.exitTicks();
  }

  /** Not all programs that run are complete before this tick; now if none runs. */
  long leastEnd(long now) {
    long latest = now;
    for (Unit unit : units) {
      latest = Math.max(latest, leastEnd(unit, now));
    }
    return latest;
  }

  /** Before this tick the host is held off every unit; now if it is not. */
  long leastRelease(long now) {
    long first = Scheduler.NEVER;
    for (Unit unit : units) {
      boolean held = unit.program != null && !unit.released && !spec.secondRowBuffer();
      first = Math.min(first, held ? leastEnd(unit, now) : now);
    }
    return first;
  }

  void begin(int number, AllBankProgram program, long now) {
    Unit unit = units[number];
    if (unit.program != null) {
      throw new IllegalStateException("unit " + number + " still runs a program");
    }
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
    return planTick;
  }

  /** Plans the next command, no earlier than tick {@code next}. */
  void plan(long next) {
    planTick = Scheduler.NEVER;
    if (busy == 0) {
      return;
    }
    boolean free = bus.takesOthers();
    for (int i = 0; i < units.length; i++) {
      if (units[i].program != null) {
        plan(i, next, free);
      }
    }
  }

  private void offer(int unit, int command, long tick) {
    if (tick < planTick) {
      planTick = tick;
      planUnit = unit;
      planCommand = command;
    }
  }

  private void plan(int number, long next, boolean free) {
    Unit unit = units[number];
    AllBankProgram program = program(unit);
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
  private boolean drained(int number, Unit unit, long next, boolean free) {
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
    MaintenanceQueue maintenance = bus.maintenance;
    for (int i = 0; i < maintenance.size(); i++) {
      int target = maintenance.target(i);
      boolean wide = maintenance.command(i) == Scheduler.REFAB;
      int from = wide ? bus.geometry.firstBank(target) : target;
      int to = wide ? bus.geometry.lastBank(target) : target;
      if (from <= last && to >= first) {
        return true;
      }
    }
    return false;
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

  private void issueInUnit(int command, int first, int last, long tick) {
    for (int scope = bus.geometry.scope(first); scope <= bus.geometry.scope(last); scope++) {
      state.record(command, bus.geometry.firstBank(scope), -1, tick);
      bus.timing.issue(command, bus.geometry.firstBank(scope), tick);
    }
  }

  /** Closes the rows that the host left open in a unit, with one command. */
  private void closeHostRows(Unit unit, long tick) {
    issueInUnit(Scheduler.PREAB, unit.first, unit.last, tick);
    bus.rowIssued(Scheduler.PREAB, unit.first, tick);
    state.closeRows(unit.first, unit.last, tick);
  }

  private static AllBankProgram program(Unit unit) {
    AllBankProgram program = unit.program;
    if (program == null) {
      throw new IllegalStateException("no program");
    }
    return program;
  }

  private int command(Step step) {
    return switch (step) {
      case ACTIVATE -> ACTAB;
      case MULTIPLY -> MACAB;
      case LOAD -> WRGB;
      case READ -> RDRES;
      case PRECHARGE -> close;
      case WAIT, END -> throw new IllegalStateException("no command");
    };
  }

  private long onEdge(long tick) {
    return tick | bus.edge;
  }

  /** Issues what was planned, at {@link #planTick}. */
  void issue() {
    Unit unit = units[planUnit];
    AllBankProgram program = program(unit);
    long tick = planTick;
    state.stale = true;
    state.maintenanceArrived = true; // no plan of before holds any more
    if (planCommand == RELEASE) {
      release(unit, tick);
    } else if (planCommand == DONE) {
      unit.program = null;
      busy--;
      state.changed = true;
      listener.completed(planUnit, unit.beganTick, unit.ranTick, tick);
    } else if (!unit.running) {
      closeHostRows(unit, tick);
      unit.lastTick = tick;
    } else if (planCommand == Command.CASRD.index() || planCommand == Command.CASWR.index()) {
      state.record(planCommand, unit.first, -1, tick);
      bus.timing.issue(planCommand, unit.first, tick);
      bus.synchronised(planCommand, tick);
    } else {
      step(unit, program, tick);
    }
  }

  private void release(Unit unit, long tick) {
    unit.released = true;
    if (!spec.secondRowBuffer()) {
      unit.heldTicks += tick - unit.beganTick;
      state.hold(unit.first, unit.last, false);
    }
  }

  private void step(Unit unit, AllBankProgram program, long tick) {
    int command = planCommand;
    unit.lastTick = tick;
    if (command == ACTAB) {
      activate(unit, program, tick);
      return;
    }
    issueInUnit(command, unit.first, unit.last, tick);
    if (command == close) {
      bus.rowIssued(command, unit.first, tick);
      for (int bank = unit.first; bank <= unit.last; bank++) {
        if (BankMask.is(open, bank)) {
          BankMask.clear(open, bank);
          state.counters.closed(bus.geometry.scope(bank), tick);
        }
      }
    } else if (command == RDRES) {
      unit.effectTick = Math.max(unit.effectTick, tick + readLatencyTicks);
      bus.synchronised(command, tick);
    } else if (command == WRGB) {
      unit.effectTick = Math.max(unit.effectTick, tick + writeLatencyTicks);
      bus.synchronised(command, tick);
    }
    repeat(unit, program, tick);
  }

  private void activate(Unit unit, AllBankProgram program, long tick) {
    int first = unit.first + unit.group * spec.activateBanks();
    int last = first + spec.activateBanks() - 1;
    state.record(ACTAB, first, program.row(), tick);
    bus.timing.issue(ACTAB, first, tick);
    bus.rowIssued(ACTAB, first, tick);
    for (int bank = first; bank <= last; bank++) {
      BankMask.set(open, bank);
      state.counters.opened(bus.geometry.scope(bank), tick);
    }
    unit.group++;
    if (unit.group == groups) {
      unit.group = 0;
      advance(unit, program, tick);
    }
  }

  private void repeat(Unit unit, AllBankProgram program, long tick) {
    unit.repeated++;
    if (program.step() == Step.PRECHARGE || unit.repeated == program.count()) {
      unit.repeated = 0;
      advance(unit, program, tick);
    }
  }

  // Waiting is no command: the steps after it are only ready later.
  private void advance(Unit unit, AllBankProgram program, long tick) {
    program.advance();
    while (program.step() == Step.WAIT) {
      unit.readyTick = Math.max(Math.max(unit.readyTick, tick), unit.effectTick) + program.count();
      unit.lastTick = unit.readyTick;
      program.advance();
    }
  }
}
