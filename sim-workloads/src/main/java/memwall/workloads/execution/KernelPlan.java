package memwall.workloads.execution;

import com.google.common.base.Ascii;
import java.util.Arrays;
import memwall.workloads.kernel.AttentionKernel;
import memwall.workloads.kernel.ExpertsKernel;
import memwall.workloads.kernel.GemmKernel;
import memwall.workloads.kernel.KernelTime;
import memwall.workloads.kernel.LatentAttentionKernel;
import memwall.workloads.kernel.Overlap;
import memwall.workloads.model.LatentAttention;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.NumberFormat;
import memwall.workloads.operator.AttentionShape;
import memwall.workloads.operator.MatrixShape;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipKernels;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.ComputeSpec;
import memwall.workloads.system.OverheadSpec;
import org.jspecify.annotations.Nullable;

/**
 * What the kernels of a chip take for the operators of a step: their fixed time, the work of the
 * multiprocessors, and what partial overlap with the memory adds. Data are cold: between two uses
 * of a layer those of all others pass through the cache. An operator that the chip has no kernel
 * for has the fixed time of its kind.
 */
public final class KernelPlan {
  private final @Nullable ChipKernels kernels;
  private final ComputeSpec compute;
  private final OverheadSpec overhead;
  private final KernelTime time = new KernelTime();

  // By operator; filled step by step. An exponent of 0: no kernel.
  private long[] fixedPs = {};
  private long[] chipPs = {};
  private long[] readingPs = {};
  private double[] overlaps = {};

  /** Rows of a product that its times are for: most steps in a row have as many. */
  private long[] productRows = {};

  /** Of a chip, with or without kernels. */
  public KernelPlan(ChipSpec chip) {
    this.kernels = chip.compute().kernels();
    this.compute = chip.compute();
    this.overhead = chip.overhead();
  }

  /** Whether the chip has any kernels. */
  public boolean any() {
    return kernels != null;
  }

  /** Takes the amounts of a filled plan. */
  public void fill(OperatorPlan plan) {
    if (overlaps.length != plan.size()) {
      fixedPs = new long[plan.size()];
      chipPs = new long[plan.size()];
      readingPs = new long[plan.size()];
      overlaps = new double[plan.size()];
      productRows = new long[plan.size()];
    }
    if (kernels == null) {
      return;
    }
    Arrays.fill(overlaps, 0);
    for (int i = 0; i < overlaps.length; i++) {
      if (!plan.isIdle(i) && plan.flops(i) > 0) {
        fill(kernels, plan, i);
      }
    }
  }

  private void fill(ChipKernels of, OperatorPlan plan, int i) {
    switch (plan.kind(i)) {
      case GEMM, HEAD -> product(of, plan, i);
      case ATTENTION -> {
        AttentionShape shape = plan.attention(i);
        if (shape == null) {
          latent(of, plan, i);
        } else {
          attention(of, plan, i, shape);
        }
      }
      case EXPERTS -> experts(of, plan, i);
      case PREFILL_ATTENTION, EMBEDDING, ELEMENTWISE, ALL_REDUCE, ALL_TO_ALL, SEND -> {
        // A fixed time and a roofline.
      }
    }
  }

  /** Several matrices are several kernels one after the other; those alike are one. */
  private void product(ChipKernels of, OperatorPlan plan, int i) {
    GemmKernel kernel = of.library().gemm().get(name(plan.storedFormat(i)));
    double peak = kernel == null ? 0 : compute.peakFlopsPerSec(kernel.format());
    if (kernel == null || peak == 0) {
      return;
    }
    long elements = 0;
    for (MatrixShape matrix : plan.matrices(i)) {
      elements += matrix.elements();
    }
    // At least one, as there are FLOPs; rounded up, as prompts may add parts of rows.
    long rows = (plan.flops(i) + 2 * elements - 1) / (2 * elements);
    if (rows == productRows[i]) {
      overlaps[i] = kernel.memory().overlap();
      return;
    }
    productRows[i] = rows;
    double fixed = 0;
    double chip = 0;
    double reading = 0;
    for (MatrixShape matrix : plan.matrices(i)) {
      kernel.time(
          of.chip(), peak, rows, matrix.rows() * matrix.count(), matrix.columns(), false, time);
      fixed += time.fixedPs();
      chip += time.chipPs();
      reading += time.memoryPs();
    }
    set(i, fixed, chip, reading, kernel.memory().overlap());
  }

  private void attention(ChipKernels of, OperatorPlan plan, int i, AttentionShape shape) {
    AttentionKernel kernel = of.library().attention().get(name(plan.storedFormat(i)));
    if (kernel != null) {
      double tokenBits = 2.0 * shape.kvHeads() * shape.headSize() * plan.storedFormat(i).bits();
      kernel.time(
          of.chip(),
          plan.decodeTokens(),
          meanContext(plan, i, tokenBits),
          shape.kvHeads(),
          shape.group(),
          shape.headSize(),
          false,
          time);
      set(i, time.fixedPs(), time.chipPs(), time.memoryPs(), time.overlap());
    }
  }

  private void latent(ChipKernels of, OperatorPlan plan, int i) {
    LatentAttentionKernel kernel = of.library().latentAttention().get(name(plan.storedFormat(i)));
    double peak = kernel == null ? 0 : compute.peakFlopsPerSec(kernel.format());
    if (kernel != null
        && peak > 0
        && plan.model().attention() instanceof LatentAttention attention) {
      int entrySize = attention.kvRank() + attention.ropeSize();
      kernel.time(
          of.chip(),
          peak,
          plan.decodeTokens(),
          meanContext(plan, i, (double) entrySize * plan.storedFormat(i).bits()),
          plan.headsPerRank(),
          entrySize,
          attention.kvRank(),
          false,
          time);
      set(i, time.fixedPs(), time.chipPs(), time.memoryPs(), time.overlap());
    }
  }

  private static double meanContext(OperatorPlan plan, int i, double tokenBits) {
    return Math.max(1, plan.kvReadBytes(i) * 8 / tokenBits / plan.decodeTokens());
  }

  /** Experts with a gate, of equal loads; every rank has a part of each. */
  private void experts(ChipKernels of, OperatorPlan plan, int i) {
    ExpertsKernel kernel = of.library().experts().get(name(plan.storedFormat(i)));
    double peak = kernel == null ? 0 : compute.peakFlopsPerSec(kernel.format());
    ModelSpec model = plan.model();
    if (kernel == null || peak == 0 || model.ffnMatrices() != 3) {
      return;
    }
    double distinct = Math.max(1, plan.distinctExperts());
    double pairs = (double) plan.tokens() * model.moe().activeExperts();
    double tiles = distinct * Math.ceil(Math.max(1, pairs / distinct) / kernel.tileRows());
    MatrixShape down = plan.matrices(i).get(1);
    kernel.time(
        of.chip(),
        peak,
        (double) plan.tokens(),
        model.moe().experts(),
        distinct,
        pairs,
        tiles,
        (int) down.rows(),
        (double) down.columns(),
        time);
    set(i, time.fixedPs(), time.chipPs(), time.memoryPs(), time.overlap());
  }

  private static String name(NumberFormat format) {
    return Ascii.toLowerCase(format.name());
  }

  private void set(int i, double fixed, double chip, double reading, double overlap) {
    fixedPs[i] = StrictMath.round(fixed);
    chipPs[i] = (long) Math.ceil(chip);
    readingPs[i] = StrictMath.round(reading);
    overlaps[i] = overlap;
  }

  /** Whether the chip has a kernel for an operator that it carries out itself. */
  public boolean has(int i) {
    return overlaps[i] > 0;
  }

  /**
   * Fixed time at the start of an operator, picoseconds.
   *
   * @param isNear whether a memory carries it out
   */
  public long overheadPs(OperatorPlan plan, int i, boolean isNear) {
    return has(i) && !isNear ? fixedPs[i] : overhead.ofPs(plan.kind(i));
  }

  /** Work of the compute engine for an operator that there is a kernel for, picoseconds. */
  public long chipPs(int i) {
    return chipPs[i];
  }

  /**
   * What partial overlap adds to the longer of both, picoseconds; 0 without a kernel. A kernel asks
   * for its data no faster than at its own share of the memory's peak rate, however fast the memory
   * is.
   *
   * @param memoryPs what its reads and writes took, at least 0
   */
  public double tailPs(int i, double memoryPs) {
    if (!has(i)) {
      return 0;
    }
    double alonePs =
        Overlap.of(Math.max(memoryPs, (double) readingPs[i]), (double) chipPs[i], overlaps[i]);
    return alonePs - Math.max(memoryPs, (double) chipPs[i]);
  }
}
