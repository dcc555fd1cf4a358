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
    PimSpec pim = spec.pim();
    if (pim != null) {
      return program(pim, kernel, 0);
    }
    PnmSpec pnm = engine();
    double readPs = readPs(pnm, kernel, (double) spec.device().peakBytesPerSec());
    return engine(pnm, kernel, Math.max((long) readPs, workPs(pnm, kernel)));
  }

  /**
   * Refreshes included, and reads at the rate that a stream sustains. An engine works on whole
   * pieces: on the first one after it was read, on the last one when all is read.
   */
  long expectedPs(PimKernel kernel) {
    PimSpec pim = spec.pim();
    if (pim != null) {
      StreamRate rate = new StreamRate(spec.device().standard(), spec.controller());
      return program(pim, kernel, rate.programRefreshShare());
    }
    PnmSpec pnm = engine();
    double readPs = readPs(pnm, kernel, (double) spec.readBytesPerSec());
    double workPs = (double) workPs(pnm, kernel);
    double piece = Math.min(1, pieceBytes(pnm) / kernel.matrixBytes());
    double busyPs = Math.max(readPs + piece * workPs, piece * readPs + workPs);
    return engine(pnm, kernel, spec.idleReadPs() + (long) busyPs);
  }

  private long program(PimSpec pim, PimKernel kernel, double refreshShare) {
    long ticks = PimPlan.of(pim, devices, kernel).boundTicks();
    long femtos = Math.multiplyExact(ticks, pim.dram().standard().tickFemtos());
    double programPs = Math.floorDiv(femtos, 1000);
    return pim.launchPs() + (long) Math.ceil(programPs / (1 - refreshShare)) + spec.pathPs();
  }

  private PnmSpec engine() {
    PnmSpec pnm = spec.pnm();
    if (pnm == null) {
      throw new IllegalArgumentException(
          "a memory of " + spec.device().standard().name() + " does not compute");
    }
    return pnm;
  }

  /** Input over the link, what the engine takes, results over the link. */
  private long engine(PnmSpec pnm, PimKernel kernel, long busyPs) {
    long linkBytesPerSec = scaled(pnm.linkBytesPerSec(), pnm);
    return pnm.launchPs()
        + Units.transferPs(kernel.inputBytes(), linkBytesPerSec)
        + busyPs
        + Units.transferPs(kernel.resultBytes(), linkBytesPerSec)
        + spec.pathPs();
  }

  private double readPs(PnmSpec pnm, PimKernel kernel, double bytesPerSec) {
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
    return kernel.matrixBytes() / (bytesPerSec * devices) * PS_PER_SECOND;
  }

  private long workPs(PnmSpec pnm, PimKernel kernel) {
    long flops = Math.multiplyExact(2, kernel.multiplications());
    return Units.transferPs(flops, scaled(pnm.flopsPerSec(), pnm));
  }

  /** What all channels together read at a time. */
  private double pieceBytes(PnmSpec pnm) {
    double held = (double) scaled(pnm.sramBytes(), pnm) / PnmSide.AHEAD;
    return Math.min((double) PnmSide.PIECE_BYTES * devices * spec.lanes(), held);
  }

  private long scaled(long amount, PnmSpec pnm) {
    return Math.max(1, (long) ((double) amount * devices / pnm.devices()));
  }
}
