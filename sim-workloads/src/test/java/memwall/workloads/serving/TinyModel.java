package memwall.workloads.serving;

import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.workloads.model.ModelSpec;

/** A model small enough to work out by hand: one layer, one head of two, 8 bytes of KV a token. */
final class TinyModel {
  static final ModelSpec MODEL = model();

  private TinyModel() {}

  private static ModelSpec model() {
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
            max_context: 4096
            attention: { kind: grouped-query, heads: 2, kv_heads: 1, head_size: 2 }
            """,
            faults);
    ModelSpec model = ModelSpec.bind(config);
    faults.throwIfAny();
    return model;
  }
}
