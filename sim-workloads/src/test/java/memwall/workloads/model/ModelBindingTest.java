package memwall.workloads.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.shard.ShardingPlan;
import org.junit.jupiter.api.Test;

/** Presets, and what is said about a model, formats or ranks that are wrong. */
final class ModelBindingTest {
  private static final String TINY =
      """
      name: tiny
      layers: 4
      hidden_size: 64
      ffn_size: 64
      vocabulary: 64
      max_context: 64
      """;
  private static final String ATTENTION =
      "attention: { kind: grouped-query, heads: 4, kv_heads: 2, head_size: 16 }\n";

  private final Faults faults = new Faults();

  @Test
  void presetsAreTheModelsOfTheCatalog() {
    Map<String, ModelSpec> expected =
        Map.of(
            "llama-3.1-8b", TestModels.LLAMA_8B,
            "llama-3.1-70b", TestModels.LLAMA_70B,
            "llama-3.1-405b", TestModels.LLAMA_405B,
            "llama-4-maverick", TestModels.MAVERICK,
            "mixtral-8x7b", TestModels.MIXTRAL_8X7B,
            "deepseek-v3", TestModels.DEEPSEEK_V3);
    assertThat(Presets.builtIn().names("model")).containsAll(expected.keySet());
    for (Map.Entry<String, ModelSpec> entry : expected.entrySet()) {
      Config run = ConfigLoader.fromText("run.yaml", "model: " + entry.getKey() + "\n", faults);
      ModelSpec model = ModelSpec.bind(run.preset("model", "model", "The model."));
      run.finish();
      assertThat(faults.list()).as(entry.getKey()).isEmpty();
      assertThat(model).isEqualTo(entry.getValue());
    }
  }

  @Test
  void everyShippedModelCanBeRead() {
    for (String name : Presets.builtIn().names("model")) {
      Config run = ConfigLoader.fromText("run.yaml", "model: " + name + "\n", faults);
      ModelSpec model = ModelSpec.bind(run.preset("model", "model", "The model."));
      run.finish();
      assertThat(faults.list()).as(name).isEmpty();
      assertThat(model.parameterCount()).isGreaterThan(model.layers());
    }
  }

  @Test
  void defaultsOfAModel() {
    ModelSpec model = bind(TINY + ATTENTION);
    assertThat(faults.list()).isEmpty();
    assertThat(model)
        .isEqualTo(
            new ModelSpec(
                "tiny",
                4,
                64,
                64,
                64,
                false,
                true,
                64,
                new GroupedQueryAttention(4, 2, 16),
                AttentionWindow.NONE,
                MixtureOfExperts.NONE));
  }

  @Test
  void missingAndUnknownKeysInOnePass() {
    bind("name: x\nlayerz: 3\nattention: { kind: latent, heads: 1, kv_heads: 1 }\n");
    String all = String.join("\n", faults.list());
    assertThat(all)
        .contains("'layers'")
        .contains("'hidden_size'")
        .contains("'vocabulary'")
        .contains("'max_context'")
        .contains("attention.kv_rank")
        .contains("attention.nope_size")
        .contains("attention.rope_size")
        .contains("attention.value_size")
        .contains("unknown key 'attention.kv_heads'")
        .contains("unknown key 'layerz'");
  }

  @Test
  void headsThatDoNotDivide() {
    bind(TINY + "attention: { kind: grouped-query, heads: 32, kv_heads: 5, head_size: 16 }\n");
    assertThat(faults.list())
        .containsExactly(
            "m.yaml:7:42: attention.heads: 32 cannot be divided into 5 equal groups (kv_heads)");
  }

  @Test
  void aFaultyKeyCausesNoFurtherFaults() {
    bind(TINY + "attention: { kind: grouped-query, heads: 0, kv_heads: 5, head_size: 16 }\n");
    assertThat(faults.list()).hasSize(1);
    assertThat(faults.list().get(0)).startsWith("m.yaml:7:42: attention.heads: ");
  }

  @Test
  void moreActiveThanExperts() {
    bind(TINY + ATTENTION + "moe: { experts: 8, active_experts: 9, ffn_size: 64 }\n");
    assertThat(faults.list())
        .containsExactly("m.yaml:8:17: moe.experts: 8 are fewer than active_experts, 9");
  }

  @Test
  void expertsInNoLayer() {
    bind(
        TINY
            + ATTENTION
            + "moe: { experts: 8, active_experts: 2, ffn_size: 64, first_dense_layers: 4 }\n");
    assertThat(faults.list())
        .containsExactly(
            "m.yaml:2:9: layers: none of 4 has experts with moe.first_dense_layers 4 and"
                + " moe.interleave 1");
  }

  @Test
  void denseLayersWithoutFfn() {
    bind(TINY.replace("ffn_size: 64\n", "") + ATTENTION);
    assertThat(faults.list())
        .containsExactly("m.yaml:1:1: ffn_size: missing, 4 of 4 layers are dense");
  }

  @Test
  void windowWithoutWindowedLayer() {
    bind(TINY + ATTENTION + "window: { tokens: 8, global_every: 1 }\n");
    assertThat(faults.list())
        .containsExactly(
            "m.yaml:8:19: window.tokens: 8 without a windowed layer, only 0 is allowed");
  }

  @Test
  void windowWithLatentAttention() {
    bind(
        TINY
            + "attention: { kind: latent, heads: 1, kv_rank: 1, nope_size: 1, rope_size: 1,"
            + " value_size: 1 }\n"
            + "window: { tokens: 8, global_every: 2 }\n");
    assertThat(faults.list())
        .containsExactly("m.yaml:8:9: window: not modelled together with latent attention");
  }

  @Test
  void formatsAndTheirDefaults() {
    assertThat(formats("weights: fp4\n"))
        .isEqualTo(
            new Precision(
                NumberFormat.FP4, NumberFormat.BF16, NumberFormat.BF16, NumberFormat.BF16));
    assertThat(formats("weights: fp8\nkv: fp8\ncompute: fp8\n"))
        .isEqualTo(
            new Precision(NumberFormat.FP8, NumberFormat.FP8, NumberFormat.BF16, NumberFormat.FP8));
    assertThat(formats("weights: int8\nactivations: fp8\n"))
        .isEqualTo(
            new Precision(NumberFormat.INT8, NumberFormat.FP8, NumberFormat.FP8, NumberFormat.FP8));
    assertThat(faults.list()).isEmpty();
  }

  @Test
  void fourBitsAreForWeightsOnly() {
    formats("weights: fp4\nkv: fp4\nactivations: fp4\n");
    assertThat(faults.list())
        .containsExactly(
            "m.yaml:2:5: kv: FP4 is not allowed, 4-bit numbers are for weights only",
            "m.yaml:3:14: activations: FP4 is not allowed, 4-bit numbers are for weights only");
  }

  @Test
  void ranksThatDoNotFit() {
    ModelSpec model = bind(TINY.replace("ffn_size: 64", "ffn_size: 66") + ATTENTION);
    Config config = ConfigLoader.fromText("s.yaml", "tensor_parallel: 8\n", faults);
    ShardingPlan plan = ShardingPlan.bind(config);
    assertThat(plan).isEqualTo(new ShardingPlan(8));
    plan.report(model, config);
    assertThat(faults.list())
        .containsExactly(
            "s.yaml:1:18: tensor_parallel: 8 does not fit tiny: 4 query heads cannot be divided"
                + " over 8 ranks; 66 FFN elements cannot be divided over 8 ranks");
  }

  @Test
  void ranksThatFitSayNothing() {
    ModelSpec model = bind(TINY + ATTENTION);
    for (String text : List.of("tensor_parallel: 4\n", "tensor_parallel: 2\n", "{}\n")) {
      Config config = ConfigLoader.fromText("s.yaml", text, faults);
      ShardingPlan.bind(config).report(model, config);
    }
    assertThat(faults.list()).isEmpty();
  }

  @Test
  void noRanks() {
    Config config = ConfigLoader.fromText("s.yaml", "tensor_parallel: 0\n", faults);
    assertThat(ShardingPlan.bind(config)).isEqualTo(ShardingPlan.SINGLE);
    assertThat(faults.list()).hasSize(1);
    assertThat(faults.list().get(0)).startsWith("s.yaml:1:18: tensor_parallel: ").contains("16384");
  }

  private ModelSpec bind(String text) {
    return ModelSpec.bind(ConfigLoader.fromText("m.yaml", text, faults));
  }

  private Precision formats(String text) {
    return Precision.bind(ConfigLoader.fromText("m.yaml", text, faults));
  }
}
