package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import org.jspecify.annotations.Nullable;

/**
 * Decode attention of grouped heads over stored keys and values: a unit of work is one KV head of
 * one sequence, split along its context.
 *
 * <pre>
 * splits = clip(floor(waves SMs / (batch KV heads)), 1, context / split tokens)
 * rounds = ceil(batch KV heads splits / SMs)
 * chip   = rounds (unit + head time (heads / KV heads) + 2 (context / splits) size bytes / stream rate)
 * memory = 2 batch context KV heads size bytes / rate
 * time   = launch + [combine + part (splits - 1)] + pnorm(memory, chip)
 * </pre>
 *
 * <p>A library may use another kernel where there is too little work to fill the chip: one unit for
 * each head, whose context is split into parts of a fixed length.
 *
 * @param kvBits bits of a stored number
 * @param launchPs launch
 * @param unitPs fixed time of a unit, paid in each round
 * @param headPs of a unit for each query head
 * @param streamBytesPerSec rate at which one multiprocessor streams keys and values
 * @param combinePs to combine the parts of a split context
 * @param partPs for each part more than one
 * @param memory how fast it reads
 * @param cut how work is cut
 * @param small the kernel for little work; null if there is none
 */
public record AttentionKernel(
    double kvBits,
    long launchPs,
    long unitPs,
    long headPs,
    long streamBytesPerSec,
    long combinePs,
    long partPs,
    MemoryLimit memory,
    Waves cut,
    @Nullable Small small) {
  private static final int STEEPNESS = 8;

  /**
   * The kernel for little work.
   *
   * @param below share of the multiprocessors: it is used where there are fewer units, split as
   *     finely as the other kernel may
   * @param launchPs launch
   * @param streamBytesPerSec rate at which one multiprocessor streams keys and values
   * @param tokens longest part of a context
   */
  public record Small(double below, long launchPs, long streamBytesPerSec, int tokens) {}

  static AttentionKernel read(Config config) {
    AttentionKernel kernel =
        new AttentionKernel(
            config.number("kv_bits", 1, 32, "Bits of a stored number"),
            config.quantity("launch", Dimension.TIME, "Fixed time"),
            config.quantity("unit", Dimension.TIME, "Fixed time of a unit of work"),
            config.quantity("head", Dimension.TIME, "Time of a unit for each query head"),
            GemmKernel.rate(config, "stream", Dimension.BYTE_RATE, "Entries that one SM streams"),
            config.quantity("combine", Dimension.TIME, "To combine parts of a split context"),
            config.quantity("part", Dimension.TIME, "For each part more than one"),
            MemoryLimit.read(config),
            Waves.read(config),
            config
                .optionalSection("small", "Another kernel where there is little work")
                .map(AttentionKernel::readSmall)
                .orElse(null));
    config.finish();
    return kernel;
  }

  private static Small readSmall(Config config) {
    Small small =
        new Small(
            config.number("below", 0, 1000, "Units per SM below which it is used"),
            config.quantity("launch", Dimension.TIME, "Fixed time"),
            GemmKernel.rate(config, "stream", Dimension.BYTE_RATE, "Entries that one SM streams"),
            (int) config.integer("tokens", 1, 1 << 20, "Longest part of a context"));
    config.finish();
    return small;
  }

  /**
   * Time of one call.
   *
   * @param batch sequences, at least 1
   * @param contextTokens of each, their mean; positive
   * @param kvHeads heads of keys and values on this chip, at least 1
   * @param group query heads of each, at least 1
   * @param headSize elements of a head, at least 1
   * @param warm whether the entries were read just before
   */
  public void time(
      KernelChip chip,
      long batch,
      double contextTokens,
      int kvHeads,
      int group,
      int headSize,
      boolean warm,
      KernelTime out) {
    double units = (double) batch * kvHeads;
    double tokenBytes = 2 * headSize * kvBits / 8;
    double memoryPs = memory.readPs(chip, units * contextTokens * tokenBytes, warm, STEEPNESS);
    if (small != null
        && units * Math.max(1, Math.floor(contextTokens / cut.splitTokens()))
            < small.below() * chip.sms()) {
      double tokens = Math.min(contextTokens, small.tokens());
      double chipPs = tokens * tokenBytes * 1e12 / small.streamBytesPerSec();
      out.set((double) small.launchPs(), memoryPs, chipPs, memory.overlap());
      return;
    }
    double splits = cut.splits(chip, units, contextTokens);
    double rounds = Math.ceil(units * splits / chip.sms());
    double partTimePs = contextTokens / splits * tokenBytes * 1e12 / streamBytesPerSec;
    double chipPs = rounds * (unitPs + (double) headPs * group + partTimePs);
    double combineTimePs = splits > 1 ? combinePs + partPs * (splits - 1) : 0;
    out.set(launchPs + combineTimePs, memoryPs, chipPs, memory.overlap());
  }
}
