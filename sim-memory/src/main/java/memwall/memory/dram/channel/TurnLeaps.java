package memwall.memory.dram.channel;

import memwall.memory.dram.standard.Command;

/**
 * Leaps over turns of loops of in-memory compute: those that will be like the ones before are
 * counted, and only the last, on which the future depends, are carried out, at the ticks that are
 * known. {@link TurnRecorder} says why that is so.
 *
 * <p>Units that run side by side turn together: the turns are those of the first, and each of the
 * others has to come round once meanwhile.
 */
final class TurnLeaps {
  private static final int ACTAB = Command.ACTAB.index();

  /** Carries out equal commands of a unit's program, evenly spaced. */
  @FunctionalInterface
  interface Stepper {
    void step(int unit, int command, long first, long last, long count);
  }

  private final Scheduler bus;
  private final ChannelState state;
  private final AllBankSpec spec;
  private final ComputeUnit[] units;

  /** Activates that a window counts. */
  private final int window;

  private final Stepper stepper;
  private final TurnRecorder recorder = new TurnRecorder();

  // Where the units stood when the last turn ended, and the counters; scratch.
  private final long[] places;
  private final long[] counted;
  private final long[] growth;

  private boolean isReplaying;
  private long leapt;

  TurnLeaps(Scheduler bus, AllBankSpec spec, ComputeUnit[] units, int window, Stepper stepper) {
    this.bus = bus;
    state = bus.state;
    this.spec = spec;
    this.units = units;
    this.window = window;
    this.stepper = stepper;
    places = new long[units.length * 4];
    counted = new long[state.counters.size()];
    growth = new long[state.counters.size()];
  }

  /** Something else happened: what was seen says nothing of what comes. */
  void forget() {
    recorder.forget();
  }

  /** So many equal commands were issued, evenly spaced. */
  void note(int unit, int command, long first, long last, long count) {
    recorder.note(unit, command, first, last, count);
  }

  /** Commands that were not planned. */
  long leapt() {
    return leapt;
  }

  /**
   * A unit's loop turned with the command at this tick; returns the tick of the last command.
   *
   * @param horizon nothing comes from outside up to this tick
   */
  long turned(int unit, long tick, long horizon) {
    if (isReplaying || !leads(unit)) {
      return tick;
    }
    if (!isUndisturbed()) {
      recorder.forget();
      return tick;
    }
    boolean stands = standsAsBefore();
    recorder.turned(tick, stands);
    readGrowth(tick);
    int activates = recorder.count(ACTAB);
    int again = activates == 0 ? 1 : (window + activates - 1) / activates;
    if (recorder.alike() < again) {
      return tick;
    }
    long parity = tick & bus.edge;
    if (!recorder.isKnown(parity)) {
      if (recorder.alike() < again + 2) {
        return tick;
      }
      recorder.learn(parity);
    }
    long period = recorder.periodTicks();
    long turns = (horizon - tick) / period;
    for (int i = 0; i < units.length; i++) {
      AllBankProgram program = units[i].program;
      if (program != null) {
        // The turn of another unit is under way, and its last one may end otherwise.
        turns = Math.min(turns, program.turnsLeft() - (i == unit ? 0 : 1));
      }
    }
    long skipped = turns - again;
    return skipped < 1 ? tick : leap(tick, period, skipped, again);
  }

  /** Turns are those of the first unit that has a program. */
  private boolean leads(int leader) {
    for (int i = 0; i < leader; i++) {
      if (units[i].program != null) {
        return false;
      }
    }
    return true;
  }

  // No refresh waits, and no request can be served: there is none, or all banks are held.
  private boolean isUndisturbed() {
    if (state.listener != null || bus.maintenance.size() > 0) {
      return false;
    }
    if (bus.queues.size() == 0) {
      return true;
    }
    for (ComputeUnit unit : units) {
      if (unit.program == null || unit.released || spec.secondRowBuffer()) {
        return false;
      }
    }
    return bus.queues.activeCount == 0 && bus.halfOpened() < 0;
  }

  /** Whether every unit stands where it stood a turn ago, but one turn further. */
  private boolean standsAsBefore() {
    boolean same = true;
    for (int i = 0; i < units.length; i++) {
      AllBankProgram program = units[i].program;
      int at = i * 4;
      same &= place(at, program == null ? -1 : program.position());
      same &= place(at + 1, units[i].group);
      same &= place(at + 2, units[i].repeated);
      long left = program == null ? 0 : program.turnsLeft();
      same &= program == null || places[at + 3] == left + 1;
      places[at + 3] = left;
    }
    return same;
  }

  private boolean place(int at, long value) {
    boolean same = places[at] == value;
    places[at] = value;
    return same;
  }

  /** What the counters grew by in the last turn. */
  private void readGrowth(long tick) {
    System.arraycopy(counted, 0, growth, 0, counted.length);
    state.counters.read(counted, tick);
    for (int i = 0; i < counted.length; i++) {
      growth[i] = counted[i] - growth[i];
    }
  }

  private long leap(long tick, long period, long skipped, int again) {
    state.counters.grow(growth, skipped, tick, period);
    for (ComputeUnit unit : units) {
      if (unit.program != null) {
        unit.program.skip(skipped);
      }
    }
    TurnRecorder.Turn turn = recorder.last();
    recorder.moveTo(tick + skipped * period);
    isReplaying = true;
    long commands = 0;
    for (int i = 0; i < again; i++) {
      long began = tick + (skipped + i) * period;
      for (int j = 0; j < turn.size; j++) {
        stepper.step(
            turn.units[j],
            turn.commands[j],
            began + turn.firsts[j],
            began + turn.lasts[j],
            turn.counts[j]);
        commands += turn.counts[j];
      }
      recorder.moveTo(began + period);
    }
    isReplaying = false;
    leapt += commands + commands / again * skipped;
    long end = tick + (skipped + again) * period;
    state.counters.read(counted, end);
    standsAsBefore(); // a turn from now it is to be compared with this
    return end;
  }
}
