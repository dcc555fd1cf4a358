package memwall.workloads.model;

import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;

/** Reads a {@link ModelSpec} and checks what its parts must have in common. */
final class ModelBinding {
  private static final int MAX_LAYERS = 10_000;
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_HEADS = 1 << 14;
  private static final int MAX_TOKENS = 1 << 28;

  /** Returned when a fault is recorded, so that reading can go on; never used in a run. */
  private static final ModelSpec PLACEHOLDER =
      new ModelSpec(
          "faulty",
          1,
          1,
          1,
          1,
          false,
          true,
          MAX_TOKENS,
          new GroupedQueryAttention(1, 1, 1),
          AttentionWindow.NONE,
          MixtureOfExperts.NONE);

  private enum Kind {
    GROUPED_QUERY,
    LATENT
  }

  private ModelBinding() {}

  static ModelSpec bind(Config config) {
    String name = config.text("name", "Name of the model, for reports.");
    int layers = count(config, "layers", MAX_LAYERS, "Transformer layers.");
    int hidden = count(config, "hidden_size", MAX_SIZE, "Elements of a token between layers.");
    int ffn =
        (int)
            config.integer(
                "ffn_size", 0, MAX_SIZE, 0, "Elements inside the FFN of a dense layer, 0: none.");
    int vocabulary = count(config, "vocabulary", 1 << 24, "Tokens of the vocabulary.");
    boolean tied =
        config.bool("tied_embeddings", false, "Whether embedding and output head are one matrix.");
    boolean gated = config.bool("gated_mlp", true, "Whether the FFN has a gate matrix.");
    int maxContext = count(config, "max_context", MAX_TOKENS, "Longest context in tokens.");
    Attention attention = attention(config.section("attention", "Attention of a layer."));
    AttentionWindow window =
        window(config.optionalSection("window", "Which layers see a limited context."));
    MixtureOfExperts moe =
        moe(config.optionalSection("moe", "Which layers have experts, and how many."));
    config.finish();
    try {
      return new ModelSpec(
          name, layers, hidden, ffn, vocabulary, tied, gated, maxContext, attention, window, moe);
    } catch (ConfigException e) {
      report(config, e);
      return PLACEHOLDER;
    }
  }

  /** What no part can see alone. Faults start with the key of the whole model that is at fault. */
  static void checkParts(
      int layers,
      int ffnSize,
      Attention attention,
      AttentionWindow window,
      MixtureOfExperts moe,
      Faults faults) {
    if (attention instanceof LatentAttention && window.globalEvery() != 1) {
      faults.add("window: not modelled together with latent attention");
    }
    int moeLayers = 0;
    for (int layer = 0; layer < layers; layer++) {
      moeLayers += moe.isMoe(layer) ? 1 : 0;
    }
    if (moe.experts() > 0 && moeLayers == 0) {
      faults.add(
          "layers: none of "
              + layers
              + " has experts with moe.first_dense_layers "
              + moe.firstDenseLayers()
              + " and moe.interleave "
              + moe.interleave());
    }
    if (ffnSize == 0 && moeLayers < layers) {
      faults.add(
          "ffn_size: missing, " + (layers - moeLayers) + " of " + layers + " layers are dense");
    }
  }

  private static Attention attention(Config config) {
    Kind kind = config.choice("kind", Kind.class, "How keys and values are kept.");
    int heads = count(config, "heads", MAX_HEADS, "Query heads.");
    Attention attention;
    try {
      attention =
          switch (kind) {
            case GROUPED_QUERY ->
                new GroupedQueryAttention(
                    heads,
                    count(config, "kv_heads", MAX_HEADS, "Key/value heads."),
                    count(config, "head_size", MAX_SIZE, "Elements of one head."));
            case LATENT ->
                new LatentAttention(
                    heads,
                    (int)
                        config.integer(
                            "query_rank",
                            0,
                            MAX_SIZE,
                            0,
                            "Rank of the compressed query, 0: queries are projected directly."),
                    count(config, "kv_rank", MAX_SIZE, "Elements of the compressed KV vector."),
                    count(config, "nope_size", MAX_SIZE, "Head elements without position."),
                    count(config, "rope_size", MAX_SIZE, "Head elements with rotary position."),
                    count(config, "value_size", MAX_SIZE, "Elements of a head's value."));
          };
    } catch (ConfigException e) {
      report(config, e);
      attention = PLACEHOLDER.attention();
    }
    config.finish();
    return attention;
  }

  private static AttentionWindow window(Optional<Config> section) {
    if (section.isEmpty()) {
      return AttentionWindow.NONE;
    }
    Config config = section.get();
    int tokens = count(config, "tokens", MAX_TOKENS, "Entries that a windowed layer attends to.");
    int globalEvery =
        (int)
            config.integer(
                "global_every",
                0,
                MAX_LAYERS,
                "The last layer of each group of so many sees the whole context, 0: none does.");
    config.finish();
    try {
      return new AttentionWindow(tokens, globalEvery);
    } catch (ConfigException e) {
      report(config, e);
      return AttentionWindow.NONE;
    }
  }

  private static MixtureOfExperts moe(Optional<Config> section) {
    if (section.isEmpty()) {
      return MixtureOfExperts.NONE;
    }
    Config config = section.get();
    int experts = count(config, "experts", MAX_SIZE, "Routed experts of a layer.");
    int active = count(config, "active_experts", MAX_SIZE, "Routed experts that a token visits.");
    int shared =
        (int)
            config.integer(
                "shared_experts", 0, MAX_SIZE, 0, "Experts that every token visits in addition.");
    int ffn = count(config, "ffn_size", MAX_SIZE, "Elements inside one expert.");
    int firstDense =
        (int)
            config.integer(
                "first_dense_layers", 0, MAX_LAYERS, 0, "Layers at the start without experts.");
    int interleave =
        (int)
            config.integer(
                "interleave",
                1,
                MAX_LAYERS,
                1,
                "After these, the last layer of each group of so many has experts.");
    double popularity =
        config.number(
            "popularity",
            0,
            MixtureOfExperts.MAX_POPULARITY,
            0,
            "Zipf exponent of the routed experts' popularity, 0: all alike.");
    config.finish();
    try {
      return new MixtureOfExperts(experts, active, shared, ffn, firstDense, interleave, popularity);
    } catch (ConfigException e) {
      report(config, e);
      // Experts in every layer: then a missing ffn_size is no fault that follows from this one.
      return new MixtureOfExperts(1, 1, 0, 1, 0, 1);
    }
  }

  private static int count(Config config, String key, int max, String sentence) {
    return (int) config.integer(key, 1, max, sentence);
  }

  /**
   * Hands each fault {@code part.key: message} to the mapping of the part. A key that could not be
   * read was replaced by its least value; faults between two keys are named after the one whose
   * least value would cause them, so that the configuration drops them.
   */
  private static void report(Config part, ConfigException e) {
    for (String fault : e.faults()) {
      int colon = fault.indexOf(": ");
      String key = fault.substring(fault.lastIndexOf('.', colon) + 1, colon);
      part.fault(key, fault.substring(colon + 2));
    }
  }
}
