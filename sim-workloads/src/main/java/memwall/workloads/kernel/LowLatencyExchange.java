package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * One half of an all-to-all between experts that is made for few tokens (DeepEP's low-latency mode,
 * inside one box): each multiprocessor serves whole experts, each copy of a token is sent at once.
 *
 * <pre>
 * SMs used = ceil(experts / ceil(experts / SMs))
 * links    = tokens topK hidden bytes / (efficiency link rate)
 * chip     = ceil(tokens / SMs used) (token + topK hidden bytes / stream rate)
 * time     = launch + expert time experts + pnorm(links, chip)
 * </pre>
 *
 * @param payloadBits bits sent of each element of a token, with scale factors
 * @param launchPs launch
 * @param expertPs for each expert of all ranks
 * @param tokenPs of a token on its multiprocessor
 * @param streamBytesPerSec rate at which one multiprocessor moves its copies; 0 if that takes no
 *     time
 * @param efficiency share of the links' peak rate, in (0, 1]
 * @param overlap exponent of the overlap of links and chip, at least 1
 */
public record LowLatencyExchange(
    double payloadBits,
    long launchPs,
    long expertPs,
    long tokenPs,
    long streamBytesPerSec,
    double efficiency,
    double overlap) {

  static LowLatencyExchange read(Config config) {
    String stream = "Copies that one SM moves; without it they take no time";
    LowLatencyExchange half =
        new LowLatencyExchange(
            config.number("payload_bits", 1, 32, "Bits sent of each element of a token"),
            config.quantity("launch", Dimension.TIME, "Fixed time"),
            config.quantity("expert", Dimension.TIME, "For each expert of all ranks"),
            config.quantity("token", Dimension.TIME, "Time of a token on its SM"),
            config.optionalText("stream", stream).isPresent()
                ? config.quantity("stream", Dimension.BYTE_RATE, stream)
                : 0,
            config.number("link_efficiency", 0.01, 1, "Share of the links' peak rate"),
            MemoryLimit.overlap(config));
    config.finish();
    return half;
  }

  /**
   * Time of one half.
   *
   * @param tokens of each rank, at least 1
   * @param hidden elements of a token
   * @param topK experts of a token
   * @param experts of all ranks
   */
  public void time(
      KernelChip chip, long tokens, int hidden, int topK, int experts, KernelTime out) {
    double perSm = Math.ceil((double) experts / chip.sms());
    double used = Math.ceil(experts / perSm);
    double copyBytes = (double) topK * hidden * payloadBits / 8;
    double linkPs = tokens * copyBytes * 1e12 / (efficiency * chip.linkBytesPerSec());
    double streamPs = streamBytesPerSec == 0 ? 0 : copyBytes * 1e12 / streamBytesPerSec;
    double chipPs = Math.ceil(tokens / used) * (tokenPs + streamPs);
    out.set(launchPs + (double) expertPs * experts, linkPs, chipPs, overlap);
  }
}
