package memwall.memory.pnm;

import java.util.Arrays;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;

/**
 * How long a program takes on a unit that nothing disturbs: no host, no refresh, no other unit on
 * the command bus. Arithmetic over groups of equal commands: a group of n begins at the latest of
 * what its kind has to wait for and lasts n - 1 spacings. For rows of m multiplies after each
 * other, broadcast to all banks, the period is
 *
 * <pre>max(tRC, max(tRAS, tRCD + (m - 1) tCCD_AB + tRTP) + tRP)</pre>
 *
 * and with activates of fewer banks each of tRCD and tRAS counts from the last of them.
 *
 * <p>It shares no table with the channel; both read the same rules of the standard.
 */
final class PimClosedForm {
  private static final long LONG_AGO = Long.MIN_VALUE / 4;
  private static final int ACT = 0;
  private static final int MAC = 1;
  private static final int LOAD = 2;
  private static final int READ = 3;
  private static final int PRE = 4;
  private static final int KINDS = 5;

  /** Numbers that the future depends on. */
  private static final int STATE = KINDS + 8;

  private final DramStandard standard;
  private final AllBankSpec compute;
  private final boolean sharedBus;
  private final long grid;

  /** LPDDR5: ticks from the CAS that starts the data clock to its burst; else 0. */
  private final long synchronisation;

  private final long[] activateAt;

  /** Ticks from a command of one kind to one of another, by first kind * KINDS + second. */
  private final long[] wait = new long[KINDS * KINDS];

  /** Ticks that a kind keeps its bus. */
  private final long[] length = new long[KINDS];

  /** Tick of the last command of each kind. */
  private final long[] at = new long[KINDS];

  /** Tick of the first of the last activates: the row cycle counts from it. */
  private long firstAct;

  /** LPDDR5: first tick at which the data clock WCK is off again. */
  private long dataClockOff;

  // When the buses are free, when the next step is ready, when its effects are over.
  private long rowBus;
  private long columnBus;
  private long order;
  private long ready;
  private long effect;
  private long last;

  /** No rule reaches further back. */
  private final long longest;

  /**
   * For the units of a channel.
   *
   * @param standard with all-bank commands
   * @param unitBanks banks of a unit
   */
  PimClosedForm(DramStandard standard, AllBankSpec compute, PimTimings timings, int unitBanks) {
    this.standard = standard;
    this.compute = compute;
    sharedBus = !standard.bus().isDual();
    synchronisation =
        standard.bus() == BusKind.TWO_STEP_ACTIVATE
            ? Math.max(1, standard.timings().getOrDefault("nCAS", 0))
            : 0;
    grid = standard.bus() == BusKind.DUAL_HALF_CLOCK ? 2 : 1;
    Command close = compute.secondRowBuffer() ? Command.PREPIM : Command.PREAB;
    Command[] kinds = {Command.ACTAB, Command.MACAB, Command.WRGB, Command.RDRES, close};
    for (int i = 0; i < KINDS; i++) {
      length[i] = PimRules.length(standard, kinds[i]);
      for (int j = 0; j < KINDS; j++) {
        wait[i * KINDS + j] = PimRules.between(standard, kinds[i], kinds[j]);
      }
    }
    long most = synchronisation;
    for (int i = 0; i < wait.length; i++) {
      most = Math.max(most, wait[i]);
    }
    longest = most;
    activateAt = activates(timings, unitBanks / compute.activateBanks());
  }

  /** When each activate of a row goes, from the first of them: spacing and window. */
  private long[] activates(PimTimings timings, int groups) {
    long[] ticks = new long[groups];
    long spacing =
        onGrid(Math.max(timings.activateClocks() * standard.bus().ticksPerClock(), length[ACT]));
    int window = PimRules.window(compute, timings);
    long faw = onGrid(standard.timings().getOrDefault("nFAW", 0));
    for (int i = 1; i < groups; i++) {
      ticks[i] = ticks[i - 1] + spacing;
      if (window > 0 && i >= window) {
        ticks[i] = Math.max(ticks[i], ticks[i - window] + faw);
      }
    }
    return ticks;
  }

  private long onGrid(long ticks) {
    return (ticks + grid - 1) / grid * grid;
  }

  /**
   * Ticks from handing a program in at rest until it is complete.
   *
   * @param atTick tick at which it is handed in
   */
  long ticks(StepProgram program, long atTick) {
    Arrays.fill(at, LONG_AGO);
    dataClockOff = 0;
    firstAct = LONG_AGO;
    rowBus = 0;
    columnBus = 0;
    effect = atTick;
    ready = Math.max(atTick + 1, atTick + compute.enterTicks());
    order = atTick + 1;
    last = atTick;
    carryOut(program, 0, program.size());
    return Math.max(last + compute.exitTicks(), effect) - atTick;
  }

  private void carryOut(StepProgram program, int from, int until) {
    for (int i = from; i < until; i++) {
      if (program.kind(i) == StepProgram.Kind.LOOP) {
        int end = program.end(i);
        repeat(program, i, end);
        i = end;
      } else {
        step(program.step(i), program.count(i));
      }
    }
  }

  // Once a turn leaves everything as it found it, but later, so does each that follows.
  private void repeat(StepProgram program, int loop, int end) {
    long[] before = new long[STATE];
    long[] after = new long[STATE];
    long turns = program.count(loop);
    read(before);
    for (long turn = 1; turn <= turns; turn++) {
      final long lastBefore = last;
      carryOut(program, loop + 1, end);
      read(after);
      if (Arrays.equals(before, after)) {
        shift((turns - turn) * (last - lastBefore));
        return;
      }
      long[] swap = before;
      before = after;
      after = swap;
    }
  }

  private void step(Step step, long count) {
    switch (step) {
      case ACTIVATE -> last = activate();
      case MULTIPLY -> last = columns(MAC, count);
      case LOAD -> {
        last = columns(LOAD, count);
        effect = Math.max(effect, last + standard.writeLatencyTicks());
      }
      case READ -> {
        last = columns(READ, count);
        effect = Math.max(effect, last + standard.readLatencyTicks());
      }
      case PRECHARGE -> last = precharge();
      case WAIT -> {
        ready = Math.max(Math.max(ready, last), effect) + count;
        last = ready;
      }
      case END -> throw new IllegalStateException("a list has no end step");
    }
  }

  // What the future depends on, relative to the last command; what is over is all alike, as no
  // command goes before it.
  private void read(long[] state) {
    for (int kind = 0; kind < KINDS; kind++) {
      state[kind] = left(at[kind]);
    }
    state[KINDS] = left(firstAct);
    state[KINDS + 1] = left(rowBus);
    state[KINDS + 2] = left(columnBus);
    state[KINDS + 3] = left(order);
    state[KINDS + 4] = left(ready);
    state[KINDS + 5] = left(effect);
    state[KINDS + 6] = left(dataClockOff);
    state[KINDS + 7] = last & (grid - 1);
  }

  private long left(long tick) {
    return Math.max(tick - last, -longest);
  }

  private void shift(long ticks) {
    for (int kind = 0; kind < KINDS; kind++) {
      at[kind] += ticks;
    }
    firstAct += ticks;
    rowBus += ticks;
    columnBus += ticks;
    order += ticks;
    ready += ticks;
    effect += ticks;
    dataClockOff += ticks;
    last += ticks;
  }

  private long place(long tick) {
    long placed = Math.max(tick, Math.max(ready, order));
    return grid == 2 ? placed | 1 : placed;
  }

  // The latest of what a command has to wait for, activates apart.
  private long earliest(int kind) {
    long tick = at[PRE] + wait[PRE * KINDS + kind];
    for (int after = MAC; after <= READ; after++) {
      tick = Math.max(tick, at[after] + wait[after * KINDS + kind]);
    }
    return tick;
  }

  // A column command may share its tick with a row command where each has a bus.
  private void busTaken(int kind, long tick) {
    boolean row = kind == ACT || kind == PRE;
    long free = tick + length[kind];
    if (row || sharedBus) {
      rowBus = Math.max(rowBus, free);
    }
    if (!row || sharedBus) {
      columnBus = Math.max(columnBus, free);
    }
    order = tick;
    at[kind] = tick;
  }

  private long activate() {
    long tick = Math.max(rowBus, Math.max(earliest(ACT), firstAct + wait[ACT * KINDS + ACT]));
    firstAct = place(tick);
    busTaken(ACT, firstAct + activateAt[activateAt.length - 1]);
    return at[ACT];
  }

  private long precharge() {
    busTaken(
        PRE, place(Math.max(rowBus, Math.max(earliest(PRE), at[ACT] + wait[ACT * KINDS + PRE]))));
    return at[PRE];
  }

  private long columns(int kind, long count) {
    long tick = Math.max(earliest(kind), at[ACT] + wait[ACT * KINDS + kind]);
    tick = place(Math.max(columnBus, tick));
    if (kind != MAC && synchronisation > 0 && tick >= dataClockOff) {
      long sync = place(Math.max(columnBus, tick - synchronisation));
      tick = Math.max(tick, sync + synchronisation);
    }
    busTaken(kind, tick + (count - 1) * spacing(kind));
    if (kind != MAC && synchronisation > 0) {
      int latency = kind == READ ? standard.readLatencyTicks() : standard.writeLatencyTicks();
      dataClockOff =
          Math.max(
              dataClockOff, at[kind] + latency + standard.timings().getOrDefault("nWCKPST", 0));
    }
    return at[kind];
  }

  private long spacing(int kind) {
    return onGrid(Math.max(length[kind], wait[kind * KINDS + kind]));
  }

  /** Ticks between two multiplies of an open row: no kernel is faster than so much each. */
  long multiplyTicks() {
    return spacing(MAC);
  }
}
