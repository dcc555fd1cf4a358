package memwall.memory.dram.channel;

import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * One command a tick; rows are opened by two commands, bursts may need the data clock WCK to be
 * synchronised first (LPDDR5).
 *
 * <p>After ACT1 other commands go first until the bus is free for ACT2 or its deadline tAAD comes;
 * no second ACT1 meanwhile. A burst that is chosen while WCK is off is replaced by its CAS, and
 * nothing but that burst follows; the CAS is put off for an ACT2 whose deadline it would cost.
 */
final class TwoStepBus extends OneBus {
  private static final int ACT1 = Command.ACT1.index();
  private static final int ACT2 = Command.ACT2.index();
  private static final int CASRD = Command.CASRD.index();
  private static final int CASWR = Command.CASWR.index();

  private static final int SECOND_HALF = QUEUE + 1;
  private static final int AFTER_CAS = QUEUE + 2;

  private final long readWckTicks;
  private final long writeWckTicks;
  private final int deadlineTicks;

  private final int syncTicks;

  /** Request between its two halves of an activate, and the last tick for the second. */
  private int halfSlot = RequestQueues.NONE;

  private long lastHalfTick;

  /** First tick at which WCK is off again. */
  private long wckOff;

  /** Request whose CAS was issued and whose burst must follow; whether it is an active one. */
  private int casSlot = RequestQueues.NONE;

  private boolean casActive;

  TwoStepBus(DramStandard standard, ControllerSpec spec) {
    super(standard, spec, ACT1);
    int postamble = Timings.of(standard, "nWCKPST");
    readWckTicks = (long) standard.readLatencyTicks() + postamble;
    writeWckTicks = (long) standard.writeLatencyTicks() + postamble;
    deadlineTicks = Timings.of(standard, "nAAD");
    syncTicks = Math.max(1, standard.timings().getOrDefault("nCAS", 0));
  }

  @Override
  void plan(long next) {
    if (casSlot >= 0) {
      int command = queues.direction[casSlot] == READ ? RD : WR;
      planned = AFTER_CAS;
      planTick = Math.max(next, timing.earliest(command, queues.bank[casSlot]));
      return;
    }
    long half = NEVER;
    if (halfSlot >= 0) {
      half = Math.max(next, timing.earliest(ACT2, queues.bank[halfSlot]));
      if (half == next && lastHalfTick <= next) {
        planned = SECOND_HALF;
        planTick = half;
        return;
      }
    }
    planOneBus(next, halfSlot < 0);
    if (half < planTick || (half <= planTick && lastHalfTick <= half)) {
      planned = SECOND_HALF;
      planTick = half;
    }
  }

  @Override
  void issue() {
    long tick = planTick;
    switch (planned) {
      case SECOND_HALF -> issueSecondHalf(tick);
      case AFTER_CAS -> issueAfterCas(tick);
      case MAINTENANCE ->
          state.issueMaintenance(maintenancePosition, maintenanceCommand, maintenanceBank, tick);
      case ACTIVE -> {
        int slot = queues.active[activePosition];
        if (!issueCas(slot, true, tick)) {
          extendWck(slot, tick);
          state.issueActiveColumn(activePosition, tick, true);
        }
      }
      default -> issueQueued(tick);
    }
  }

  @Override
  boolean takesOthers() {
    return casSlot < 0 && halfSlot < 0;
  }

  @Override
  int synchronisation(boolean isRead, long tick) {
    return tick < wckOff ? -1 : isRead ? CASRD : CASWR;
  }

  @Override
  long synchronisationTicks() {
    return syncTicks;
  }

  @Override
  void synchronised(int command, long tick) {
    boolean isRead = command == Command.RDRES.index() || command == CASRD;
    wckOff = Math.max(wckOff, tick + (isRead ? readWckTicks : writeWckTicks));
  }

  private void issueQueued(long tick) {
    if (bestCommand == PREPB) {
      state.issuePrecharge(bestSlot, tick);
    } else if (bestCommand == ACT1) {
      issueFirstHalf(bestSlot, tick);
    } else if (!issueCas(bestSlot, false, tick)) {
      extendWck(bestSlot, tick);
      state.issueQueuedColumn(bestSlot, tick, true);
    }
  }

  private void issueFirstHalf(int slot, long tick) {
    state.beginActivate(slot);
    int bank = queues.bank[slot];
    state.record(ACT1, bank, queues.row[slot], tick);
    timing.issue(ACT1, bank, tick, state.kind(queues.row[slot]));
    BankMask.set(activating, bank);
    halfSlot = slot;
    lastHalfTick = tick + deadlineTicks;
    state.stale = true;
  }

  private void issueSecondHalf(long tick) {
    int slot = halfSlot;
    halfSlot = RequestQueues.NONE;
    BankMask.clear(activating, queues.bank[slot]);
    state.finishActivate(ACT2, slot, tick);
  }

  /** Issues the CAS that the burst needs, or an ACT2 that cannot wait for both; false: neither. */
  private boolean issueCas(int slot, boolean isActive, long tick) {
    if (tick < wckOff) {
      return false;
    }
    if (halfSlot >= 0 && lastHalfTick <= tick + 1) {
      issueSecondHalf(tick);
      return true;
    }
    int command = queues.direction[slot] == READ ? CASRD : CASWR;
    int bank = queues.bank[slot];
    state.record(command, bank, state.openRow[bank], tick);
    timing.issue(command, bank, tick, state.kind(state.openRow[bank]));
    casSlot = slot;
    casActive = isActive;
    state.stale = true;
    return true;
  }

  private void issueAfterCas(long tick) {
    int slot = casSlot;
    casSlot = RequestQueues.NONE;
    extendWck(slot, tick);
    if (!casActive) {
      state.issueQueuedColumn(slot, tick, false);
      return;
    }
    int position = 0;
    while (queues.active[position] != slot) {
      position++;
    }
    state.issueActiveColumn(position, tick, false);
  }

  private void extendWck(int slot, long tick) {
    long ticks = queues.direction[slot] == READ ? readWckTicks : writeWckTicks;
    wckOff = Math.max(wckOff, tick + ticks);
  }

  @Override
  void describe(StateSink sink, long now, long rowOrigin) {
    super.describe(sink, now, rowOrigin);
    sink.put(Math.max(0, wckOff - now - 1));
    sink.put(halfSlot >= 0 ? 1 : 0);
    if (halfSlot >= 0) {
      state.describeRequest(sink, halfSlot, now, rowOrigin);
      sink.put(lastHalfTick - now);
    }
    sink.put(casSlot >= 0 ? 1 : 0);
    if (casSlot >= 0) {
      state.describeRequest(sink, casSlot, now, rowOrigin);
      sink.put(casActive ? 1 : 0);
    }
  }

  @Override
  void exchangeBus(StateBuffer buffer, @Nullable StreamFrame frame, long next) {
    buffer.part(StateBuffer.BUS);
    wckOff = buffer.until(wckOff, next);
    if (halfSlot >= 0) {
      lastHalfTick = buffer.until(lastHalfTick, next);
    }
  }

  @Override
  long busSettledTicks() {
    return wckOff;
  }

  @Override
  int halfOpened() {
    return halfSlot;
  }

  @Override
  void halfOpened(int slot) {
    halfSlot = slot;
  }

  @Override
  int continued() {
    return casSlot;
  }

  @Override
  void continueWith(int slot, boolean isActive) {
    casSlot = slot;
    casActive = isActive;
  }
}
