package memwall.memory.dram.bank;

import memwall.core.unit.Units;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimPlan;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmSpec;

/** Closed forms of kernels on memories of banks at rest, from their specification alone. */
final class NearBounds {
  private static final double PS_PER_SECOND = Units.PS_PER_SECOND;

  private final BankSpec spec;
  private final int devices;

  NearBounds(BankSpec spec, int devices) {
    this.spec = spec;
    this.devices = devices;
  }

  /** No event beats it: without refreshes, reads at the peak of the data buses. */
  long boundPs(PimKernel kernel) {
    return launched(kernel, 0, (double) spec.device().peakBytesPerSec());
  }

  /** Refreshes included, and reads at the rate that a stream sustains. */
  long expectedPs(PimKernel kernel) {
    double share =
        spec.pim() == null
            ? 0
            : new StreamRate(spec.device().standard(), spec.controller()).programRefreshShare();
    return launched(kernel, share, (double) spec.readBytesPerSec());
  }

  private long launched(PimKernel kernel, double refreshShare, double readBytesPerSec) {
    PimSpec pim = spec.pim();
    PnmSpec pnm = spec.pnm();
    if (pim != null) {
      long ticks = PimPlan.of(pim, devices, kernel).boundTicks();
      long femtos = Math.multiplyExact(ticks, pim.dram().standard().tickFemtos());
      double programPs = Math.floorDiv(femtos, 1000);
      return pim.launchPs() + (long) Math.ceil(programPs / (1 - refreshShare)) + spec.pathPs();
    }
    if (pnm == null) {
      throw new IllegalArgumentException(
          "a memory of " + spec.device().standard().name() + " does not compute");
    }
    return engine(pnm, kernel, readBytesPerSec * devices);
  }

  /** Input over the link, the later of reads and work, results over the link. */
  private long engine(PnmSpec pnm, PimKernel kernel, double readBytesPerSec) {
    long capacityBytes = Math.multiplyExact(spec.device().capacityBytes(), (long) devices);
    if (kernel.matrixBytes() > capacityBytes) {
      throw new IllegalArgumentException(
          "the matrices of "
              + kernel.matrixBytes()
              + " B need more than the "
              + capacityBytes
              + " B of the memory of "
              + pnm.name());
    }
    double readPs = kernel.matrixBytes() / readBytesPerSec * PS_PER_SECOND;
    long flops = Math.multiplyExact(2, kernel.multiplications());
    long linkBytesPerSec = scaled(pnm.linkBytesPerSec(), pnm);
    return pnm.launchPs()
        + Units.transferPs(kernel.inputBytes(), linkBytesPerSec)
        + Math.max((long) readPs, Units.transferPs(flops, scaled(pnm.flopsPerSec(), pnm)))
        + Units.transferPs(kernel.resultBytes(), linkBytesPerSec)
        + spec.pathPs();
  }

  private long scaled(long amount, PnmSpec pnm) {
    return Math.max(1, (long) ((double) amount * devices / pnm.devices()));
  }
}
