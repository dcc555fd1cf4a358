package memwall.memory.dram.channel;

import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.BusKind;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/**
 * A column and a row command bus: each tick first a column command, then a row command (HBM).
 *
 * <p>Where ticks are half clocks (HBM3, HBM4), odd ticks are rising edges: column commands,
 * activates and refreshes begin there; precharges begin on either edge, except on the falling edge
 * that ends a row command of the rising edge (an activate takes three half clocks, the others one):
 * there no precharge goes to the same bank, and none at all to a pseudo-channel that the rising
 * edge addressed as a whole.
 */
final class DualBus extends Scheduler {
  private static final int ALL_BANKS = -1;
  private static final int ACTIVATE_TICKS = 3;

  private final boolean halfClock;

  private long columnTick;
  private boolean columnIsActive;
  private int columnSlot;
  private long rowTick;
  private boolean rowIsMaintenance;
  private int rowSlot;
  private int rowCommand;

  // Whether the plan for a bus still holds although a command was issued on the other.
  private boolean columnKept;
  private boolean rowKept;

  private final boolean activateTouches;
  private final boolean prechargeTouches;
  private final boolean columnTouches;

  // At pairedTick, a falling edge, precharges are restricted in this scope and to other banks.
  private int pairedScope;
  private int pairedBank;

  DualBus(DramStandard standard, ControllerSpec spec) {
    super(standard, spec, Command.ACT.index(), standard.bus() == BusKind.DUAL_HALF_CLOCK ? 1 : 0);
    halfClock = standard.bus() == BusKind.DUAL_HALF_CLOCK;
    activateTouches = touchesColumns(activate);
    prechargeTouches = touchesColumns(PREPB);
    columnTouches = spec.page() == PagePolicy.CLOSED || touchesRows(RD) || touchesRows(WR);
  }

  private boolean touchesRows(int command) {
    return timing.reachesOtherBanks(command, activate) || timing.reachesOtherBanks(command, PREPB);
  }

  private boolean touchesColumns(int command) {
    return timing.reachesOtherBanks(command, RD) || timing.reachesOtherBanks(command, WR);
  }

  @Override
  void plan(long next) {
    boolean changedAll = maintenance.size() > 0 || state.maintenanceArrived;
    state.maintenanceArrived = false;
    if (changedAll) {
      planAll(next);
    } else {
      boolean before = writeMode;
      int way = serve();
      boolean isHeld = allBank != null && allBank.precedence.holdsAnew();
      boolean turned = before != writeMode || state.hitArrived || isHeld;
      if (!columnKept || turned) {
        considerActive(next);
        planColumn(way, next);
      }
      if (!rowKept || turned || state.missArrived) {
        maintenanceTick = NEVER;
        planRow(way, next);
      }
    }
    state.hitArrived = false;
    state.missArrived = false;
    planTick = Math.min(columnTick, rowTick);
  }

  // The queues only come to their turn, and to their change between reads and writes, in a slot
  // that
  // neither an active request nor maintenance takes.
  private void planAll(long next) {
    considerActive(next);
    considerMaintenance(next);
    boolean columnSlotLeft = (!halfClock || (next & 1) != 0) && activeTick != next;
    if (!queuesBlocked() && (columnSlotLeft || maintenanceTick != next)) {
      serve();
    }
    int way = writeMode ? WRITE : READ;
    planColumn(way, next);
    planRow(way, next);
  }

  private void planColumn(int way, long next) {
    columnTick = activeTick;
    columnIsActive = true;
    if (columnTick == next || queues.queued[way] == 0 || queuesBlocked()) {
      return;
    }
    forgetBest();
    considerColumns(way, next);
    if (bestTick < columnTick) {
      columnTick = bestTick;
      columnIsActive = false;
      columnSlot = bestSlot;
    }
  }

  private void planRow(int way, long next) {
    rowIsMaintenance = true;
    rowTick = maintenanceTick;
    if (rowTick == next || queues.queued[way] == 0 || queuesBlocked()) {
      return;
    }
    forgetBest();
    considerActivates(way, next);
    considerPrecharges(way, next);
    if (bestTick < rowTick) {
      rowTick = bestTick;
      rowIsMaintenance = false;
      rowSlot = bestSlot;
      rowCommand = bestCommand;
    }
  }

  @Override
  long onBus(int command, int bank, long tick) {
    if (!halfClock) {
      return tick;
    }
    if (command != PREPB && command != PREAB) {
      return tick | 1;
    }
    if (tick != pairedTick || geometry.scope(bank) != pairedScope) {
      return tick;
    }
    boolean clashes = pairedBank == ALL_BANKS || command == PREAB || bank == pairedBank;
    return clashes ? tick + 1 : tick;
  }

  @Override
  void issue() {
    long tick = planTick;
    if (columnTick == tick) {
      columnKept = false;
      int slot = columnIsActive ? queues.active[activePosition] : columnSlot;
      if (columnIsActive) {
        state.issueActiveColumn(activePosition, tick, true);
      } else {
        state.issueQueuedColumn(slot, tick, true);
      }
      if (!keepsRowPlan(queues.bank[slot], tick)) {
        planRowAgain(tick);
      }
      rowKept = rowTick > tick;
    } else {
      columnKept = true;
    }
    if (rowTick == tick) {
      rowKept = false;
      issueRow(tick);
    }
  }

  // Whether the plan for the row bus holds although a bank got a burst: what was planned is not
  // about it. Only its own row may now be closed at another tick, and that is looked at here.
  private boolean keepsRowPlan(int bank, long tick) {
    if (columnTouches || allBank != null || maintenance.size() > 0) {
      return false;
    }
    boolean before = writeMode;
    int way = serve();
    if (before != writeMode || (!rowIsMaintenance && queues.bank[rowSlot] == bank)) {
      return false;
    }
    if (!BankMask.is(queues.misses[way], bank)
        || !BankMask.is(open, bank)
        || BankMask.is(active, bank)
        || BankMask.is(blocked, bank)) {
      return true;
    }
    int head = queues.missHead[way * queues.banks + bank];
    int hit = protectsHits ? queues.hitHead[way * queues.banks + bank] : RequestQueues.NONE;
    long ready = onBus(PREPB, bank, Math.max(tick, timing.earliest(PREPB, bank)));
    boolean isKept = hit >= 0 && queues.accepted[hit] <= queues.accepted[head];
    boolean isOlder = rowIsMaintenance || queues.sequence[head] < queues.sequence[rowSlot];
    if (!isKept && (ready < rowTick || (ready == rowTick && isOlder))) {
      rowIsMaintenance = false;
      rowTick = ready;
      rowSlot = head;
      rowCommand = PREPB;
    }
    return true;
  }

  // The burst changed its bank's and the bus's times; a queue may have become empty.
  private void planRowAgain(long tick) {
    maintenanceTick = NEVER;
    if (maintenance.size() > 0) {
      considerMaintenance(tick);
    }
    if (!queuesBlocked() && maintenanceTick != tick) {
      serve();
    }
    planRow(writeMode ? WRITE : READ, tick);
  }

  private void issueRow(long tick) {
    if (rowIsMaintenance) {
      int command = maintenanceCommand;
      boolean wide = command == PREAB || command == REFAB;
      int target = maintenance.target(maintenancePosition);
      pair(command, wide ? geometry.firstBank(target) : maintenanceBank, wide, tick);
      columnKept = false;
      state.issueMaintenance(maintenancePosition, maintenanceCommand, maintenanceBank, tick);
      return;
    }
    int bank = queues.bank[rowSlot];
    pair(rowCommand, bank, false, tick);
    if (rowCommand == PREPB) {
      columnKept &= !prechargeTouches && !queues.hasHits(bank);
      state.issuePrecharge(rowSlot, tick);
    } else {
      state.beginActivate(rowSlot);
      state.finishActivate(activate, rowSlot, tick);
      // The planned burst stays the first if nothing in the bank just opened can come before it.
      columnKept &=
          !activateTouches
              && columnTick < Math.min(timing.earliest(RD, bank), timing.earliest(WR, bank));
    }
  }

  @Override
  void rowIssued(int command, int bank, long tick) {
    pair(command == Command.ACTAB.index() ? activate : command, bank, true, tick);
  }

  @Override
  void describe(StateSink sink, long now, long rowOrigin) {
    super.describe(sink, now, rowOrigin);
    boolean paired = pairedTick > now;
    sink.put(paired ? pairedTick - now : 0);
    sink.put(paired ? pairedScope : 0);
    sink.put(paired ? pairedBank : 0);
  }

  private void pair(int command, int bank, boolean wide, long tick) {
    if (halfClock && (tick & 1) != 0) {
      pairedTick = tick + (command == activate ? ACTIVATE_TICKS : 1);
      pairedScope = geometry.scope(bank);
      pairedBank = wide ? ALL_BANKS : bank;
    }
  }

  @Override
  void exchangeBus(StateBuffer buffer, @Nullable StreamFrame frame, long next) {
    if (buffer.isReading()) {
      columnKept = false;
      rowKept = false;
    }
    if (!halfClock) {
      return;
    }
    buffer.part(StateBuffer.BUS);
    boolean isPaired = buffer.exchange(pairedTick >= next);
    if (isPaired) {
      pairedTick = next + buffer.exchange(pairedTick - next);
      pairedScope = buffer.exchange(pairedScope);
      boolean isWide = buffer.exchange(pairedBank == ALL_BANKS);
      if (isWide) {
        pairedBank = ALL_BANKS;
      } else {
        pairedBank =
            frame == null ? buffer.exchange(pairedBank) : frame.exchangeBank(buffer, pairedBank);
      }
    } else if (buffer.isReading()) {
      pairedTick = -1;
    }
  }

  @Override
  long busSettledTicks() {
    return pairedTick + 1;
  }
}
