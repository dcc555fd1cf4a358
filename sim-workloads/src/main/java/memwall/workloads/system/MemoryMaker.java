package memwall.workloads.system;

import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;

/** Builds the memories of chips: the table of models, or what stands for it in a test. */
@FunctionalInterface
public interface MemoryMaker {
  /**
   * Builds a memory at rest.
   *
   * @param devices identical devices over which transfers are striped, at least 1
   * @param folded whether one channel or stack stands for all that always do the same
   */
  Memory create(Simulation simulation, Stats stats, MemorySpec spec, int devices, boolean folded);
}
