package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.model.NumberFormat;

/**
 * The routed experts of a layer as grouped products: gate and up, then down, with the kernels that
 * sort tokens, gather and scatter.
 *
 * <pre>
 * weights = distinct experts 3 hidden width bytes
 * compute = tiles rows 6 hidden width / (efficiency peak);  feed = tiles 3 hidden width bytes / feed rate
 * steps   = (ceil(tiles 2 width / 128 / SMs) hidden + ceil(tiles hidden / 128 / SMs) width) step
 * memory  = weights / rate;  chip = pnorm(compute, feed, steps)
 * fixed   = launch + expert time local experts + passes activations / peak rate
 * </pre>
 *
 * @param weightBits bits of a weight with its scale factors
 * @param format what the matrix units multiply
 * @param tileRows rows of a tile
 * @param launchPs launch of all kernels
 * @param expertPs for each expert of the rank, used or not
 * @param stepPs time of one step of the inner dimension that nothing hides
 * @param efficiency share of the peak rate that full tiles reach, in (0, 1]
 * @param passes how often activations are moved at the memory's peak rate, beyond once
 * @param memory how fast it reads; the cache's rate is that at which tiles are fed
 */
public record ExpertsKernel(
    double weightBits,
    NumberFormat format,
    int tileRows,
    long launchPs,
    long expertPs,
    long stepPs,
    double efficiency,
    double passes,
    MemoryLimit memory) {
  private static final int TILE_COLUMNS = 128;
  private static final int ACTIVATION_BYTES = 2;

  static ExpertsKernel read(Config config) {
    ExpertsKernel kernel =
        new ExpertsKernel(
            config.number("weight_bits", 1, 32, "Bits of a weight with its scale factors"),
            config.choice("multiplies", NumberFormat.class, "What the matrix units multiply"),
            (int) config.integer("tile", 1, 1024, "Rows of a tile"),
            config.quantity("launch", Dimension.TIME, "Fixed time of all kernels"),
            config.quantity("expert", Dimension.TIME, "For each expert of the rank"),
            config.quantity("step", Dimension.TIME, "Time of one step that nothing hides"),
            config.number("efficiency", 0.01, 1, "Share of the peak that full tiles reach"),
            config.number("passes", 0, 1000, "How often activations are moved"),
            new MemoryLimit(
                config.number("memory_efficiency", 0.01, 1, "Share of the memory's peak rate"),
                GemmKernel.rate(
                    config, "feed", Dimension.BYTE_RATE, "Rate at which tiles get weights"),
                1,
                MemoryLimit.overlap(config)));
    config.finish();
    return kernel;
  }

  /**
   * Time of a layer.
   *
   * @param peakFlopsPerSec peak of the chip in {@link #format}
   * @param load what the rank has to do
   * @param hidden elements of a token, at least 1
   * @param width inner width of an expert on this rank, at least 1
   */
  public void time(
      KernelChip chip,
      double peakFlopsPerSec,
      ExpertLoad load,
      int hidden,
      double width,
      KernelTime out) {
    time(
        chip,
        peakFlopsPerSec,
        load.tokens(),
        load.localExperts(),
        load.distinctExperts(),
        load.pairs(),
        load.tiles(),
        hidden,
        width,
        out);
  }

  /** Time of a layer whose load stands in the parameters ({@link ExpertLoad}). */
  public void time(
      KernelChip chip,
      double peakFlopsPerSec,
      double tokens,
      double localExperts,
      double distinctExperts,
      double pairs,
      double tiles,
      int hidden,
      double width,
      KernelTime out) {
    double p = memory.overlap();
    double matrices = 3.0 * hidden * width;
    double weightBytes = matrices * weightBits / 8;
    double memoryPs = memory.readPs(chip, distinctExperts * weightBytes, false, 1);
    double computePs = tiles * tileRows * 2 * matrices * 1e12 / (efficiency * peakFlopsPerSec);
    double feedPs = tiles * weightBytes * 1e12 / memory.cacheBytesPerSec();
    double steps = rounds(chip, tiles, 2 * width) * hidden + rounds(chip, tiles, hidden) * width;
    double chipPs = Overlap.of(Overlap.of(computePs, feedPs, p), steps * stepPs, p);
    double activationBytes =
        (tokens * hidden + pairs * (2.0 * hidden + 3 * width)) * ACTIVATION_BYTES;
    double fixedPs =
        launchPs
            + expertPs * localExperts
            + passes * activationBytes * 1e12 / chip.memoryBytesPerSec();
    out.set(fixedPs, memoryPs, chipPs, p);
  }

  private static double rounds(KernelChip chip, double tiles, double columns) {
    return Math.max(1, Math.ceil(tiles * Math.ceil(columns / TILE_COLUMNS) / chip.sms()));
  }
}
