package memwall.memory.dram.channel;

import memwall.memory.dram.standard.DramStandard;

/** One command a tick for rows and columns alike: what is due first goes first. */
abstract class OneBus extends Scheduler {
  static final int ACTIVE = 0;
  static final int MAINTENANCE = 1;
  static final int QUEUE = 2;

  /** What the plan is, one of the above or of the class below. */
  int planned;

  OneBus(DramStandard standard, ControllerSpec spec, int activate) {
    super(standard, spec, activate, 0);
  }

  /**
   * Plans the next command: of two that can go at the same tick a request already begun goes before
   * maintenance, and maintenance before the queue.
   *
   * @param mayActivate whether a row may be opened for the queue
   */
  final void planOneBus(long next, boolean mayActivate) {
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
    if (mayActivate) {
      considerActivates(way, next);
    }
    considerPrecharges(way, next);
    if (bestTick < planTick) {
      planned = QUEUE;
      planTick = bestTick;
    }
  }
}
