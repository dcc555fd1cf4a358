package memwall.workloads.shard;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.workloads.model.Attention;
import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import org.jspecify.annotations.Nullable;

/**
 * Into how many ranks a model is cut, and what one rank of it holds.
 *
 * <p>Tensor parallel, as Megatron-LM does it (arXiv 1909.08053): query heads, feed-forward columns
 * and the vocabulary are divided; norms, the router of an MoE layer and the down-projections of
 * latent attention are on every rank; so is the KV cache of latent attention, and a KV head is on
 * several ranks if there are fewer KV heads than ranks. Experts are divided like feed-forward
 * networks, unless they are spread.
 *
 * <p>Pipeline parallel: stages of consecutive layers, whose numbers differ by at most one; the
 * first one has the embedding, the last one the output head. Data parallel: replicas of everything
 * but spread experts, each with sequences and a KV cache of its own; they go in step. Expert
 * parallel: the experts of a layer are spread over so many groups of the ranks of a stage, and
 * columns of each over the ranks of a group; then tokens travel to their experts and back, if there
 * are replicas (DeepSpeed-MoE, arXiv 2201.05596), or every rank of a tensor-parallel group has all
 * tokens anyway, and the all-reduce brings the parts together. Ranks of a stage hold and, with
 * equal tokens, do the same amount.
 *
 * @param tensorParallel ranks that share each layer of a replica, at least 1
 * @param pipelineParallel stages, at least 1
 * @param dataParallel replicas, at least 1
 * @param expertParallel groups of ranks that experts are spread over; 1: experts are cut like
 *     feed-forward networks, in each replica; else a multiple of the replicas that divides the
 *     ranks of a stage
 */
public record ShardingPlan(
    int tensorParallel, int pipelineParallel, int dataParallel, int expertParallel) {
  /** Everything on one rank. */
  public static final ShardingPlan SINGLE = new ShardingPlan(1);

  private static final int MAX_RANKS = 1 << 14;

  /**
   * Checks the degrees.
   *
   * @throws ConfigException if one is below 1 or they do not fit together
   */
  public ShardingPlan {
    List<String> faults = new ArrayList<>();
    atLeastOne("tensor_parallel", tensorParallel, faults);
    atLeastOne("pipeline_parallel", pipelineParallel, faults);
    atLeastOne("data_parallel", dataParallel, faults);
    atLeastOne("expert_parallel", expertParallel, faults);
    if (faults.isEmpty()) {
      String wrong = spreadFault(tensorParallel, dataParallel, expertParallel);
      if (wrong != null) {
        faults.add("expert_parallel: " + wrong);
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }

  /**
   * Tensor parallel only.
   *
   * @param tensorParallel ranks of the group, at least 1
   */
  public ShardingPlan(int tensorParallel) {
    this(tensorParallel, 1, 1, 1);
  }

  private static void atLeastOne(String key, int degree, List<String> faults) {
    if (degree < 1) {
      faults.add(key + ": " + degree + " is not allowed, at least 1");
    }
  }

  private static @Nullable String spreadFault(int tensor, int data, int expert) {
    long stage = (long) tensor * data;
    if (expert == 1 || (expert % data == 0 && stage % expert == 0)) {
      return null;
    }
    return expert
        + " is not allowed with "
        + data
        + " replicas of "
        + tensor
        + " ranks: 1, or a multiple of "
        + data
        + " that divides "
        + stage;
  }

  /** Reads the degrees, each 1 if it is not given. */
  public static ShardingPlan bind(Config config) {
    int tensor = degree(config, "tensor_parallel", "Ranks that share each layer of the model.");
    int pipeline = degree(config, "pipeline_parallel", "Stages of consecutive layers.");
    int data = degree(config, "data_parallel", "Replicas with sequences of their own, in step.");
    int expert = degree(config, "expert_parallel", "Groups of ranks that experts are spread over.");
    String wrong = spreadFault(tensor, data, expert);
    if (wrong != null) {
      config.fault("expert_parallel", wrong);
      expert = 1;
    }
    config.finish();
    return new ShardingPlan(tensor, pipeline, data, expert);
  }

  private static int degree(Config config, String key, String sentence) {
    return (int) config.integer(key, 1, MAX_RANKS, 1, sentence);
  }

  /** Ranks of all stages and replicas. */
  public long ranks() {
    return (long) tensorParallel * pipelineParallel * dataParallel;
  }

  /** Ranks of one stage. */
  public int stageRanks() {
    return Math.multiplyExact(tensorParallel, dataParallel);
  }

  /** Whether there is but one stage and one replica. */
  public boolean isTensorOnly() {
    return pipelineParallel == 1 && dataParallel == 1;
  }

  /** Whether experts are spread over ranks. */
  public boolean spreadsExperts() {
    return expertParallel > 1;
  }

  /** Whether tokens travel to the ranks of their experts and back. */
  public boolean dispatches() {
    return spreadsExperts() && dataParallel > 1;
  }

  /** Over how many ranks the columns of one expert are cut. */
  public int ranksPerExpert() {
    return spreadsExperts() ? stageRanks() / expertParallel : tensorParallel;
  }

  /**
   * Records why the model cannot be cut like this, at the key that is wrong. Only for a model that
   * was read without a fault.
   *
   * @param config the mapping that this plan was read from
   */
  public void report(ModelSpec model, Config config) {
    List<String> faults = tensorFaults(model);
    if (!faults.isEmpty()) {
      config.fault(
          "tensor_parallel",
          tensorParallel + " does not fit " + model.name() + ": " + String.join("; ", faults));
    }
    String stages = stageFault(model);
    if (stages != null) {
      config.fault("pipeline_parallel", stages);
    }
    String experts = expertFault(model);
    if (experts != null) {
      config.fault("expert_parallel", experts);
    }
  }

  /** Why the model cannot be cut like this; empty if it can. */
  public List<String> faults(ModelSpec model) {
    List<String> faults = tensorFaults(model);
    String stages = stageFault(model);
    if (stages != null) {
      faults.add(stages);
    }
    String experts = expertFault(model);
    if (experts != null) {
      faults.add(experts);
    }
    return faults;
  }

  private List<String> tensorFaults(ModelSpec model) {
    List<String> faults = new ArrayList<>();
    Attention attention = model.attention();
    divides("query heads", attention.heads(), tensorParallel, faults);
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
    divides("hidden elements", model.hiddenSize(), tensorParallel, faults);
    if (model.moeLayers() < model.layers()) {
      divides("FFN elements", model.ffnSize(), tensorParallel, faults);
    }
    if (model.moe().experts() > 0 && !spreadsExperts()) {
      divides("FFN elements of an expert", model.moe().ffnSize(), tensorParallel, faults);
    }
    if (model.moe().sharedExperts() > 0 && spreadsExperts()) {
      divides("FFN elements of a shared expert", model.moe().ffnSize(), tensorParallel, faults);
    }
    return faults;
  }

  private @Nullable String stageFault(ModelSpec model) {
    return pipelineParallel <= model.layers()
        ? null
        : pipelineParallel
            + " stages are more than the "
            + model.layers()
            + " layers of "
            + model.name();
  }

  private @Nullable String expertFault(ModelSpec model) {
    if (!spreadsExperts()) {
      return null;
    }
    if (model.moe().experts() == 0) {
      return model.name() + " has no experts to be spread over " + expertParallel + " groups";
    }
    List<String> faults = new ArrayList<>();
    divides("experts", model.moe().experts(), expertParallel, faults);
    divides("FFN elements of an expert", model.moe().ffnSize(), ranksPerExpert(), faults);
    return faults.isEmpty() ? null : String.join("; ", faults);
  }

  /**
   * Makes sure that the model can be cut like this.
   *
   * @throws ConfigException with every fault if not
   */
  public void check(ModelSpec model) {
    List<String> faults = faults(model);
    if (!faults.isEmpty()) {
      String what = describe() + " does not fit " + model.name() + ": ";
      throw new ConfigException(faults.stream().map(fault -> what + fault).toList());
    }
  }

  /** The degrees as a run file gives them; those that are 1 are left out. */
  public String describe() {
    StringBuilder text = new StringBuilder("tensor_parallel ").append(tensorParallel);
    append(text, ", pipeline_parallel ", pipelineParallel);
    append(text, ", data_parallel ", dataParallel);
    append(text, ", expert_parallel ", expertParallel);
    return text.toString();
  }

  private static void append(StringBuilder text, String key, int degree) {
    if (degree > 1) {
      text.append(key).append(degree);
    }
  }

  /** A stage of the pipeline. */
  public Stage stage(ModelSpec model, int index) {
    long layers = model.layers();
    int first = (int) (index * layers / pipelineParallel);
    int end = (int) ((index + 1) * layers / pipelineParallel);
    return new Stage(first, end, index == 0, index == pipelineParallel - 1);
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

  /** What the ranks of a stage hold; of several stages the one that holds most. */
  public StageShare share(ModelSpec model) {
    StageShare most = new StageShare(model, this, stage(model, 0));
    for (int index = 1; index < pipelineParallel; index++) {
      StageShare share = new StageShare(model, this, stage(model, index));
      most = share.matrixElements() > most.matrixElements() ? share : most;
    }
    return most;
  }

  /** Elements of all weight matrices of one rank, replicated ones included. */
  public long matrixElementsPerRank(ModelSpec model) {
    return share(model).matrixElements();
  }

  /** Bytes of weights, norms included, that one rank holds. */
  public long weightBytesPerRank(ModelSpec model, Precision precision) {
    return share(model).weightBytes(precision);
  }

  /** Of these, bytes of some routed experts of each layer, wherever these are. */
  public long expertBytesPerRank(ModelSpec model, Precision precision, int experts) {
    return share(model).expertBytes(precision, experts);
  }

  /** Bytes that one token leaves in the KV cache of one rank, all layers, without any window. */
  public long kvBytesPerTokenPerRank(ModelSpec model, Precision precision) {
    return kvEntryBytesPerRank(model, precision, 1, 1);
  }

  /** Bytes of KV cache of one rank for a context of so many tokens; windowed layers keep a ring. */
  public long kvBytesPerRank(ModelSpec model, Precision precision, int contextTokens) {
    int windowed = Math.min(contextTokens, model.window().limit());
    return kvEntryBytesPerRank(model, precision, contextTokens, windowed);
  }

  /**
   * Bytes of KV cache of one rank for entries of the layers that attend to everything, and of the
   * others; of several stages the most.
   *
   * @param globalTokens entries of each layer that attends to everything
   * @param windowedTokens entries of each windowed layer, however long its window is
   */
  public long kvEntryBytesPerRank(
      ModelSpec model, Precision precision, long globalTokens, long windowedTokens) {
    long most = 0;
    for (int index = 0; index < pipelineParallel; index++) {
      Stage stage = stage(model, index);
      long global = stage.globalLayers(model);
      long entries =
          Math.addExact(
              Math.multiplyExact(global, globalTokens),
              Math.multiplyExact(stage.layers() - global, windowedTokens));
      most = Math.max(most, entries);
    }
    long entryBytes = (long) kvElementsPerTokenPerRank(model) * precision.kv().bits() / Byte.SIZE;
    return Math.multiplyExact(most, entryBytes);
  }

  private static void divides(String what, int amount, int ranks, List<String> faults) {
    if (amount % ranks != 0) {
      faults.add(amount + " " + what + " cannot be divided over " + ranks + " ranks");
    }
  }
}
