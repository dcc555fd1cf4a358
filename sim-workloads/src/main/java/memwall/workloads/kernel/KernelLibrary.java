package memwall.workloads.kernel;

import com.google.common.collect.ImmutableSortedMap;
import java.util.function.Function;
import memwall.core.config.Config;

/**
 * Kernels of a library on a chip, each by the name of a number format: that of weights for products
 * and experts, that of entries for attention.
 *
 * @param gemm products with a weight matrix
 * @param attention decode attention of stored heads
 * @param latentAttention decode attention of latent entries
 * @param experts routed experts of a layer
 * @param exchange all-to-all between experts
 */
public record KernelLibrary(
    ImmutableSortedMap<String, GemmKernel> gemm,
    ImmutableSortedMap<String, AttentionKernel> attention,
    ImmutableSortedMap<String, LatentAttentionKernel> latentAttention,
    ImmutableSortedMap<String, ExpertsKernel> experts,
    Exchange exchange) {

  /** Kind of presets. */
  public static final String KIND = "kernels";

  /** Reads a preset of kind {@link #KIND}; faults are recorded there. */
  public static KernelLibrary read(Config config) {
    KernelLibrary library =
        new KernelLibrary(
            byFormat(config, "gemm", "Products with a weight matrix", GemmKernel::read),
            byFormat(config, "attention", "Decode attention", AttentionKernel::read),
            byFormat(
                config,
                "latent_attention",
                "Decode attention of latent entries",
                LatentAttentionKernel::read),
            byFormat(config, "experts", "Routed experts of a layer", ExpertsKernel::read),
            config
                .optionalSection("exchange", "All-to-all between experts")
                .map(Exchange::read)
                .orElse(Exchange.NONE));
    config.finish();
    return library;
  }

  private static <K> ImmutableSortedMap<String, K> byFormat(
      Config config, String key, String sentence, Function<Config, K> reader) {
    ImmutableSortedMap.Builder<String, K> kernels = ImmutableSortedMap.naturalOrder();
    config
        .optionalSection(key, sentence)
        .ifPresent(
            section -> {
              for (String format : section.keys()) {
                kernels.put(format, reader.apply(section.section(format, sentence)));
              }
              section.finish();
            });
    return kernels.buildOrThrow();
  }
}
