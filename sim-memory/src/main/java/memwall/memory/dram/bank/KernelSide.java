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

  /** Writes before which kernels wait may have finished. */
  void written();

  /** A channel is done with what was submitted to it under this number. */
  void laneDone(int slot);

  /** Kernels not complete. */
  int size();

  /** Bytes that the channels moved in ordinary bursts for kernels so far. */
  long burstBytes();

  /** What kernels cost the memory beyond the bursts, rows and standby of its channels. */
  EnergyBreakdown memoryEnergy();

  /** A transfer that it submitted is cut into one part more. */
  void addPart(int slot);

  /**
   * Adds what kernels turned into heat in one device so far.
   *
   * @param device the channels of the device that are simulated, at a tick up to now
   * @param multiplicity channels that each of them stands for
   * @param heat says where it becomes heat
   */
  void addHeat(ChannelLane[] device, long multiplicity, BankHeat heat, double[] joules);

  /**
   * The logic die has another clock and voltage from now on. Does nothing where nobody computes
   * there.
   *
   * @param clockShare of the full clock
   * @param powerShare of the power at full clock and voltage
   */
  void setClock(double clockShare, double powerShare);

  /** Adds a sentence for each law that is broken. */
  void check(List<String> broken);
}
