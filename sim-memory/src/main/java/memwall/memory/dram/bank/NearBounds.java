package memwall.memory.dram.bank;

import java.util.HashMap;
import java.util.Map;
import memwall.core.unit.Units;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.PimKernel;
import memwall.memory.pnm.PimPlan;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmSpec;

/**
 * The layout of kernels on a memory of banks, and their closed forms on one at rest, from its
 * specification alone. Layouts are kept: the same kernels come in every layer and step.
 */
final class NearBounds {
  /** Kernels whose layout is kept; decoding knows some per layer and length of context. */
  private static final int MOST_LAYOUTS = 4096;

  private static final double PS_PER_SECOND = Units.PS_PER_SECOND;

  private final BankSpec spec;
  private final int devices;

  /** Layouts in the banks by kernel; only ever asked for, never gone through. */
  private final Map<PimKernel, Layout> layouts = new HashMap<>();

  /**
   * A kernel in the banks.
   *
   * @param plan which rows hold what, and the program
   * @param programPs closed form of the program, without launch and path
   * @param slots products that there is room for meanwhile
   * @param bankBytes bytes that processors read
   * @param inputBytes bytes of input over the buses
   * @param resultBytes bytes of results over the buses
   */
  record Layout(
      PimPlan plan,
      long programPs,
      long slots,
      long bankBytes,
      long inputBytes,
      long resultBytes) {}

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
    double readPs = readPs(kernel, (double) spec.device().peakBytesPerSec());
    return engine(pnm, kernel, Math.max((long) readPs, workPs(pnm, kernel)));
  }

  /**
   * Refreshes included, and reads at the rate that a stream sustains. An engine works on whole
   * pieces: on the first one after it was read, on the last one when all is read.
   */
  NearSpec.Expected expected(PimKernel kernel) {
    PimSpec pim = spec.pim();
    if (pim != null) {
      StreamRate rate = new StreamRate(spec.device().standard(), spec.controller());
      Layout its = layout(pim, kernel);
      long timePs = program(pim, kernel, rate.programRefreshShare());
      return new NearSpec.Expected(timePs, its.inputBytes(), its.resultBytes());
    }
    PnmSpec pnm = engine();
    double readPs = readPs(kernel, (double) spec.readBytesPerSec());
    double workPs = (double) workPs(pnm, kernel);
    double piece = Math.min(1, pieceBytes(pnm) / kernel.matrixBytes());
    double busyPs = Math.max(readPs + piece * workPs, piece * readPs + workPs);
    long timePs = engine(pnm, kernel, spec.idleReadPs() + (long) busyPs);
    return new NearSpec.Expected(timePs, kernel.inputBytes(), kernel.resultBytes());
  }

  /**
   * Lays out a kernel of a memory whose banks compute.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  Layout layout(PimSpec pim, PimKernel kernel) {
    Layout known = layouts.get(kernel);
    if (known == null) {
      PimPlan plan = PimPlan.of(pim, devices, kernel);
      long femtos = Math.multiplyExact(plan.boundTicks(), pim.dram().standard().tickFemtos());
      known =
          new Layout(
              plan,
              femtos / 1000,
              plan.slots(),
              plan.bankBytes(),
              plan.inputBytes(),
              plan.resultBytes());
      if (layouts.size() >= MOST_LAYOUTS) {
        layouts.clear();
      }
      layouts.put(kernel, known);
    }
    return known;
  }

  private long program(PimSpec pim, PimKernel kernel, double refreshShare) {
    double programPs = (double) layout(pim, kernel).programPs;
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

  private double readPs(PimKernel kernel, double bytesPerSec) {
    checkFits(kernel);
    return kernel.matrixBytes() / (bytesPerSec * devices) * PS_PER_SECOND;
  }

  /**
   * Refuses what an engine's memory cannot hold.
   *
   * @throws IllegalArgumentException saying what was given and what is allowed
   */
  void checkFits(PimKernel kernel) {
    long capacityBytes = Math.multiplyExact(spec.device().capacityBytes(), (long) devices);
    if (kernel.matrixBytes() > capacityBytes) {
      throw new IllegalArgumentException(
          "the matrices of "
              + kernel.matrixBytes()
              + " B need more than the "
              + capacityBytes
              + " B of the memory of "
              + engine().name());
    }
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
