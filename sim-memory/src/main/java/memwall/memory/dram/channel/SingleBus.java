package memwall.memory.dram.channel;

import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;

/** One command a tick, on one bus: DDR4, DDR5, GDDR6. */
final class SingleBus extends Scheduler {
  private static final int ACTIVE = 0;
  private static final int MAINTENANCE = 1;
  private static final int QUEUE = 2;

  private int planned;

  SingleBus(DramStandard standard, ControllerSpec spec) {
    super(standard, spec, Command.ACT.index(), 0);
  }

  @Override
  void plan(long next) {
    considerActive(next);
    planned = ACTIVE;
    planTick = activeTick;
    if (planTick == next) {
      return;
    }
    if (maintenance.size() > 0) {
      considerMaintenance(next);
      if (maintenanceTick < planTick) {
        planned = MAINTENANCE;
        planTick = maintenanceTick;
        if (planTick == next) {
          return;
        }
      }
      if (queuesBlocked()) {
        return;
      }
    }
    int way = serve();
    if (queues.queued[way] == 0) {
      return;
    }
    forgetBest();
    considerColumns(way, next);
    considerActivates(way, next);
    considerPrecharges(way, next);
    if (bestTick < planTick) {
      planned = QUEUE;
      planTick = bestTick;
    }
  }

  @Override
  void issue() {
    if (planned == ACTIVE) {
      state.issueActiveColumn(activePosition, planTick, true);
    } else if (planned == MAINTENANCE) {
      state.issueMaintenance(maintenancePosition, maintenanceCommand, planTick);
    } else if (bestCommand == PREPB) {
      state.issuePrecharge(bestSlot, planTick);
    } else if (bestCommand == activate) {
      state.beginActivate(bestSlot);
      state.finishActivate(activate, bestSlot, planTick);
    } else {
      state.issueQueuedColumn(bestSlot, planTick, true);
    }
  }

  @Override
  void exchangeBus(StateBuffer buffer, long next) {
    // Nothing outlasts a tick.
  }
}
