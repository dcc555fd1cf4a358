package memwall.workloads.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.ConfigException;
import memwall.workloads.model.AttentionWindow;
import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.MixtureOfExperts;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.NumberFormat;
import memwall.workloads.model.Precision;
import memwall.workloads.model.TestModels;
import org.junit.jupiter.api.Test;

final class ShardingPlanTest {
  private static final List<ModelSpec> MODELS =
      List.of(
          TestModels.LLAMA_8B,
          TestModels.LLAMA_70B,
          TestModels.LLAMA_405B,
          TestModels.MAVERICK,
          TestModels.MIXTRAL_8X7B,
          TestModels.DEEPSEEK_V3);

  @Test
  void oneRankHoldsTheModel() {
    for (ModelSpec model : MODELS) {
      assertThat(ShardingPlan.SINGLE.matrixElementsPerRank(model))
          .as(model.name())
          .isEqualTo(model.parameterCount());
      assertThat(ShardingPlan.SINGLE.weightBytesPerRank(model, Precision.BF16))
          .as(model.name())
          .isEqualTo(2 * (model.parameterCount() + model.normElements()));
      assertThat(ShardingPlan.SINGLE.kvBytesPerTokenPerRank(model, Precision.BF16))
          .as(model.name())
          .isEqualTo(model.kvBytesPerToken(Precision.BF16));
    }
  }

  /** Nothing but norms is replicated: the ranks together hold the model, exactly. */
  @Test
  void ranksOfADenseModelHoldItOnce() {
    for (ModelSpec model :
        List.of(TestModels.LLAMA_8B, TestModels.LLAMA_70B, TestModels.LLAMA_405B)) {
      for (int ranks : new int[] {2, 4, 8}) {
        ShardingPlan plan = new ShardingPlan(ranks);
        assertThat(plan.faults(model)).isEmpty();
        assertThat(ranks * plan.matrixElementsPerRank(model)).isEqualTo(model.parameterCount());
        assertThat(ranks * plan.weightBytesPerRank(model, Precision.BF16))
            .isEqualTo(2 * (model.parameterCount() + ranks * model.normElements()));
        assertThat(ranks * plan.kvBytesPerTokenPerRank(model, Precision.BF16))
            .isEqualTo(model.kvBytesPerToken(Precision.BF16));
      }
    }
  }

  @Test
  void ranksOfAnMoeModelRepeatTheRouter() {
    ModelSpec model = TestModels.MIXTRAL_8X7B;
    long router = 32L * 4096 * 8;
    assertThat(8 * new ShardingPlan(8).matrixElementsPerRank(model))
        .isEqualTo(model.parameterCount() + 7 * router);
  }

  @Test
  void ranksOfDeepseekRepeatRouterAndDownProjectionsAndKv() {
    ModelSpec model = TestModels.DEEPSEEK_V3;
    ShardingPlan plan = new ShardingPlan(8);
    long router = 58L * 7168 * 256;
    long down = 61L * 7168 * (1536 + 576);
    assertThat(8 * plan.matrixElementsPerRank(model))
        .isEqualTo(model.parameterCount() + 7 * (router + down));
    assertThat(plan.kvBytesPerTokenPerRank(model, Precision.BF16)).isEqualTo(70_272);
    assertThat(plan.kvBytesPerRank(model, Precision.BF16, 1000)).isEqualTo(70_272_000);
  }

  /** Stages cut the layers without a gap, and their shares sum to the model. */
  @Test
  void stagesTogetherHoldTheModel() {
    for (ModelSpec model : MODELS) {
      for (int stages : new int[] {1, 2, 3, 4, 7, model.layers()}) {
        ShardingPlan plan = new ShardingPlan(1, stages, 1, 1);
        assertThat(plan.faults(model)).isEmpty();
        int layer = 0;
        long elements = 0;
        long bytes = 0;
        for (int index = 0; index < stages; index++) {
          Stage stage = plan.stage(model, index);
          assertThat(stage.first()).isEqualTo(layer);
          assertThat(stage.layers())
              .isBetween(model.layers() / stages, (model.layers() - 1) / stages + 1);
          assertThat(stage.hasEmbedding()).isEqualTo(index == 0);
          assertThat(stage.hasHead()).isEqualTo(index == stages - 1);
          StageShare share = new StageShare(model, plan, stage);
          elements += share.matrixElements();
          bytes += share.weightBytes(Precision.BF16);
          layer = stage.end();
        }
        assertThat(layer).isEqualTo(model.layers());
        assertThat(elements).as(model.name()).isEqualTo(model.parameterCount());
        assertThat(bytes).isEqualTo(2 * (model.parameterCount() + model.normElements()));
      }
    }
  }

  /** DeepSeek-V3 on 32 ranks as in its report: attention in replicas, eight experts each. */
  @Test
  void spreadExpertsAreHeldOnce() {
    ModelSpec model = TestModels.DEEPSEEK_V3;
    ShardingPlan plan = new ShardingPlan(4, 1, 8, 32);
    assertThat(plan.faults(model)).isEmpty();
    assertThat(plan.ranksPerExpert()).isEqualTo(1);
    assertThat(plan.dispatches()).isTrue();
    long expert = 3L * 7168 * 2048;
    assertThat(plan.expertBytesPerRank(model, Precision.BF16, 256)).isEqualTo(2 * 58 * 8 * expert);
    // What is not a routed expert is as with tensor parallelism alone.
    ShardingPlan tensor = new ShardingPlan(4);
    assertThat(plan.matrixElementsPerRank(model) - 58 * 8 * expert)
        .isEqualTo(tensor.matrixElementsPerRank(model) - 58 * 256 * expert / 4);
    // Two ranks for each expert.
    ShardingPlan halves = new ShardingPlan(4, 1, 8, 16);
    assertThat(halves.ranksPerExpert()).isEqualTo(2);
    assertThat(halves.matrixElementsPerRank(model)).isEqualTo(plan.matrixElementsPerRank(model));
  }

  @Test
  void whatCannotBeSpreadIsSaid() {
    assertThatThrownBy(() -> new ShardingPlan(4, 1, 2, 3))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "expert_parallel: 3 is not allowed with 2 replicas of 4 ranks: 1, or a multiple of 2"
                + " that divides 8");
    assertThat(new ShardingPlan(2, 1, 1, 2).faults(TestModels.LLAMA_8B))
        .containsExactly("Llama-3.1-8B has no experts to be spread over 2 groups");
    assertThat(new ShardingPlan(1, 1, 16, 16).faults(TestModels.MIXTRAL_8X7B))
        .containsExactly("8 experts cannot be divided over 16 ranks");
    assertThat(new ShardingPlan(1, 33, 1, 1).faults(TestModels.LLAMA_8B))
        .containsExactly("33 stages are more than the 32 layers of Llama-3.1-8B");
  }

  @Test
  void fewerKvHeadsThanRanksAreReplicated() {
    ModelSpec model = TestModels.LLAMA_70B;
    ShardingPlan plan = new ShardingPlan(16);
    assertThat(plan.faults(model)).isEmpty();
    assertThat(plan.kvBytesPerTokenPerRank(model, Precision.BF16)).isEqualTo(327_680 / 8);
    long kvProjections = 80L * 2 * 8192 * 8 * 128;
    assertThat(16 * plan.matrixElementsPerRank(model))
        .isEqualTo(model.parameterCount() + kvProjections);
  }

  @Test
  void windowedKvPerRank() {
    ModelSpec model = TestModels.MAVERICK;
    ShardingPlan plan = new ShardingPlan(8);
    assertThat(8 * plan.kvBytesPerRank(model, Precision.FP8, 20_000))
        .isEqualTo(model.kvBytes(20_000, Precision.FP8))
        .isEqualTo((12L * 20_000 + 36L * 8192) * 2048);
  }

  @Test
  void vocabularyIsPaddedUp() {
    ModelSpec model = tiny(8, 8, 64, 64, 101);
    assertThat(new ShardingPlan(8).vocabularyPerRank(model)).isEqualTo(13);
    assertThat(new ShardingPlan(1).vocabularyPerRank(model)).isEqualTo(101);
    assertThat(8 * new ShardingPlan(8).matrixElementsPerRank(model))
        .isEqualTo(model.parameterCount() + 2 * 3 * 64);
  }

  @Test
  void halfBytesAreRoundedUpOnce() {
    ModelSpec model = tiny(1, 1, 3, 3, 3);
    Precision precision = Precision.of(NumberFormat.FP4, NumberFormat.FP8, NumberFormat.FP8);
    long bits = model.parameterCount() * 4 + model.normElements() * 8;
    assertThat(bits % 8).isEqualTo(4);
    assertThat(ShardingPlan.SINGLE.weightBytesPerRank(model, precision)).isEqualTo((bits + 4) / 8);
  }

  @Test
  void everyFaultInOnePass() {
    ModelSpec model = tiny(6, 3, 64, 66, 64);
    assertThatThrownBy(() -> new ShardingPlan(4).check(model))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        "tensor_parallel 4 does not fit tiny: 6 query heads cannot be divided over"
                            + " 4 ranks",
                        "tensor_parallel 4 does not fit tiny: 3 KV heads can neither be divided nor"
                            + " replicated over 4 ranks: one number must divide the other",
                        "tensor_parallel 4 does not fit tiny: 66 FFN elements cannot be divided"
                            + " over 4 ranks"));
  }

  @Test
  void hiddenThatDoesNotDivide() {
    assertThat(new ShardingPlan(4).faults(tiny(4, 4, 66, 64, 64)))
        .containsExactly("66 hidden elements cannot be divided over 4" + " ranks");
  }

  @Test
  void expertsThatDoNotDivide() {
    ModelSpec model =
        new ModelSpec(
            "tiny",
            2,
            64,
            0,
            64,
            false,
            true,
            64,
            new GroupedQueryAttention(4, 4, 8),
            AttentionWindow.NONE,
            new MixtureOfExperts(8, 2, 0, 30, 0, 1));
    assertThat(new ShardingPlan(4).faults(model))
        .containsExactly("30 FFN elements of an expert cannot be divided" + " over 4 ranks");
  }

  @Test
  void noRanks() {
    assertThatThrownBy(() -> new ShardingPlan(0))
        .isInstanceOf(ConfigException.class)
        .hasMessage("tensor_parallel: 0 is not allowed, at least 1");
  }

  private static ModelSpec tiny(int heads, int kvHeads, int hidden, int ffn, int vocabulary) {
    return new ModelSpec(
        "tiny",
        1,
        hidden,
        ffn,
        vocabulary,
        false,
        true,
        64,
        new GroupedQueryAttention(heads, kvHeads, 1),
        AttentionWindow.NONE,
        MixtureOfExperts.NONE);
  }
}
