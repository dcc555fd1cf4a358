package memwall.memory.dram.channel;

import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.jspecify.annotations.Nullable;

/** One command a tick, on one bus: DDR4, DDR5, GDDR6. */
final class SingleBus extends OneBus {
  SingleBus(DramStandard standard, ControllerSpec spec) {
    super(standard, spec, Command.ACT.index());
  }

  @Override
  void plan(long next) {
    planOneBus(next, true);
  }

  @Override
  void issue() {
    if (planned == ACTIVE) {
      state.issueActiveColumn(activePosition, planTick, true);
    } else if (planned == MAINTENANCE) {
      state.issueMaintenance(maintenancePosition, maintenanceCommand, maintenanceBank, planTick);
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
  void exchangeBus(StateBuffer buffer, @Nullable StreamFrame frame, long next) {
    // Nothing outlasts a tick.
  }
}
