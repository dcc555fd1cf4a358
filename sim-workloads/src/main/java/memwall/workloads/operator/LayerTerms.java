package memwall.workloads.operator;

import static memwall.workloads.operator.Amount.ACTIVATION;
import static memwall.workloads.operator.Amount.COLLECTIVE;
import static memwall.workloads.operator.Amount.FLOPS;
import static memwall.workloads.operator.Amount.KV_READ;
import static memwall.workloads.operator.Amount.KV_READ_TIERED;
import static memwall.workloads.operator.Amount.KV_WRITE;
import static memwall.workloads.operator.Amount.WEIGHT;
import static memwall.workloads.operator.Basis.ANY_LOGIT;
import static memwall.workloads.operator.Basis.ANY_TOKEN;
import static memwall.workloads.operator.Basis.DECODE_TOKENS;
import static memwall.workloads.operator.Basis.LOGIT_ROWS;
import static memwall.workloads.operator.Basis.PREFILL_KV;
import static memwall.workloads.operator.Basis.PREFILL_TOKENS;
import static memwall.workloads.operator.Basis.TOKENS;

import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.LatentAttention;
import memwall.workloads.model.MixtureOfExperts;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.shard.ShardingPlan;

/**
 * The formulas of docs/models.md: what each operator of a model asks of one rank. A product of m
 * tokens with a k x n matrix is 2 m k n FLOPs, k n weights, m (k + n) activations. Per layer, norms
 * and residual additions move 10 elements of the hidden vector per token (each norm reads and
 * writes one, each addition reads two and writes one), the gate 3 elements of the FFN (read twice,
 * written once); facts: Son et al., IEEE CAL 2026, as rebuilt.
 */
final class LayerTerms {
  private static final int NORM_AND_RESIDUAL = 5;
  private static final int NORM = 2;

  private final ModelSpec model;
  private final Precision precision;
  private final ShardingPlan sharding;
  private final Terms terms;

  private final long hidden;
  private final long heads;
  private final long ranks;

  /** What the routed experts of a layer are divided by on one rank. */
  private final long expertShare;

  private final long weightBits;
  private final long activationBits;

  LayerTerms(ModelSpec model, Precision precision, ShardingPlan sharding, Terms terms) {
    this.model = model;
    this.precision = precision;
    this.sharding = sharding;
    this.terms = terms;
    this.hidden = model.hiddenSize();
    this.heads = sharding.headsPerRank(model);
    this.ranks = sharding.tensorParallel();
    this.expertShare = sharding.spreadsExperts() ? sharding.expertParallel() : 1;
    this.weightBits = precision.weights().bits();
    this.activationBits = precision.activations().bits();
  }

  ModelSpec model() {
    return model;
  }

  /** Each token's row lies on one rank, on average 1/ranks of them here; the sum distributes it. */
  void embedding() {
    terms
        .operator(
            OperatorKind.EMBEDDING,
            "embedding.lookup",
            precision.activations(),
            precision.weights())
        .add(WEIGHT, TOKENS, hidden / ranks * weightBits)
        .add(ACTIVATION, TOKENS, hidden * activationBits);
    allReduce("embedding.reduce");
  }

  void head() {
    elementwise("head.norm", NORM * hidden, hidden);
    long columns = sharding.vocabularyPerRank(model);
    terms
        .operator(OperatorKind.HEAD, "head.logits", precision.compute(), precision.weights())
        .matrices(columns, hidden, 1)
        .add(FLOPS, LOGIT_ROWS, 2 * hidden * columns)
        .add(WEIGHT, ANY_LOGIT, hidden * columns * weightBits)
        .add(ACTIVATION, LOGIT_ROWS, (hidden + columns) * activationBits);
  }

  void layer(boolean global, boolean moe) {
    long inner = model.attention().normElements();
    elementwise("layer.attention_norm", NORM_AND_RESIDUAL * hidden + NORM * inner, hidden + inner);
    if (model.attention() instanceof GroupedQueryAttention grouped) {
      grouped(grouped, global);
    } else {
      latent((LatentAttention) model.attention());
    }
    allReduce("layer.attention_reduce");
    elementwise("layer.ffn_norm", NORM_AND_RESIDUAL * hidden, hidden);
    if (moe) {
      experts(model.moe());
    } else {
      dense();
    }
    allReduce("layer.ffn_reduce");
  }

  private void grouped(GroupedQueryAttention attention, boolean global) {
    long size = attention.headSize();
    long width = heads * size;
    long kvElements = sharding.kvElementsPerTokenPerRank(model);
    int kvHeads = sharding.kvHeadsPerRank(attention);
    gemm("layer.qkv", hidden, width + kvElements);

    long kvBits = kvElements * precision.kv().bits();
    long queryAndOutputBits = 2 * width * activationBits;
    terms
        .operator(
            OperatorKind.ATTENTION,
            global ? "layer.attention" : "layer.attention_windowed",
            precision.attentionCompute(),
            precision.kv())
        .heads(new AttentionShape(kvHeads, (int) heads / kvHeads, attention.headSize()))
        .add(FLOPS, global ? Basis.DECODE_KV : Basis.DECODE_KV_WINDOWED, 4 * width)
        .add(KV_READ, global ? Basis.DECODE_KV : Basis.DECODE_KV_WINDOWED, kvBits)
        .add(
            KV_READ_TIERED,
            global ? Basis.DECODE_KV_TIERED : Basis.DECODE_KV_WINDOWED_TIERED,
            kvBits)
        .add(KV_WRITE, DECODE_TOKENS, kvBits)
        .add(ACTIVATION, DECODE_TOKENS, queryAndOutputBits);
    terms
        .operator(
            OperatorKind.PREFILL_ATTENTION,
            global ? "layer.prefill_attention" : "layer.prefill_attention_windowed",
            precision.attentionCompute(),
            precision.kv())
        .add(FLOPS, global ? Basis.PREFILL_PAIRS : Basis.PREFILL_PAIRS_WINDOWED, 4 * width)
        .add(KV_READ, global ? PREFILL_KV : Basis.PREFILL_KV_WINDOWED, kvBits)
        .add(
            KV_READ_TIERED,
            global ? Basis.PREFILL_KV_TIERED : Basis.PREFILL_KV_WINDOWED_TIERED,
            kvBits)
        .add(KV_WRITE, PREFILL_TOKENS, kvBits)
        .add(ACTIVATION, PREFILL_TOKENS, queryAndOutputBits);

    gemm("layer.attention_out", width, hidden);
  }

  private void latent(LatentAttention attention) {
    long queryRank = attention.queryRank();
    long kvRank = attention.kvRank();
    long nope = attention.nopeSize();
    long rope = attention.ropeSize();
    long value = attention.valueSize();
    long queryWidth = heads * (nope + rope);
    long valueWidth = heads * value;
    long expandedWidth = heads * (nope + value);

    if (queryRank == 0) {
      gemm("layer.query", hidden, queryWidth);
      gemm("layer.kv_down", hidden, kvRank + rope);
    } else {
      gemm("layer.qkv_down", hidden, queryRank + kvRank + rope);
      gemm("layer.query_up", queryRank, queryWidth);
    }

    // One matrix, two uses. Decode: its key half turns the query (nope -> rank), its value half the
    // output (rank -> value). Prefill: keys and values of every attended token are made from the
    // cache, those of earlier chunks again in each chunk.
    long upFlops = 2 * kvRank * expandedWidth;
    terms
        .operator(OperatorKind.GEMM, "layer.kv_up", precision.compute(), precision.weights())
        .matrices(kvRank, nope, (int) heads)
        .matrices(value, kvRank, (int) heads)
        .add(FLOPS, DECODE_TOKENS, upFlops)
        .add(FLOPS, PREFILL_KV, upFlops)
        .add(WEIGHT, ANY_TOKEN, kvRank * expandedWidth * weightBits)
        .add(ACTIVATION, DECODE_TOKENS, (expandedWidth + 2 * heads * kvRank) * activationBits)
        .add(ACTIVATION, PREFILL_KV, expandedWidth * activationBits);

    long kvBits = sharding.kvElementsPerTokenPerRank(model) * (long) precision.kv().bits();
    terms
        .operator(
            OperatorKind.ATTENTION, "layer.attention", precision.attentionCompute(), precision.kv())
        .add(FLOPS, Basis.DECODE_KV, 2 * heads * (kvRank + rope) + 2 * heads * kvRank)
        .add(KV_READ, Basis.DECODE_KV, kvBits)
        .add(KV_READ_TIERED, Basis.DECODE_KV_TIERED, kvBits)
        .add(KV_WRITE, DECODE_TOKENS, kvBits)
        .add(ACTIVATION, DECODE_TOKENS, heads * (2 * kvRank + rope) * activationBits);
    // The cached entries themselves are read here once; layer.kv_up counts only what it writes.
    terms
        .operator(
            OperatorKind.PREFILL_ATTENTION,
            "layer.prefill_attention",
            precision.attentionCompute(),
            precision.kv())
        .add(FLOPS, Basis.PREFILL_PAIRS, 2 * queryWidth + 2 * valueWidth)
        .add(KV_READ, PREFILL_KV, kvBits)
        .add(KV_READ_TIERED, Basis.PREFILL_KV_TIERED, kvBits)
        .add(KV_WRITE, PREFILL_TOKENS, kvBits)
        .add(ACTIVATION, PREFILL_TOKENS, (queryWidth + valueWidth) * activationBits)
        .add(ACTIVATION, PREFILL_KV, expandedWidth * activationBits);

    gemm("layer.attention_out", valueWidth, hidden);
  }

  private void dense() {
    long width = model.ffnSize() / ranks;
    gemm("layer.ffn_up", hidden, (model.ffnMatrices() - 1) * width);
    elementwise("layer.ffn_activation", model.ffnMatrices() * width, 0);
    gemm("layer.ffn_down", width, hidden);
  }

  private void experts(MixtureOfExperts moe) {
    gemm("layer.router", hidden, moe.experts());
    long active = moe.activeExperts();
    allToAll("layer.dispatch", active);
    long ofExpert = moe.ffnSize() / sharding.ranksPerExpert();
    long expertRows = (model.ffnMatrices() - 1) * ofExpert;
    long expertElements = model.expertElements() / sharding.ranksPerExpert();
    long routed = 2 * hidden + model.ffnMatrices() * ofExpert;
    int shared = moe.sharedExperts();
    long width = moe.ffnSize() / ranks;
    long elements = model.expertElements() / ranks;
    long activations = 2 * hidden + model.ffnMatrices() * width;
    long upRows = (model.ffnMatrices() - 1) * width;
    terms
        .operator(OperatorKind.EXPERTS, "layer.experts", precision.compute(), precision.weights())
        .expertMatrix(expertRows, hidden)
        .expertMatrix(hidden, ofExpert)
        .add(FLOPS, expertTokens(), ceilDiv(2 * active * expertElements, expertShare))
        .add(ACTIVATION, expertTokens(), ceilDiv(active * routed * activationBits, expertShare))
        .perDistinctExpert(expertElements * weightBits);
    if (shared > 0) {
      terms
          .operator(
              OperatorKind.GEMM, "layer.shared_experts", precision.compute(), precision.weights())
          .matrices(upRows, hidden, shared)
          .matrices(hidden, width, shared)
          .add(FLOPS, TOKENS, 2L * shared * elements)
          .add(WEIGHT, ANY_TOKEN, shared * elements * weightBits)
          .add(ACTIVATION, TOKENS, shared * activations * activationBits);
    }
    elementwise("layer.expert_activation", (long) shared * model.ffnMatrices() * width, 0);
    terms.add(
        ACTIVATION,
        expertTokens(),
        ceilDiv(active * model.ffnMatrices() * ofExpert * activationBits, expertShare));
    allToAll("layer.combine", active);
  }

  /** Tokens whose experts are on this rank and those that it shares them with. */
  private Basis expertTokens() {
    return sharding.dispatches() ? Basis.GROUP_TOKENS : TOKENS;
  }

  /** Each rank of a replica sends its part of the tokens, once for each expert that they visit. */
  private void allToAll(String name, long active) {
    if (sharding.dispatches()) {
      terms
          .operator(OperatorKind.ALL_TO_ALL, name, precision.activations(), precision.activations())
          .add(COLLECTIVE, TOKENS, ceilDiv(active * hidden * activationBits, ranks));
    }
  }

  /** Each rank of a stage sends to the one in its place of the next stage. */
  void send() {
    terms
        .operator(OperatorKind.SEND, "stage.send", precision.activations(), precision.activations())
        .add(COLLECTIVE, TOKENS, hidden * activationBits);
  }

  private static long ceilDiv(long amount, long parts) {
    return (amount + parts - 1) / parts;
  }

  private void gemm(String name, long inputs, long outputs) {
    terms
        .operator(OperatorKind.GEMM, name, precision.compute(), precision.weights())
        .matrices(outputs, inputs, 1)
        .add(FLOPS, TOKENS, 2 * inputs * outputs)
        .add(WEIGHT, ANY_TOKEN, inputs * outputs * weightBits)
        .add(ACTIVATION, TOKENS, (inputs + outputs) * activationBits);
  }

  private void elementwise(String name, long elementsPerToken, long normElements) {
    terms
        .operator(OperatorKind.ELEMENTWISE, name, precision.activations(), precision.activations())
        .add(WEIGHT, ANY_TOKEN, normElements * activationBits)
        .add(ACTIVATION, TOKENS, elementsPerToken * activationBits);
  }

  private void allReduce(String name) {
    if (ranks > 1) {
      terms
          .operator(OperatorKind.ALL_REDUCE, name, precision.activations(), precision.activations())
          .add(COLLECTIVE, TOKENS, hidden * activationBits);
    }
  }
}
