package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.model.NumberFormat;
import org.jspecify.annotations.Nullable;

/**
 * Product of activations with a weight matrix, {@code m x k} times {@code k x n}, by a library of
 * tiled kernels that picks the fastest: tiles of A x B outputs, the k dimension split s ways.
 *
 * <pre>
 * waves  = ceil(ceil(n / A) ceil(m / B) s / SMs)
 * stream = waves (k / s) ((min(A, n) weight bytes + min(B, m) activation bytes) / stream rate + k latency)
 * flops  = waves 2 A B (k / s) SMs / (efficiency peak)
 * chip   = min over tiles and splits of pnorm(stream, flops) + split time log2 s
 * memory = (n k weight bytes + m k activation bytes + 2 m n) / rate
 * time   = launch + pnorm(memory, chip)
 * </pre>
 *
 * <p>For few rows there may be a kernel without matrix units, of which the library takes the
 * faster: {@code chip = k latency k + 2 m n k / rate}.
 *
 * @param weightBits bits of a weight with its scale factors
 * @param activationBits bits of an activation as the kernel reads it
 * @param format what the matrix units multiply
 * @param launchPs launch, with the quantisation of activations where that is a kernel of its own
 * @param memory how fast it reads
 * @param streamBytesPerSec rate at which one multiprocessor streams operands
 * @param efficiency share of the peak rate that full tiles reach, in (0, 1]
 * @param latencyPs of one step of k, which no other work hides
 * @param splitPs to sum up the halves of a split
 * @param mostSplits a power of two, at least 1
 * @param vector the kernel for few rows; null if there is none
 */
public record GemmKernel(
    double weightBits,
    double activationBits,
    NumberFormat format,
    long launchPs,
    MemoryLimit memory,
    long streamBytesPerSec,
    double efficiency,
    long latencyPs,
    long splitPs,
    int mostSplits,
    @Nullable Vector vector) {
  private static final int[] LONG_SIDES = {64, 128};
  private static final int[] SHORT_SIDES = {16, 64, 128, 256};
  private static final int STEEPNESS = 6;

  /**
   * A kernel of the chip's vector units.
   *
   * @param rows most rows of activations for which there is one
   * @param launchPs launch
   * @param latencyPs of one step of k
   * @param flopsPerSec rate of the vector units, FLOP/s
   */
  public record Vector(long rows, long launchPs, long latencyPs, long flopsPerSec) {}

  static GemmKernel read(Config config) {
    GemmKernel kernel =
        new GemmKernel(
            config.number("weight_bits", 1, 32, "Bits of a weight with its scale factors"),
            config.number("activation_bits", 1, 32, "Bits of an activation as the kernel reads it"),
            config.choice("multiplies", NumberFormat.class, "What the matrix units multiply"),
            config.quantity("launch", Dimension.TIME, "Fixed time: launch, quantisation"),
            MemoryLimit.read(config),
            rate(config, "stream", Dimension.BYTE_RATE, "Operands that one SM streams"),
            config.number("efficiency", 0.01, 1, "Share of the peak that full tiles reach"),
            config.quantity("step", Dimension.TIME, "Time of one step of k that nothing hides"),
            config.quantity("split", Dimension.TIME, "To sum up the halves of a split of k"),
            (int) config.integer("splits", 1, 64, "Most parts that k is split into"),
            config
                .optionalSection("vector", "Kernel for few rows that has no matrix units")
                .map(GemmKernel::readVector)
                .orElse(null));
    config.finish();
    return kernel;
  }

  private static Vector readVector(Config config) {
    Vector vector =
        new Vector(
            config.integer("rows", 1, 1 << 20, "Most rows of activations"),
            config.quantity("launch", Dimension.TIME, "Fixed time"),
            config.quantity("step", Dimension.TIME, "Time of one step of k"),
            rate(config, "rate", Dimension.FLOP_RATE, "Rate of the vector units"));
    config.finish();
    return vector;
  }

  static long rate(Config config, String key, Dimension dimension, String sentence) {
    return Math.max(1, config.quantity(key, dimension, sentence));
  }

  /**
   * Time of one product.
   *
   * @param peakFlopsPerSec peak of the chip in {@link #format}
   * @param m rows of activations, at least 1
   * @param n outputs, at least 1
   * @param k inputs, at least 1
   * @param warm whether the weights were read just before
   */
  public void time(
      KernelChip chip,
      double peakFlopsPerSec,
      long m,
      long n,
      long k,
      boolean warm,
      KernelTime out) {
    double bytes =
        ((double) n * k * weightBits + (double) m * k * activationBits) / 8 + 2.0 * m * n;
    double memoryPs = memory.readPs(chip, bytes, warm, STEEPNESS);
    double chipPs = matrixPs(chip, peakFlopsPerSec, m, n, k);
    out.set((double) launchPs, memoryPs, chipPs, memory.overlap());
    if (vector != null && m <= vector.rows()) {
      double matrixPs = out.totalPs();
      double vectorPs =
          (double) vector.latencyPs() * k + 2.0 * m * n * k * 1e12 / vector.flopsPerSec();
      out.set((double) vector.launchPs(), memoryPs, vectorPs, memory.overlap());
      if (matrixPs < out.totalPs()) {
        out.set((double) launchPs, memoryPs, chipPs, memory.overlap());
      }
    }
  }

  /** The fastest of all tiles and splits. */
  private double matrixPs(KernelChip chip, double peakFlopsPerSec, long m, long n, long k) {
    double best = Double.POSITIVE_INFINITY;
    for (int side : LONG_SIDES) {
      for (int other : SHORT_SIDES) {
        best = fastest(chip, peakFlopsPerSec, m, n, k, side, other, best);
        best = fastest(chip, peakFlopsPerSec, m, n, k, other, side, best);
      }
    }
    return best;
  }

  private double fastest(
      KernelChip chip,
      double peakFlopsPerSec,
      long m,
      long n,
      long k,
      int tileN,
      int tileM,
      double before) {
    double best = before;
    double tiles = Math.ceil((double) n / tileN) * Math.ceil((double) m / tileM);
    double rowBytes = (Math.min(tileN, n) * weightBits + Math.min(tileM, m) * activationBits) / 8;
    double streamStepPs = rowBytes * 1e12 / streamBytesPerSec + latencyPs;
    double flopStepPs = 2.0 * tileN * tileM * chip.sms() * 1e12 / (efficiency * peakFlopsPerSec);
    double splitTimePs = 0;
    for (int splits = 1; splits <= mostSplits; splits *= 2) {
      double steps = Math.ceil(tiles * splits / chip.sms()) * k / splits;
      double streamPs = steps * streamStepPs;
      double flopPs = steps * flopStepPs;
      if (Math.max(streamPs, flopPs) + splitTimePs < best) {
        best = Math.min(best, Overlap.of(streamPs, flopPs, memory.overlap()) + splitTimePs);
      }
      splitTimePs += splitPs;
    }
    return best;
  }
}
