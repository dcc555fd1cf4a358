package memwall.workloads.shard;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.workloads.model.Attention;
import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.LatentAttention;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;

/**
 * Into how many ranks a model is cut, and what one rank of it holds.
 *
 * <p>Tensor parallel, as Megatron-LM does it (arXiv 1909.08053): query heads, feed-forward columns
 * and the vocabulary are divided; norms, the router of an MoE layer and the down-projections of
 * latent attention are on every rank; so is the KV cache of latent attention, and a KV head is on
 * several ranks if there are fewer KV heads than ranks. Experts are divided like feed-forward
 * networks. All ranks hold and do the same amount.
 *
 * @param tensorParallel ranks of a tensor-parallel group, at least 1
 */
public record ShardingPlan(int tensorParallel) {
  /** Everything on one rank. */
  public static final ShardingPlan SINGLE = new ShardingPlan(1);

  private static final int MAX_RANKS = 1 << 14;

  /**
   * Checks the degree.
   *
   * @throws ConfigException if it is below 1
   */
  public ShardingPlan {
    if (tensorParallel < 1) {
      throw new ConfigException(
          List.of("tensor_parallel: " + tensorParallel + " is not allowed, at least 1"));
    }
  }

  /** Reads key {@code tensor_parallel} (default 1). */
  public static ShardingPlan bind(Config config) {
    int degree =
        (int)
            config.integer(
                "tensor_parallel", 1, MAX_RANKS, 1, "Ranks that share each layer of the model.");
    config.finish();
    return new ShardingPlan(degree);
  }

  /**
   * Records why the model cannot be cut like this, at key {@code tensor_parallel}. Only for a model
   * that was read without a fault.
   *
   * @param config the mapping that this plan was read from
   */
  public void report(ModelSpec model, Config config) {
    List<String> faults = faults(model);
    if (!faults.isEmpty()) {
      config.fault(
          "tensor_parallel",
          tensorParallel + " does not fit " + model.name() + ": " + String.join("; ", faults));
    }
  }

  /** Why the model cannot be cut like this; empty if it can. */
  public List<String> faults(ModelSpec model) {
    List<String> faults = new ArrayList<>();
    Attention attention = model.attention();
    divides("query heads", attention.heads(), faults);
    if (attention instanceof GroupedQueryAttention grouped) {
      int kvHeads = grouped.kvHeads();
      if (kvHeads % tensorParallel != 0 && tensorParallel % kvHeads != 0) {
        faults.add(
            kvHeads
                + " KV heads can neither be divided nor replicated over "
                + tensorParallel
                + " ranks: one number must divide the other");
      }
    }
    divides("hidden elements", model.hiddenSize(), faults);
    if (model.moeLayers() < model.layers()) {
      divides("FFN elements", model.ffnSize(), faults);
    }
    if (model.moe().experts() > 0) {
      divides("FFN elements of an expert", model.moe().ffnSize(), faults);
    }
    return faults;
  }

  /**
   * Makes sure that the model can be cut like this.
   *
   * @throws ConfigException with every fault if not
   */
  public void check(ModelSpec model) {
    List<String> faults = faults(model);
    if (!faults.isEmpty()) {
      String what = "tensor_parallel " + tensorParallel + " does not fit " + model.name() + ": ";
      throw new ConfigException(faults.stream().map(fault -> what + fault).toList());
    }
  }

  /** Query heads of one rank. */
  public int headsPerRank(ModelSpec model) {
    return model.attention().heads() / tensorParallel;
  }

  /** KV heads of one rank: at least one, shared with other ranks if there are not enough. */
  public int kvHeadsPerRank(GroupedQueryAttention attention) {
    return Math.max(1, attention.kvHeads() / tensorParallel);
  }

  /** Rows of the embedding and columns of the head on one rank; the vocabulary is padded up. */
  public int vocabularyPerRank(ModelSpec model) {
    return (model.vocabulary() - 1) / tensorParallel + 1;
  }

  /** Elements that one token leaves in the KV cache of one layer on one rank. */
  public int kvElementsPerTokenPerRank(ModelSpec model) {
    if (model.attention() instanceof GroupedQueryAttention grouped) {
      return 2 * kvHeadsPerRank(grouped) * grouped.headSize();
    }
    return model.attention().kvElementsPerToken();
  }

  /** Elements of all weight matrices of one rank, replicated ones included. */
  public long matrixElementsPerRank(ModelSpec model) {
    long hidden = model.hiddenSize();
    long moeLayers = model.moeLayers();
    long experts = (long) model.moe().experts() + model.moe().sharedExperts();
    long moeFfn =
        experts * (model.expertElements() / tensorParallel) + hidden * model.moe().experts();
    return (model.tiedEmbeddings() ? 1 : 2) * hidden * vocabularyPerRank(model)
        + model.layers() * attentionElementsPerRank(model)
        + (model.layers() - moeLayers) * (model.denseFfnElements() / tensorParallel)
        + moeLayers * moeFfn;
  }

  /** Bytes of weights, norms included, that one rank holds. */
  public long weightBytesPerRank(ModelSpec model, Precision precision) {
    long bits =
        matrixElementsPerRank(model) * precision.weights().bits()
            + model.normElements() * precision.activations().bits();
    return (bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Of these, bytes of some routed experts of each layer. */
  public long expertBytesPerRank(ModelSpec model, Precision precision, int experts) {
    long elements = (long) experts * (model.expertElements() / tensorParallel);
    return (model.moeLayers() * elements * precision.weights().bits() + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Bytes that one token leaves in the KV cache of one rank, all layers, without any window. */
  public long kvBytesPerTokenPerRank(ModelSpec model, Precision precision) {
    return (long) model.layers()
        * kvElementsPerTokenPerRank(model)
        * precision.kv().bits()
        / Byte.SIZE;
  }

  /** Bytes of KV cache of one rank for a context of so many tokens; windowed layers keep a ring. */
  public long kvBytesPerRank(ModelSpec model, Precision precision, int contextTokens) {
    return model.kvBytes(contextTokens, precision)
        / model.attention().kvElementsPerToken()
        * kvElementsPerTokenPerRank(model);
  }

  /**
   * Bytes of KV cache of one rank for entries of the layers that attend to everything, and of the
   * others.
   *
   * @param globalTokens entries of each layer that attends to everything
   * @param windowedTokens entries of each windowed layer, however long its window is
   */
  public long kvEntryBytesPerRank(
      ModelSpec model, Precision precision, long globalTokens, long windowedTokens) {
    long global = model.globalLayers();
    long entries =
        Math.addExact(
            Math.multiplyExact(global, globalTokens),
            Math.multiplyExact(model.layers() - global, windowedTokens));
    long entryBytes = (long) kvElementsPerTokenPerRank(model) * precision.kv().bits() / Byte.SIZE;
    return Math.multiplyExact(entries, entryBytes);
  }

  private long attentionElementsPerRank(ModelSpec model) {
    long hidden = model.hiddenSize();
    long heads = headsPerRank(model);
    if (model.attention() instanceof GroupedQueryAttention grouped) {
      return hidden * grouped.headSize() * (2 * heads + 2L * kvHeadsPerRank(grouped));
    }
    LatentAttention latent = (LatentAttention) model.attention();
    long queryWidth = heads * (latent.nopeSize() + latent.ropeSize());
    long query =
        latent.queryRank() == 0 ? hidden * queryWidth : (hidden + queryWidth) * latent.queryRank();
    return query
        + hidden * latent.kvElementsPerToken()
        + heads * latent.kvRank() * (latent.nopeSize() + latent.valueSize())
        + heads * latent.valueSize() * hidden;
  }

  private void divides(String what, int amount, List<String> faults) {
    if (amount % tensorParallel != 0) {
      faults.add(amount + " " + what + " cannot be divided over " + tensorParallel + " ranks");
    }
  }
}
