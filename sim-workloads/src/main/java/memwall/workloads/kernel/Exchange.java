package memwall.workloads.kernel;

import memwall.core.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Both halves of an all-to-all between experts: tokens to experts and results back.
 *
 * @param fewDispatch for few tokens, to the experts; null if the library has none
 * @param fewCombine for few tokens, back
 * @param manyDispatch for many tokens, to the experts
 * @param manyCombine for many tokens, back
 */
public record Exchange(
    @Nullable LowLatencyExchange fewDispatch,
    @Nullable LowLatencyExchange fewCombine,
    @Nullable NormalExchange manyDispatch,
    @Nullable NormalExchange manyCombine) {
  /** No all-to-all. */
  public static final Exchange NONE = new Exchange(null, null, null, null);

  static Exchange read(Config config) {
    Exchange exchange =
        new Exchange(
            config
                .optionalSection("low_latency_dispatch", "Few tokens to their experts")
                .map(LowLatencyExchange::read)
                .orElse(null),
            config
                .optionalSection("low_latency_combine", "Few tokens' results back")
                .map(LowLatencyExchange::read)
                .orElse(null),
            config
                .optionalSection("normal_dispatch", "Many tokens to their experts")
                .map(NormalExchange::read)
                .orElse(null),
            config
                .optionalSection("normal_combine", "Many tokens' results back")
                .map(NormalExchange::read)
                .orElse(null));
    config.finish();
    return exchange;
  }
}
