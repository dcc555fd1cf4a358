package memwall.workloads.system;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSortedMap;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.kernel.KernelLibrary;
import memwall.workloads.model.NumberFormat;
import org.jspecify.annotations.Nullable;

/**
 * The matrix engines of a chip.
 *
 * @param peakFlopsPerSec dense peak rate per compute precision name, for example {@code bf16}
 * @param efficiency share of the peak that a large matrix product reaches, in (0, 1]
 * @param pjPerFlop energy of one FLOP, for reports
 * @param kernels closed forms of its kernels; null if operators are a roofline and a fixed time
 */
public record ComputeSpec(
    ImmutableSortedMap<String, Long> peakFlopsPerSec,
    double efficiency,
    double pjPerFlop,
    @Nullable ChipKernels kernels) {

  /** Engines whose operators are a roofline and a fixed time. */
  public ComputeSpec(
      ImmutableSortedMap<String, Long> peakFlopsPerSec, double efficiency, double pjPerFlop) {
    this(peakFlopsPerSec, efficiency, pjPerFlop, null);
  }

  static ComputeSpec read(Config config) {
    Config peak = config.section("peak", "Dense peak rate per precision (no sparsity)");
    ImmutableSortedMap.Builder<String, Long> rates = ImmutableSortedMap.naturalOrder();
    for (String precision : peak.keys()) {
      rates.put(
          precision,
          peak.quantity(precision, Dimension.FLOP_RATE, "Dense peak rate at this precision"));
    }
    if (peak.keys().isEmpty()) {
      config.fault("peak", "no precision given; for example 'bf16: 989 TFLOP/s'");
    }
    peak.finish();
    ComputeSpec spec =
        new ComputeSpec(
            rates.buildOrThrow(),
            config.number(
                "efficiency", 0.01, 1, "Share of the peak that a large matrix product reaches"),
            config.reportQuantity("energy", Dimension.ENERGY_PER_FLOP, "Energy of one FLOP"),
            config
                .optionalPreset("kernels", KernelLibrary.KIND, "Closed forms of the kernels")
                .map(library -> ChipKernels.read(config, KernelLibrary.read(library)))
                .orElse(null));
    config.finish();
    return spec;
  }

  /** Whether the chip has a peak rate for a number format. */
  public boolean supports(NumberFormat format) {
    return peakFlopsPerSec.containsKey(Ascii.toLowerCase(format.name()));
  }

  /** Peak rate in a number format, FLOP/s; 0 if the chip has no such precision. */
  public long peakFlopsPerSec(NumberFormat format) {
    return peakFlopsPerSec.getOrDefault(Ascii.toLowerCase(format.name()), 0L);
  }

  /**
   * Sustained rate in a number format, FLOP/s.
   *
   * @throws IllegalArgumentException if the chip has no such precision
   */
  public long flopsPerSec(NumberFormat format) {
    String precision = Ascii.toLowerCase(format.name());
    Long peak = peakFlopsPerSec.get(precision);
    if (peak == null) {
      throw new IllegalArgumentException(
          "no peak rate for " + precision + " (known: " + peakFlopsPerSec.keySet() + ")");
    }
    return Math.max(1, (long) (peak * efficiency));
  }
}
