package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.model.NumberFormat;

/**
 * Decode attention over one latent entry for all heads (DeepSeek-V2, arXiv 2405.04434): a unit of
 * work is one tile of heads of one sequence, split along its context. Queries come in and results
 * go out before and behind the stream of entries, so that their time is fixed.
 *
 * <pre>
 * units  = batch ceil(heads / tile);  splits, rounds as {@link AttentionKernel}
 * entry  = entry bytes / stream rate + 2 tile (entry + value size) SMs / (efficiency peak)
 * chip   = rounds (unit + head time min(heads, tile) + (context / splits) entry)
 * memory = batch context entry bytes / rate
 * fixed  = launch + queries and results / rate + [partial results / cache rate + combine + part (splits - 1)]
 * time   = fixed + pnorm(memory, chip)
 * </pre>
 *
 * @param kvBits bits of a stored number
 * @param format what the matrix units multiply
 * @param launchPs launch
 * @param unitPs fixed time of a unit, paid in each round
 * @param headPs of a unit for each head
 * @param tile heads of a unit
 * @param streamBytesPerSec rate at which one multiprocessor streams entries
 * @param efficiency share of the peak rate that a unit reaches, in (0, 1]
 * @param combinePs to combine the parts of a split context
 * @param partPs for each part more than one
 * @param memory how fast it reads
 * @param cut how work is cut
 */
public record LatentAttentionKernel(
    double kvBits,
    NumberFormat format,
    long launchPs,
    long unitPs,
    long headPs,
    int tile,
    long streamBytesPerSec,
    double efficiency,
    long combinePs,
    long partPs,
    MemoryLimit memory,
    Waves cut) {
  private static final int STEEPNESS = 8;

  /** Queries and results have 16 bits, partial sums 32, which are written and read. */
  private static final int VECTOR_BYTES = 2;

  private static final int PARTIAL_BYTES = 8;

  static LatentAttentionKernel read(Config config) {
    LatentAttentionKernel kernel =
        new LatentAttentionKernel(
            config.number("kv_bits", 1, 32, "Bits of a stored number"),
            config.choice("multiplies", NumberFormat.class, "What the matrix units multiply"),
            config.quantity("launch", Dimension.TIME, "Fixed time"),
            config.quantity("unit", Dimension.TIME, "Fixed time of a unit of work"),
            config.quantity("head", Dimension.TIME, "Time of a unit for each head"),
            (int) config.integer("tile", 1, 1024, "Heads of a unit"),
            GemmKernel.rate(config, "stream", Dimension.BYTE_RATE, "Entries that one SM streams"),
            config.number("efficiency", 0.01, 1, "Share of the peak that a unit reaches"),
            config.quantity("combine", Dimension.TIME, "To combine parts of a split context"),
            config.quantity("part", Dimension.TIME, "For each part more than one"),
            MemoryLimit.read(config),
            Waves.read(config));
    config.finish();
    return kernel;
  }

  /**
   * Time of one call.
   *
   * @param peakFlopsPerSec peak of the chip in {@link #format}
   * @param batch sequences, at least 1
   * @param contextTokens of each, their mean; positive
   * @param heads on this chip, at least 1
   * @param entrySize elements of an entry (latent and rotary part), at least 1
   * @param valueSize elements of the latent part, at least 1
   * @param warm whether the entries were read just before
   */
  public void time(
      KernelChip chip,
      double peakFlopsPerSec,
      long batch,
      double contextTokens,
      int heads,
      int entrySize,
      int valueSize,
      boolean warm,
      KernelTime out) {
    double units = batch * Math.ceil((double) heads / tile);
    double splits = cut.splits(chip, units, contextTokens);
    double rounds = Math.ceil(units * splits / chip.sms());
    double entryBytes = entrySize * kvBits / 8;
    double entryPs =
        entryBytes * 1e12 / streamBytesPerSec
            + 2.0
                * tile
                * (entrySize + valueSize)
                * chip.sms()
                * 1e12
                / (efficiency * peakFlopsPerSec);
    double chipPs =
        rounds
            * (unitPs + (double) headPs * Math.min(heads, tile) + contextTokens / splits * entryPs);
    double memoryPs = memory.readPs(chip, batch * contextTokens * entryBytes, warm, STEEPNESS);
    double vectors = (double) batch * heads;
    double fixedPs =
        launchPs
            + vectors
                * (entrySize + valueSize)
                * VECTOR_BYTES
                * 1e12
                / (memory.efficiency() * chip.memoryBytesPerSec());
    if (splits > 1) {
      fixedPs +=
          vectors * splits * valueSize * PARTIAL_BYTES * 1e12 / memory.cacheBytesPerSec()
              + combinePs
              + partPs * (splits - 1);
    }
    out.set(fixedPs, memoryPs, chipPs, memory.overlap());
  }
}
