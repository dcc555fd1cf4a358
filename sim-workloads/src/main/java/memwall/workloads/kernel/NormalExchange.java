package memwall.workloads.kernel;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * One half of an all-to-all between experts that is made for many tokens (DeepEP's normal mode,
 * inside one box): a token is sent once to each rank that has one of its experts. Half of the
 * multiprocessors send and half receive, each pair of them a channel.
 *
 * <pre>
 * ranks of a token R = n (1 - C(experts - experts / n, topK) / C(experts, topK))
 * links = tokens R (n - 1) / n hidden bytes / (efficiency link rate)
 * chip  = tokens / channels (token + element hidden + R (copy + hidden bytes / stream rate))
 * time  = launch + first element hidden + expert time experts
 *         + fill min(tokens / channels, window) / window + pnorm(links, chip)
 * </pre>
 *
 * @param payloadBits bits sent of each element of a token
 * @param launchPs launch
 * @param firstElementPs for each element of a token: its latency through an idle channel
 * @param expertPs for each expert of all ranks
 * @param fillPs to fill the pipeline of a channel
 * @param windowTokens tokens that fill it, at least 1
 * @param tokenPs of a token in its channel
 * @param elementPs of it for each of its elements
 * @param copyPs of a copy
 * @param streamBytesPerSec rate at which a channel moves copies
 * @param efficiency share of the links' peak rate, in (0, 1]
 * @param overlap exponent of the overlap of links and chip, at least 1
 */
public record NormalExchange(
    double payloadBits,
    long launchPs,
    long firstElementPs,
    long expertPs,
    long fillPs,
    int windowTokens,
    long tokenPs,
    long elementPs,
    long copyPs,
    long streamBytesPerSec,
    double efficiency,
    double overlap) {

  static NormalExchange read(Config config) {
    NormalExchange half =
        new NormalExchange(
            config.number("payload_bits", 1, 32, "Bits sent of each element of a token"),
            config.quantity("launch", Dimension.TIME, "Fixed time"),
            config.quantity("first_element", Dimension.TIME, "Latency for each element"),
            config.quantity("expert", Dimension.TIME, "For each expert of all ranks"),
            config.quantity("fill", Dimension.TIME, "To fill the pipeline of a channel"),
            (int) config.integer("window", 1, 1 << 20, "Tokens that fill it"),
            config.quantity("token", Dimension.TIME, "Time of a token in its channel"),
            config.quantity("element", Dimension.TIME, "For each of its elements"),
            config.quantity("copy", Dimension.TIME, "Time of a copy"),
            GemmKernel.rate(config, "stream", Dimension.BYTE_RATE, "Copies that a channel moves"),
            config.number("link_efficiency", 0.01, 1, "Share of the links' peak rate"),
            MemoryLimit.overlap(config));
    config.finish();
    return half;
  }

  /** Ranks that get a token, on average, if its experts are chosen uniformly. */
  public static double ranksOfToken(int ranks, int experts, int topK) {
    double none = 1;
    int elsewhere = experts - experts / ranks;
    for (int i = 0; i < topK; i++) {
      none *= Math.max(0, (double) (elsewhere - i) / (experts - i));
    }
    return ranks * (1 - none);
  }

  /**
   * Time of one half.
   *
   * @param tokens of each rank, at least 1
   * @param hidden elements of a token
   * @param topK experts of a token
   * @param experts of all ranks
   * @param ranks on the links
   * @param sms multiprocessors that are given to it, at least 2
   */
  public void time(
      KernelChip chip,
      long tokens,
      int hidden,
      int topK,
      int experts,
      int ranks,
      int sms,
      KernelTime out) {
    double perToken = ranksOfToken(ranks, experts, topK);
    double copyBytes = hidden * payloadBits / 8;
    double remote = (ranks - 1) / (double) ranks;
    double linkPs =
        tokens * perToken * remote * copyBytes * 1e12 / (efficiency * chip.linkBytesPerSec());
    double inChannel = tokens / (sms / 2.0);
    double chipPs =
        inChannel
            * (tokenPs
                + (double) elementPs * hidden
                + perToken * (copyPs + copyBytes * 1e12 / streamBytesPerSec));
    double fixedPs =
        launchPs
            + (double) firstElementPs * hidden
            + (double) expertPs * experts
            + fillPs * Math.min(inChannel, windowTokens) / windowTokens;
    out.set(fixedPs, linkPs, chipPs, overlap);
  }
}
