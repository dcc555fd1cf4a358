package memwall.memory.dram.bank;

import java.util.List;
import memwall.core.Completion;
import memwall.core.leap.Leapable;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;

/** The part of a memory that computes. */
interface KernelSide extends Leapable {
  /** Whether numbers of a format can be multiplied. */
  boolean computes(NumberFormat format);

  /** See {@link memwall.memory.pnm.NearCompute#compute}. */
  void compute(AddressWindow window, PimKernel kernel, Completion done, long word);

  /** See {@link memwall.memory.pnm.NearCompute#boundPs}. */
  long boundPs(PimKernel kernel);

  /** A channel is done with what was submitted to it under this number. */
  void laneDone(int slot);

  /** Kernels not complete. */
  int size();

  /** Bytes that the channels moved in ordinary bursts for kernels so far. */
  long burstBytes();

  /** What kernels cost the memory beyond the bursts, rows and standby of its channels. */
  EnergyBreakdown memoryEnergy();

  /** Adds a sentence for each law that is broken. */
  void check(List<String> broken);
}
