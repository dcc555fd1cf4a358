package memwall.workloads.model;

import memwall.core.config.Config;
import memwall.core.config.Faults;

/**
 * The shape of a decoder-only language model: enough to count its parameters, FLOPs and bytes.
 *
 * <p>Parameters are those of the matrices. Norm vectors (0.003 % of a model) are counted apart, in
 * {@link #normElements}; biases and the vision encoder of a multimodal model are not counted.
 *
 * @param name for reports
 * @param layers transformer layers
 * @param hiddenSize elements of a token between layers
 * @param ffnSize elements inside the feed-forward network of a dense layer; 0 if all have experts
 * @param vocabulary tokens of the vocabulary
 * @param tiedEmbeddings whether input embedding and output head are one matrix
 * @param gatedMlp whether the feed-forward network has a gate: three matrices instead of two
 * @param maxContext longest context in tokens
 * @param attention the attention of each layer
 * @param window which layers see a limited context
 * @param moe which layers have experts
 */
public record ModelSpec(
    String name,
    int layers,
    int hiddenSize,
    int ffnSize,
    int vocabulary,
    boolean tiedEmbeddings,
    boolean gatedMlp,
    int maxContext,
    Attention attention,
    AttentionWindow window,
    MixtureOfExperts moe) {

  /**
   * Checks the shape.
   *
   * @throws memwall.core.config.ConfigException with every fault if the parts do not fit together
   */
  public ModelSpec {
    Faults faults = new Faults();
    Checks.atLeastOne("layers", layers, faults);
    Checks.atLeastOne("hidden_size", hiddenSize, faults);
    Checks.notNegative("ffn_size", ffnSize, faults);
    Checks.atLeastOne("vocabulary", vocabulary, faults);
    Checks.atLeastOne("max_context", maxContext, faults);
    ModelBinding.checkParts(layers, ffnSize, attention, window, moe, faults);
    faults.throwIfAny();
  }

  /**
   * Reads a model, for example {@code ModelSpec.bind(run.preset("model", "model", "..."))}. Faults
   * are recorded in the configuration; the keys are described in docs/models.md.
   */
  public static ModelSpec bind(Config config) {
    return ModelBinding.bind(config);
  }

  /** Layers with experts. */
  public int moeLayers() {
    int count = 0;
    for (int layer = 0; layer < layers; layer++) {
      count += moe.isMoe(layer) ? 1 : 0;
    }
    return count;
  }

  /** Layers that attend to the whole context. */
  public int globalLayers() {
    int count = 0;
    for (int layer = 0; layer < layers; layer++) {
      count += window.isGlobal(layer) ? 1 : 0;
    }
    return count;
  }

  /** Matrices of a feed-forward network: up and down, and the gate if there is one. */
  public int ffnMatrices() {
    return gatedMlp ? 3 : 2;
  }

  /** Elements of the matrices of one expert. */
  public long expertElements() {
    return (long) ffnMatrices() * hiddenSize * moe.ffnSize();
  }

  /** Elements of the feed-forward matrices of a dense layer. */
  public long denseFfnElements() {
    return (long) ffnMatrices() * hiddenSize * ffnSize;
  }

  /** Elements of the input embedding; the output head has as many. */
  public long embeddingElements() {
    return (long) vocabulary * hiddenSize;
  }

  /** Elements of all norm vectors: two of each layer, those inside the attention, the last one. */
  public long normElements() {
    return layers * (2L * hiddenSize + attention.normElements()) + hiddenSize;
  }

  /** Parameters of all matrices. */
  public long parameterCount() {
    return (tiedEmbeddings ? 1 : 2) * embeddingElements() + layerElements(moe.experts());
  }

  /**
   * Parameters that one token is multiplied with: attention, its experts, the output head. The
   * input embedding is looked up, not multiplied, and does not count.
   */
  public long activeParameterCount() {
    return embeddingElements() + layerElements(moe.activeExperts());
  }

  /** Bytes that one token leaves in the KV cache of all layers, without any window. */
  public long kvBytesPerToken(Precision precision) {
    return layers * kvBytesPerTokenAndLayer(precision);
  }

  /** Bytes that one token leaves in the KV cache of one layer. */
  public long kvBytesPerTokenAndLayer(Precision precision) {
    return (long) attention.kvElementsPerToken() * precision.kv().bits() / Byte.SIZE;
  }

  /** Bytes of KV cache that a context of so many tokens needs; windowed layers keep a ring. */
  public long kvBytes(int contextTokens, Precision precision) {
    long global = globalLayers();
    long entries =
        global * contextTokens + (layers - global) * Math.min(contextTokens, window.limit());
    return entries * kvBytesPerTokenAndLayer(precision);
  }

  private long layerElements(int expertsCounted) {
    long moeLayers = moeLayers();
    long moeFfn =
        ((long) expertsCounted + moe.sharedExperts()) * expertElements()
            + (long) moe.experts() * hiddenSize;
    return layers * attention.matrixElements(hiddenSize)
        + (layers - moeLayers) * denseFfnElements()
        + moeLayers * moeFfn;
  }
}
