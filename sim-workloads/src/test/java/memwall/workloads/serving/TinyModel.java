package memwall.workloads.serving;

import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.workloads.model.ModelSpec;

/** A model small enough to work out by hand: one layer, one head of two, 8 bytes of KV a token. */
final class TinyModel {
  static final ModelSpec MODEL = model(4096);

  /** The same for prompts of any length. */
  static final ModelSpec LONG = model(1 << 24);

  private TinyModel() {}

  private static ModelSpec model(int maxContext) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "tiny.yaml",
            """
            name: tiny
            layers: 1
            hidden_size: 4
            ffn_size: 8
            vocabulary: 16
            max_context: %d
            attention: { kind: grouped-query, heads: 2, kv_heads: 1, head_size: 2 }
            """
                .formatted(maxContext),
            faults);
    ModelSpec model = ModelSpec.bind(config);
    faults.throwIfAny();
    return model;
  }
}
