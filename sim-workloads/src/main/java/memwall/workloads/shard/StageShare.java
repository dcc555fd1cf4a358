package memwall.workloads.shard;

import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.LatentAttention;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;

/** What one rank of a stage holds of the weights of a model. */
public final class StageShare {
  private final ModelSpec model;
  private final ShardingPlan sharding;
  private final Stage stage;
  private final long matrixElements;

  StageShare(ModelSpec model, ShardingPlan sharding, Stage stage) {
    this.model = model;
    this.sharding = sharding;
    this.stage = stage;
    this.matrixElements = countMatrixElements();
  }

  private long countMatrixElements() {
    long hidden = model.hiddenSize();
    long ranks = sharding.tensorParallel();
    long moeLayers = stage.moeLayers(model);
    long moeFfn =
        routedElements(model.moe().experts())
            + model.moe().sharedExperts() * (model.expertElements() / ranks)
            + hidden * model.moe().experts();
    // One matrix where both ends are on the same rank and tied.
    int ends = (stage.hasEmbedding() ? 1 : 0) + (stage.hasHead() ? 1 : 0);
    ends = model.tiedEmbeddings() ? Math.min(1, ends) : ends;
    return ends * hidden * sharding.vocabularyPerRank(model)
        + stage.layers() * attentionElements()
        + (stage.layers() - moeLayers) * (model.denseFfnElements() / ranks)
        + moeLayers * moeFfn;
  }

  /** Elements of some routed experts of a layer, as far as they are on a rank. */
  private long routedElements(int experts) {
    long ofExpert = model.expertElements() / sharding.ranksPerExpert();
    return sharding.spreadsExperts()
        ? ceilDiv(experts * ofExpert, sharding.expertParallel())
        : experts * ofExpert;
  }

  private long attentionElements() {
    long hidden = model.hiddenSize();
    long heads = sharding.headsPerRank(model);
    if (model.attention() instanceof GroupedQueryAttention grouped) {
      return hidden * grouped.headSize() * (2 * heads + 2L * sharding.kvHeadsPerRank(grouped));
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

  /** Elements of all weight matrices, replicated ones included. */
  public long matrixElements() {
    return matrixElements;
  }

  /** Bytes of weights, norms included. */
  public long weightBytes(Precision precision) {
    long norms =
        stage.layers() * (2L * model.hiddenSize() + model.attention().normElements())
            + (stage.hasHead() ? model.hiddenSize() : 0);
    long bits =
        matrixElements * precision.weights().bits() + norms * precision.activations().bits();
    return ceilDiv(bits, Byte.SIZE);
  }

  /**
   * Of these, bytes of some routed experts of each layer.
   *
   * @param experts how many of a layer, wherever they are
   */
  public long expertBytes(Precision precision, int experts) {
    long elements = stage.moeLayers(model) * routedElements(experts);
    return ceilDiv(elements * precision.weights().bits(), Byte.SIZE);
  }

  private static long ceilDiv(long amount, long parts) {
    return (amount + parts - 1) / parts;
  }
}
