package memwall.workloads.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import memwall.core.config.ConfigException;
import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.LatentAttention;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.NumberFormat;
import memwall.workloads.model.Precision;
import memwall.workloads.model.TestModels;
import memwall.workloads.shard.ShardingPlan;
import org.junit.jupiter.api.Test;

final class OperatorPlanTest {
  private static final long SEED = 4_711L;
  private static final List<ModelSpec> MODELS =
      List.of(
          TestModels.LLAMA_8B,
          TestModels.LLAMA_70B,
          TestModels.LLAMA_405B,
          TestModels.MAVERICK,
          TestModels.MIXTRAL_8X7B,
          TestModels.DEEPSEEK_V3,
          TestModels.QWEN3_30B,
          TestModels.GPT_OSS_120B);

  @Test
  void operatorsOfALlamaStep() {
    OperatorPlan plan = plan(TestModels.LLAMA_70B, 8);
    assertThat(plan.segments()).isEqualTo(3);
    assertThat(names(plan, 0)).containsExactly("embedding.lookup", "embedding.reduce");
    assertThat(names(plan, 1))
        .containsExactly(
            "layer.attention_norm",
            "layer.qkv",
            "layer.attention",
            "layer.prefill_attention",
            "layer.attention_out",
            "layer.attention_reduce",
            "layer.ffn_norm",
            "layer.ffn_up",
            "layer.ffn_activation",
            "layer.ffn_down",
            "layer.ffn_reduce");
    assertThat(names(plan, 2)).containsExactly("head.norm", "head.logits");
    assertThat(repeats(plan)).containsExactly(1, 80, 1);
  }

  @Test
  void maverickIsABlockOfFourLayers() {
    OperatorPlan plan = plan(TestModels.MAVERICK, 1);
    assertThat(repeats(plan)).containsExactly(1, 12, 1);
    List<String> block = names(plan, 1);
    assertThat(block.stream().filter("layer.attention_windowed"::equals)).hasSize(3);
    assertThat(block.stream().filter("layer.attention"::equals)).hasSize(1);
    assertThat(block.lastIndexOf("layer.attention_windowed"))
        .isLessThan(block.indexOf("layer.attention"));
    assertThat(block.stream().filter("layer.experts"::equals)).hasSize(2);
    assertThat(block.stream().filter("layer.ffn_up"::equals)).hasSize(2);
    assertThat(block.indexOf("layer.ffn_up")).isLessThan(block.indexOf("layer.experts"));
  }

  @Test
  void deepseekStartsWithThreeDenseLayers() {
    OperatorPlan plan = plan(TestModels.DEEPSEEK_V3, 8);
    assertThat(repeats(plan)).containsExactly(1, 3, 58, 1);
    assertThat(names(plan, 1)).contains("layer.ffn_down").doesNotContain("layer.experts");
    assertThat(names(plan, 2))
        .containsSubsequence(
            "layer.qkv_down",
            "layer.query_up",
            "layer.kv_up",
            "layer.attention",
            "layer.prefill_attention",
            "layer.attention_out",
            "layer.router",
            "layer.experts",
            "layer.shared_experts",
            "layer.expert_activation");
  }

  @Test
  void leftOverLayersAreASegmentOfTheirOwn() {
    ModelSpec m = TestModels.MAVERICK;
    ModelSpec odd =
        new ModelSpec(
            "odd",
            10,
            m.hiddenSize(),
            m.ffnSize(),
            m.vocabulary(),
            false,
            true,
            m.maxContext(),
            m.attention(),
            m.window(),
            m.moe());
    OperatorPlan plan = plan(odd, 1);
    assertThat(repeats(plan)).containsExactly(1, 2, 1, 1, 1);
    plan.fill(decode(odd, 3, 9000));
    assertThat(plan.totalKvReadBytes()).isEqualTo(3 * odd.kvBytes(9000, Precision.BF16));
  }

  /** A plan of all stages is the plans of the stages, one after the other. */
  @Test
  void stagesOneAfterTheOther() {
    for (ModelSpec model : List.of(TestModels.LLAMA_70B, TestModels.MAVERICK)) {
      ShardingPlan sharding = new ShardingPlan(4, 3, 1, 1);
      OperatorPlan all = new OperatorPlan(model, Precision.BF16, sharding);
      OperatorPlan whole = plan(model, 4);
      StepShape shape = mixed(model, new Random(SEED));
      all.fill(shape);
      whole.fill(shape);
      long weights = 0;
      long flops = 0;
      long kv = 0;
      long sent = 0;
      for (int stage = 0; stage < 3; stage++) {
        OperatorPlan one = OperatorPlan.ofStage(model, Precision.BF16, sharding, 0, stage);
        one.fill(shape);
        weights += one.totalWeightBytes();
        flops += one.totalFlops();
        kv += one.totalKvReadBytes();
        sent += one.totalCollectiveBytes();
        assertThat(one.kind(one.size() - 1))
            .isEqualTo(stage == 2 ? OperatorKind.HEAD : OperatorKind.SEND);
      }
      assertThat(weights).isEqualTo(all.totalWeightBytes()).isEqualTo(whole.totalWeightBytes());
      assertThat(flops).isEqualTo(all.totalFlops()).isEqualTo(whole.totalFlops());
      assertThat(kv).isEqualTo(all.totalKvReadBytes()).isEqualTo(whole.totalKvReadBytes());
      // Two hops of a hidden vector per token.
      long hops = 2 * shape.tokens() * model.hiddenSize() * 2;
      assertThat(sent).isEqualTo(whole.totalCollectiveBytes() + hops);
    }
  }

  /**
   * DeepSeek-V3, experts spread over 32 ranks of 8 replicas, 16 tokens in each: all ranks together
   * multiply as much as one that has everything, and dispatch eight copies of each token.
   */
  @Test
  void spreadExpertsShareTheTokensOfAllReplicas() {
    ModelSpec model = TestModels.DEEPSEEK_V3;
    OperatorPlan spread = new OperatorPlan(model, Precision.BF16, new ShardingPlan(4, 1, 8, 32));
    StepShape shape = decode(model, 16, 1000);
    shape.otherTokens(7 * 16);
    spread.fill(shape);
    OperatorPlan one = plan(model, 1);
    one.fill(decode(model, 128, 1000));
    int ours = index(spread, "layer.experts");
    int theirs = index(one, "layer.experts");
    assertThat(32 * spread.flops(ours)).isEqualTo(one.flops(theirs));
    assertThat(spread.distinctExperts()).isEqualTo(one.distinctExperts());
    assertThat(32 * spread.weightBytes(ours))
        .isBetween(one.weightBytes(theirs), one.weightBytes(theirs) + 32);
    assertThat(spread.vectors(ours)).isEqualTo(one.vectors(theirs));
    // 16 tokens are divided over the four ranks of their replica.
    for (String name : List.of("layer.dispatch", "layer.combine")) {
      assertThat(spread.kind(index(spread, name))).isEqualTo(OperatorKind.ALL_TO_ALL);
      assertThat(spread.collectiveBytes(index(spread, name))).isEqualTo(16 * 8 * 7168 * 2 / 4);
    }
  }

  /** Worked by hand: Llama-3.1-70B on 8 ranks, 2 decode tokens at 1000, a chunk of 3 after 7. */
  @Test
  void amountsOfEveryOperatorByHand() {
    OperatorPlan plan = plan(TestModels.LLAMA_70B, 8);
    StepShape shape = decode(TestModels.LLAMA_70B, 2, 1000);
    shape.addPrefillChunk(3, 7, true);
    plan.fill(shape);
    long pairs = 3 * 7 + 6;
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < plan.size(); i++) {
      operators.add(plan.operator(i));
    }
    NumberFormat bf16 = NumberFormat.BF16;
    assertThat(operators)
        .containsExactly(
            new Operator.Vector(
                OperatorKind.EMBEDDING, "embedding.lookup", 5 * 1024 * 2, 5 * 8192 * 2),
            new Operator.Collective(OperatorKind.ALL_REDUCE, "embedding.reduce", 5 * 8192 * 2),
            new Operator.Vector(
                OperatorKind.ELEMENTWISE, "layer.attention_norm", 8192 * 2, 5 * 5 * 8192 * 2),
            new Operator.Matrix(
                OperatorKind.GEMM,
                "layer.qkv",
                bf16,
                2L * 5 * 8192 * 1280,
                2 * 8192 * 1280,
                2 * 5 * (8192 + 1280)),
            new Operator.Attention(
                OperatorKind.ATTENTION,
                "layer.attention",
                bf16,
                4 * 8 * 128 * 2000,
                2000 * 512,
                2 * 512,
                2 * 2 * 1024 * 2),
            new Operator.Attention(
                OperatorKind.PREFILL_ATTENTION,
                "layer.prefill_attention",
                bf16,
                4 * 8 * 128 * pairs,
                10 * 512,
                3 * 512,
                3 * 2 * 1024 * 2),
            new Operator.Matrix(
                OperatorKind.GEMM,
                "layer.attention_out",
                bf16,
                2L * 5 * 1024 * 8192,
                2 * 1024 * 8192,
                2 * 5 * (1024 + 8192)),
            new Operator.Collective(
                OperatorKind.ALL_REDUCE, "layer.attention_reduce", 5 * 8192 * 2),
            new Operator.Vector(
                OperatorKind.ELEMENTWISE, "layer.ffn_norm", 8192 * 2, 5 * 5 * 8192 * 2),
            new Operator.Matrix(
                OperatorKind.GEMM,
                "layer.ffn_up",
                bf16,
                2L * 5 * 8192 * 7168,
                2 * 8192 * 7168,
                2 * 5 * (8192 + 7168)),
            new Operator.Vector(
                OperatorKind.ELEMENTWISE, "layer.ffn_activation", 0, 5 * 3 * 3584 * 2),
            new Operator.Matrix(
                OperatorKind.GEMM,
                "layer.ffn_down",
                bf16,
                2L * 5 * 3584 * 8192,
                2 * 3584 * 8192,
                2 * 5 * (3584 + 8192)),
            new Operator.Collective(OperatorKind.ALL_REDUCE, "layer.ffn_reduce", 5 * 8192 * 2),
            new Operator.Vector(OperatorKind.ELEMENTWISE, "head.norm", 8192 * 2, 5 * 2 * 8192 * 2),
            new Operator.Matrix(
                OperatorKind.HEAD,
                "head.logits",
                bf16,
                2L * 3 * 8192 * 16032,
                2 * 8192 * 16032,
                2 * 3 * (8192 + 16032)));
  }

  /** Nothing is replicated in the products of a dense model: ranks share the FLOPs exactly. */
  @Test
  void flopsOfDenseRanksAddUp() {
    for (ModelSpec model :
        List.of(TestModels.LLAMA_8B, TestModels.LLAMA_70B, TestModels.LLAMA_405B)) {
      StepShape shape = mixed(model, new Random(SEED));
      OperatorPlan whole = plan(model, 1);
      whole.fill(shape);
      for (int ranks : new int[] {2, 4, 8}) {
        OperatorPlan rank = plan(model, ranks);
        rank.fill(shape);
        assertThat(ranks * rank.totalFlops()).as(model.name()).isEqualTo(whole.totalFlops());
        assertThat(ranks * rank.totalKvReadBytes()).isEqualTo(whole.totalKvReadBytes());
        assertThat(ranks * rank.totalKvWriteBytes()).isEqualTo(whole.totalKvWriteBytes());
      }
    }
  }

  @Test
  void flopsOfOtherRanksExceedByWhatIsReplicated() {
    ModelSpec deepseek = TestModels.DEEPSEEK_V3;
    StepShape shape = mixed(deepseek, new Random(SEED));
    OperatorPlan whole = plan(deepseek, 1);
    whole.fill(shape);
    OperatorPlan rank = plan(deepseek, 8);
    rank.fill(shape);
    long replicated = 61L * 7168 * (1536 + 576) + 58L * 7168 * 256;
    assertThat(8 * rank.totalFlops())
        .isEqualTo(whole.totalFlops() + 7 * 2 * shape.tokens() * replicated);
    assertThat(rank.totalKvReadBytes()).isEqualTo(whole.totalKvReadBytes());

    ModelSpec llama = TestModels.LLAMA_70B;
    shape = mixed(llama, new Random(SEED));
    whole = plan(llama, 1);
    whole.fill(shape);
    rank = plan(llama, 16);
    rank.fill(shape);
    long kvProjections = 80L * 2 * 8192 * 8 * 128;
    assertThat(16 * rank.totalFlops())
        .isEqualTo(whole.totalFlops() + 2 * shape.tokens() * kvProjections);
    assertThat(16 * rank.totalKvReadBytes()).isEqualTo(2 * whole.totalKvReadBytes());
  }

  /** A step that touches every expert reads what a rank holds, except for the embedding table. */
  @Test
  void aFullStepReadsAllWeightsOfARank() {
    for (ModelSpec model : MODELS) {
      for (int ranks : new int[] {1, 2, 4, 8}) {
        ShardingPlan sharding = new ShardingPlan(ranks);
        if (!sharding.faults(model).isEmpty()) {
          continue;
        }
        for (Precision precision :
            List.of(
                Precision.BF16,
                Precision.FP8,
                Precision.of(NumberFormat.FP4, NumberFormat.FP8, NumberFormat.BF16))) {
          OperatorPlan plan = new OperatorPlan(model, precision, sharding, ExpertSpread.BALANCED);
          StepShape shape = decode(model, 512, 100);
          plan.fill(shape);
          long weightBits = precision.weights().bits();
          long rows = 512L * model.hiddenSize() / ranks * weightBits / 8;
          long table =
              (long) model.hiddenSize() * sharding.vocabularyPerRank(model) * weightBits / 8;
          assertThat(plan.totalWeightBytes() - rows + table)
              .as(model.name() + " on " + ranks)
              .isEqualTo(sharding.weightBytesPerRank(model, precision));
        }
      }
    }
  }

  /** Matrices are the weights, to the byte; of routed experts within one expert. */
  @Test
  void matricesAreTheWeightsOfTheirOperator() {
    for (ModelSpec model : MODELS) {
      for (int ranks : new int[] {1, 2, 4, 8, 16}) {
        if (!new ShardingPlan(ranks).faults(model).isEmpty()) {
          continue;
        }
        OperatorPlan plan = plan(model, ranks);
        plan.fill(decode(model, 5, 700));
        int products = 0;
        for (int i = 0; i < plan.size(); i++) {
          long elements = 0;
          for (MatrixShape shape : plan.matrices(i)) {
            elements += shape.elements();
          }
          String what = model.name() + " on " + ranks + ": " + plan.name(i);
          switch (plan.kind(i)) {
            case GEMM, HEAD -> {
              assertThat(2 * elements).as(what).isEqualTo(plan.weightBytes(i));
              assertThat(2 * elements * plan.vectors(i)).as(what).isEqualTo(plan.flops(i));
              products++;
            }
            case EXPERTS -> {
              assertThat(Math.ceil(2 * elements * plan.distinctExperts()))
                  .as(what)
                  .isEqualTo((double) plan.weightBytes(i));
              double visits = plan.vectors(i) * Math.ceil(plan.distinctExperts());
              assertThat(visits)
                  .isBetween(
                      5.0 * model.moe().activeExperts(),
                      5.0 * model.moe().activeExperts() + 2 * plan.distinctExperts() + 2);
            }
            case EMBEDDING,
                ELEMENTWISE,
                ATTENTION,
                PREFILL_ATTENTION,
                ALL_REDUCE,
                ALL_TO_ALL,
                SEND ->
                assertThat(elements).as(what).isZero();
          }
        }
        assertThat(products).isGreaterThan(2);
      }
    }
  }

  /** Heads times contexts are the KV entries read, and the FLOPs, windowed layers too. */
  @Test
  void headsAreTheKvEntriesOfTheirAttention() {
    for (ModelSpec model : MODELS) {
      OperatorPlan plan = plan(model, 8);
      plan.fill(decode(model, 3, 20_000));
      for (int i = 0; i < plan.size(); i++) {
        AttentionShape shape = plan.attention(i);
        if (plan.kind(i) != OperatorKind.ATTENTION
            || model.attention() instanceof LatentAttention) {
          assertThat(shape).as(plan.name(i)).isNull();
          continue;
        }
        assertThat(shape).as(plan.name(i)).isNotNull();
        long context =
            plan.name(i).endsWith("windowed") ? Math.min(20_000, model.window().limit()) : 20_000;
        long products = 2L * 3 * context * shape.kvHeads() * shape.headSize();
        assertThat(2 * products).as(plan.name(i)).isEqualTo(plan.kvReadBytes(i));
        assertThat(2 * products * shape.group()).as(plan.name(i)).isEqualTo(plan.flops(i));
      }
    }
  }

  /** Cutting a prompt changes neither the products with weights nor the pairs attended. */
  @Test
  void chunksOfAPromptAddUp() {
    Random random = new Random(SEED);
    for (ModelSpec model : MODELS) {
      OperatorPlan plan = plan(model, 1);
      for (int round = 0; round < 20; round++) {
        int prompt = 1 + random.nextInt(20_000);
        StepShape shape = new StepShape(model);
        shape.addPrefillChunk(prompt, 0, true);
        plan.fill(shape);
        long whole = plan.totalFlops();
        long written = plan.totalKvWriteBytes();

        long sum = 0;
        long sumWritten = 0;
        long expandedAgain = 0;
        int done = 0;
        while (done < prompt) {
          int chunk = Math.min(1 + random.nextInt(4096), prompt - done);
          shape.clear();
          shape.addPrefillChunk(chunk, done, done + chunk == prompt);
          plan.fill(shape);
          sum += plan.totalFlops();
          sumWritten += plan.totalKvWriteBytes();
          expandedAgain += done;
          done += chunk;
        }
        // Latent attention makes keys and values of earlier chunks again: 2 * 512 * H * 256 FLOPs.
        long again =
            model.attention() instanceof GroupedQueryAttention
                ? 0
                : 61L * 2 * 512 * 128 * 256 * expandedAgain;
        String what = "seed " + SEED + " " + model.name() + " prompt " + prompt;
        assertThat(sum).as(what).isEqualTo(whole + again);
        assertThat(sumWritten)
            .as(what)
            .isEqualTo(written)
            .isEqualTo(prompt * model.kvBytesPerToken(Precision.BF16));
      }
    }
  }

  /** With grouped queries a one-token chunk is a decode token, in FLOPs and in every byte. */
  @Test
  void oneTokenChunkCostsADecodeToken() {
    ModelSpec model = TestModels.MAVERICK;
    OperatorPlan decode = plan(model, 8);
    decode.fill(decode(model, 1, 12_345));
    OperatorPlan chunk = plan(model, 8);
    StepShape shape = new StepShape(model);
    shape.addPrefillChunk(1, 12_344, true);
    chunk.fill(shape);
    assertThat(chunk.totalFlops()).isEqualTo(decode.totalFlops());
    assertThat(chunk.totalWeightBytes()).isEqualTo(decode.totalWeightBytes());
    assertThat(chunk.totalKvReadBytes()).isEqualTo(decode.totalKvReadBytes());
    assertThat(chunk.totalKvWriteBytes()).isEqualTo(decode.totalKvWriteBytes());
    assertThat(chunk.totalActivationBytes()).isEqualTo(decode.totalActivationBytes());
    assertThat(chunk.totalCollectiveBytes()).isEqualTo(decode.totalCollectiveBytes());
  }

  /** DeepSeek-V3, one layer: what absorbing saves and costs. */
  @Test
  void latentAttentionAbsorbedAndExpanded() {
    OperatorPlan plan = plan(TestModels.DEEPSEEK_V3, 1);
    StepShape shape = new StepShape(TestModels.DEEPSEEK_V3);
    shape.addPrefillChunk(100, 50, false);
    plan.fill(shape);
    long pairs = 100 * 50 + 5050;
    assertThat(flops(plan, "layer.prefill_attention")).isEqualTo(pairs * 2 * 128 * (192 + 128));
    assertThat(flops(plan, "layer.kv_up")).isEqualTo(150L * 2 * 512 * 128 * 256);
    assertThat(flops(plan, "layer.attention")).isZero();
    plan.fill(decode(TestModels.DEEPSEEK_V3, 1, 50));
    assertThat(flops(plan, "layer.attention")).isEqualTo(50L * 2 * 128 * (576 + 512));
    assertThat(flops(plan, "layer.kv_up")).isEqualTo(2L * 512 * 128 * 256);
    assertThat(flops(plan, "layer.prefill_attention")).isZero();
  }

  @Test
  void operatorsWithoutWorkAreIdle() {
    for (ModelSpec model : MODELS) {
      OperatorPlan plan = plan(model, 1);
      StepShape shape = new StepShape(model);
      plan.fill(shape);
      for (int i = 0; i < plan.size(); i++) {
        assertThat(plan.isIdle(i)).as(plan.name(i)).isTrue();
      }
      shape.addPrefillChunk(10, 0, false);
      plan.fill(shape);
      for (int i = 0; i < plan.size(); i++) {
        boolean idle = plan.kind(i) == OperatorKind.ATTENTION || plan.kind(i) == OperatorKind.HEAD;
        assertThat(plan.isIdle(i)).as(plan.name(i)).isEqualTo(idle);
      }
      plan.fill(decode(model, 1, 10));
      for (int i = 0; i < plan.size(); i++) {
        assertThat(plan.isIdle(i))
            .as(plan.name(i))
            .isEqualTo(plan.kind(i) == OperatorKind.PREFILL_ATTENTION);
      }
    }
  }

  @Test
  void expertsOfManyTokens() {
    ModelSpec model = TestModels.MIXTRAL_8X7B;
    StepShape three = decode(model, 3, 10);
    OperatorPlan uniform = plan(model, 1);
    uniform.fill(three);
    assertThat(uniform.distinctExperts()).isEqualTo(8 * (1 - 0.75 * 0.75 * 0.75));
    OperatorPlan balanced =
        new OperatorPlan(model, Precision.BF16, ShardingPlan.SINGLE, ExpertSpread.BALANCED);
    balanced.fill(three);
    assertThat(balanced.distinctExperts()).isEqualTo(6);
    balanced.fill(decode(model, 5, 10));
    assertThat(balanced.distinctExperts()).isEqualTo(8);
    balanced.fill(new StepShape(model));
    assertThat(balanced.distinctExperts()).isZero();
  }

  @Test
  void distinctExpertsStayInTheirBounds() {
    for (int tokens = 1; tokens < 3000; tokens++) {
      double distinct = ExpertSpread.UNIFORM.distinct(384, 8, tokens);
      assertThat(distinct).isBetween(8.0, Math.min(384.0, 8.0 * tokens));
    }
    assertThat(ExpertSpread.UNIFORM.distinct(384, 8, 1)).isEqualTo(8.0);
    assertThat(ExpertSpread.UNIFORM.distinct(8, 8, 7)).isEqualTo(8.0);
  }

  @Test
  void eachFormatCountsWhereItBelongs() {
    Precision precision =
        new Precision(NumberFormat.FP4, NumberFormat.FP8, NumberFormat.BF16, NumberFormat.FP8);
    OperatorPlan plan = new OperatorPlan(TestModels.LLAMA_8B, precision, ShardingPlan.SINGLE);
    plan.fill(decode(TestModels.LLAMA_8B, 1, 100));
    int qkv = index(plan, "layer.qkv");
    assertThat(plan.weightBytes(qkv)).isEqualTo(4096L * 6144 / 2);
    assertThat(plan.activationBytes(qkv)).isEqualTo(2L * (4096 + 6144));
    assertThat(plan.format(qkv)).isEqualTo(NumberFormat.FP8);
    int attention = index(plan, "layer.attention");
    assertThat(plan.kvReadBytes(attention)).isEqualTo(100L * 2048);
    assertThat(plan.format(attention)).isEqualTo(NumberFormat.BF16);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> plan(TestModels.LLAMA_8B, 3)).isInstanceOf(ConfigException.class);
    OperatorPlan plan = plan(TestModels.LLAMA_8B, 1);
    assertThatThrownBy(() -> plan.fill(new StepShape(TestModels.MAVERICK)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("step shape with window 8192 in a plan with window 2147483647");
  }

  @Test
  void fillingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OperatorPlan plan = plan(TestModels.MAVERICK, 8);
    StepShape shape = new StepShape(TestModels.MAVERICK);
    long sum = steps(plan, shape, 20_000);
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    sum += steps(plan, shape, 10_000);
    long allocated = threads.getThreadAllocatedBytes(thread) - before;
    assertThat(sum).isPositive();
    // Less than one byte per step: only what the measurement itself needs.
    assertThat(allocated).isLessThan(10_000);
  }

  private static long steps(OperatorPlan plan, StepShape shape, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      shape.clear();
      shape.addDecode(1 + i);
      shape.addPrefillChunk(1 + i, i, true);
      plan.fill(shape);
      sum += plan.totalFlops();
    }
    return sum;
  }

  private static OperatorPlan plan(ModelSpec model, int ranks) {
    return new OperatorPlan(model, Precision.BF16, new ShardingPlan(ranks));
  }

  private static StepShape decode(ModelSpec model, int batch, int context) {
    StepShape shape = new StepShape(model);
    for (int i = 0; i < batch; i++) {
      shape.addDecode(context);
    }
    return shape;
  }

  private static StepShape mixed(ModelSpec model, Random random) {
    StepShape shape = new StepShape(model);
    for (int i = 0; i < 30; i++) {
      shape.addDecode(1 + random.nextInt(20_000));
    }
    for (int i = 0; i < 5; i++) {
      shape.addPrefillChunk(1 + random.nextInt(2000), random.nextInt(10_000), random.nextBoolean());
    }
    return shape;
  }

  private static List<String> names(OperatorPlan plan, int segment) {
    List<String> names = new ArrayList<>();
    for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
      names.add(plan.name(i));
    }
    return names;
  }

  private static List<Integer> repeats(OperatorPlan plan) {
    List<Integer> repeats = new ArrayList<>();
    for (int s = 0; s < plan.segments(); s++) {
      repeats.add(plan.segmentRepeat(s));
    }
    return repeats;
  }

  private static int index(OperatorPlan plan, String name) {
    for (int i = 0; i < plan.size(); i++) {
      if (plan.name(i).equals(name)) {
        return i;
      }
    }
    throw new AssertionError(name);
  }

  private static long flops(OperatorPlan plan, String name) {
    return plan.flops(index(plan, name));
  }
}
