package memwall.workloads.operator;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.NumberFormat;
import memwall.workloads.model.Precision;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.shard.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The operators of one step on one rank: bytes and FLOPs, never time.
 *
 * <p>Operators stand in segments; a segment is executed {@link #segmentRepeat} times in a row with
 * the same amounts, so that 80 equal layers are 14 operators and not 1,120. A model of mixed layers
 * has blocks: Llama-4 Maverick a block of four layers, 12 times.
 *
 * <p>The set of operators is fixed at construction, {@link #fill} changes only amounts, without
 * allocation: every amount is a sum of constants times properties of the step (docs/models.md). An
 * operator without work in a step (prefill attention in a decode step) stays, with zero amounts;
 * see {@link #isIdle}. Bytes are rounded up once per operator: with 4-bit weights and with the
 * expected number of distinct experts, which is a fraction.
 *
 * <p>All ranks of a tensor-parallel group have the same plan. Of a pipeline, a plan has one stage,
 * or all of them one after the other: what a token meets on its way.
 */
public final class OperatorPlan {
  private static final int ALL_STAGES = -1;

  private final ModelSpec model;
  private final ExpertVisits visits;
  private final int window;
  private final int headsPerRank;

  /** Groups of ranks that the experts are spread over, each with as many of them. */
  private final int expertGroups;

  /** Whether experts see the tokens of all replicas. */
  private final boolean dispatches;

  private final OperatorKind[] kinds;
  private final String[] names;
  private final NumberFormat[] formats;
  private final NumberFormat[] storedFormats;
  private final ImmutableList<ImmutableList<MatrixShape>> matrices;
  private final @Nullable AttentionShape[] attentions;
  private final int[] segmentRepeats;
  private final int[] segmentStarts;

  private final int[] termSlots;
  private final int[] termBases;
  private final long[] termCoefficients;
  private final int[] expertOperators;
  private final long[] expertBits;

  private final long[] bases = new long[Basis.COUNT];
  private final long[] amounts;
  private double distinctExperts;
  private long fills;
  private @Nullable StepShape shape;

  /** A plan for experts that are chosen uniformly. */
  public OperatorPlan(ModelSpec model, Precision precision, ShardingPlan sharding) {
    this(model, precision, sharding, ExpertSpread.UNIFORM);
  }

  /**
   * A plan in which the most popular experts are counted apart.
   *
   * @param popularExperts how many of a layer's routed experts
   * @throws memwall.core.config.ConfigException if the model cannot be cut like this
   */
  public OperatorPlan(
      ModelSpec model, Precision precision, ShardingPlan sharding, int popularExperts) {
    this(model, precision, sharding, ExpertSpread.UNIFORM, popularExperts, ALL_STAGES);
  }

  /**
   * A plan, empty until it is filled.
   *
   * @throws memwall.core.config.ConfigException if the model cannot be cut like this
   */
  public OperatorPlan(
      ModelSpec model, Precision precision, ShardingPlan sharding, ExpertSpread spread) {
    this(model, precision, sharding, spread, 0, ALL_STAGES);
  }

  /**
   * A plan of one stage of a pipeline.
   *
   * @param popularExperts how many of a layer's routed experts are counted apart
   * @param stage its index
   */
  public static OperatorPlan ofStage(
      ModelSpec model, Precision precision, ShardingPlan sharding, int popularExperts, int stage) {
    if (stage < 0 || stage >= sharding.pipelineParallel()) {
      throw new IllegalArgumentException("stage " + stage + " of " + sharding.pipelineParallel());
    }
    return new OperatorPlan(
        model, precision, sharding, ExpertSpread.UNIFORM, popularExperts, stage);
  }

  private OperatorPlan(
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      ExpertSpread spread,
      int popularExperts,
      int stage) {
    sharding.check(model);
    this.model = model;
    this.visits = new ExpertVisits(model.moe(), spread, popularExperts);
    this.window = model.window().limit();
    this.expertGroups = sharding.spreadsExperts() ? sharding.expertParallel() : 1;
    this.dispatches = sharding.dispatches();
    this.headsPerRank = sharding.headsPerRank(model);

    Terms terms = new Terms();
    LayerTerms layers = new LayerTerms(model, precision, sharding, terms);
    List<Integer> starts = new ArrayList<>();
    List<Integer> repeats = new ArrayList<>();
    int firstStage = stage == ALL_STAGES ? 0 : stage;
    int endStage = stage == ALL_STAGES ? sharding.pipelineParallel() : stage + 1;
    for (int index = firstStage; index < endStage; index++) {
      addStage(sharding.stage(model, index), layers, terms, starts, repeats);
    }
    starts.add(terms.size());
    this.segmentRepeats = repeats.stream().mapToInt(Integer::intValue).toArray();
    this.segmentStarts = starts.stream().mapToInt(Integer::intValue).toArray();

    this.kinds = terms.kinds.toArray(OperatorKind[]::new);
    this.names = terms.names.toArray(String[]::new);
    this.formats = terms.formats.toArray(NumberFormat[]::new);
    this.storedFormats = terms.stored.toArray(NumberFormat[]::new);
    this.matrices =
        terms.matrices.stream().map(ImmutableList::copyOf).collect(ImmutableList.toImmutableList());
    this.attentions = terms.attentions.toArray(new @Nullable AttentionShape[0]);
    this.termSlots = terms.slots();
    this.termBases = terms.bases();
    this.termCoefficients = terms.coefficients();
    this.amounts = new long[kinds.length * Amount.COUNT];
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < kinds.length; i++) {
      if (terms.expertBits.get(i) != 0) {
        chosen.add(i);
      }
    }
    this.expertOperators = chosen.stream().mapToInt(Integer::intValue).toArray();
    this.expertBits = chosen.stream().mapToLong(terms.expertBits::get).toArray();
  }

  /** The embedding or nothing, blocks of layers, then the head or the way to the next stage. */
  private static void addStage(
      Stage stage, LayerTerms layers, Terms terms, List<Integer> starts, List<Integer> repeats) {
    if (stage.hasEmbedding()) {
      starts.add(terms.size());
      repeats.add(1);
      layers.embedding();
    }
    for (LayerBlocks.Block block : LayerBlocks.of(layers.model(), stage)) {
      starts.add(terms.size());
      repeats.add(block.repeat());
      for (int layer = block.first(); layer < block.first() + block.length(); layer++) {
        layers.layer(layers.model().window().isGlobal(layer), layers.model().moe().isMoe(layer));
      }
    }
    starts.add(terms.size());
    repeats.add(1);
    if (stage.hasHead()) {
      layers.head();
    } else {
      layers.send();
    }
  }

  private OperatorPlan(OperatorPlan like) {
    this.model = like.model;
    this.expertGroups = like.expertGroups;
    this.dispatches = like.dispatches;
    this.visits = like.visits;
    this.window = like.window;
    this.headsPerRank = like.headsPerRank;
    this.kinds = like.kinds;
    this.names = like.names;
    this.formats = like.formats;
    this.storedFormats = like.storedFormats;
    this.matrices = like.matrices;
    this.attentions = like.attentions;
    this.segmentRepeats = like.segmentRepeats;
    this.segmentStarts = like.segmentStarts;
    this.termSlots = like.termSlots;
    this.termBases = like.termBases;
    this.termCoefficients = like.termCoefficients;
    this.expertOperators = like.expertOperators;
    this.expertBits = like.expertBits;
    this.amounts = new long[like.amounts.length];
  }

  /** A plan of the same operators with amounts of its own, empty until it is filled. */
  public OperatorPlan emptyCopy() {
    return new OperatorPlan(this);
  }

  /** Replaces all amounts by those of the step. */
  public void fill(StepShape shape) {
    if (shape.window() != window) {
      throw new IllegalArgumentException(
          "step shape with window " + shape.window() + " in a plan with window " + window);
    }
    this.shape = shape;
    Basis.evaluate(shape, bases);
    evaluate();
  }

  /**
   * The step that the amounts are of, as long as it is not changed.
   *
   * @throws IllegalStateException if the plan was not filled from one
   */
  public StepShape shape() {
    if (shape == null) {
      throw new IllegalStateException("the plan was not filled from a step");
    }
    return shape;
  }

  /**
   * Replaces all amounts by those of some sequences of a decode step, cut so that all have the
   * step's mean context. Weights are read for each cut anew.
   *
   * @param whole a plan of the same operators, filled with a step without prompts
   * @param from first sequence of this cut, from 0
   * @param until behind its last one, at most the sequences of the step
   * @throws IllegalArgumentException if the step has prompts or not so many sequences
   */
  public void fillShare(OperatorPlan whole, long from, long until) {
    long sequences = whole.decodeTokens();
    if (whole.tokens() != sequences || from < 0 || until <= from || until > sequences) {
      throw new IllegalArgumentException(
          "sequences "
              + from
              + " to "
              + until
              + " of "
              + sequences
              + " that decode, in a step of "
              + whole.tokens()
              + " tokens");
    }
    Basis.share(whole.bases, from, until, sequences, bases);
    evaluate();
  }

  private void evaluate() {
    fills++;
    Arrays.fill(amounts, 0);
    for (int t = 0; t < termSlots.length; t++) {
      amounts[termSlots[t]] += termCoefficients[t] * bases[termBases[t]];
    }
    for (int first = 0; first < amounts.length; first += Amount.COUNT) {
      for (int amount = 0; amount < Amount.COUNT; amount++) {
        if (amount != Amount.FLOPS) {
          amounts[first + amount] = (amounts[first + amount] + Byte.SIZE - 1) / Byte.SIZE;
        }
      }
    }
    distinctExperts = 0;
    if (expertOperators.length > 0 && tokens() > 0) {
      distinctExperts = visits.distinct(expertTokens());
      double popular = visits.distinctPopular(expertTokens());
      for (int e = 0; e < expertOperators.length; e++) {
        int first = expertOperators[e] * Amount.COUNT;
        // Of the experts visited, a group of ranks has its share on average.
        long all = (long) Math.ceil(distinctExperts * expertBits[e] / Byte.SIZE / expertGroups);
        amounts[first + Amount.WEIGHT] = all;
        amounts[first + Amount.POPULAR_WEIGHT] =
            Math.min(all, (long) Math.ceil(popular * expertBits[e] / Byte.SIZE / expertGroups));
      }
    }
  }

  /**
   * Segments: of each stage the embedding if it has it, one or more blocks of layers, the head or
   * the way to the next stage.
   */
  public int segments() {
    return segmentRepeats.length;
  }

  /** How many times in a row the segment is executed. */
  public int segmentRepeat(int segment) {
    return segmentRepeats[segment];
  }

  /** Index of the segment's first operator. */
  public int segmentFirst(int segment) {
    return segmentStarts[segment];
  }

  /** Index after the segment's last operator. */
  public int segmentEnd(int segment) {
    return segmentStarts[segment + 1];
  }

  /** Operators of all segments, each counted once. */
  public int size() {
    return kinds.length;
  }

  /** What the operator is. */
  public OperatorKind kind(int i) {
    return kinds[i];
  }

  /**
   * Where the operator stands, for example {@code layer.qkv}; equal names in a block are layers.
   */
  public String name(int i) {
    return names[i];
  }

  /** What the matrix unit multiplies in this operator; the activations' format if it does not. */
  public NumberFormat format(int i) {
    return formats[i];
  }

  /** Format of the weights or KV entries that the operator reads. */
  public NumberFormat storedFormat(int i) {
    return storedFormats[i];
  }

  /**
   * The matrices that the operator multiplies with; empty if it does not. Their elements are its
   * weights, but for routed experts (those of one expert) and half-bytes.
   */
  public ImmutableList<MatrixShape> matrices(int i) {
    return matrices.get(i);
  }

  /**
   * The heads of a decode attention; null for other operators, and for latent attention, which
   * reads one compressed entry for all heads.
   */
  public @Nullable AttentionShape attention(int i) {
    return attentions[i];
  }

  /** What the operators are made from. */
  public ModelSpec model() {
    return model;
  }

  /** Query heads of a rank. */
  public int headsPerRank() {
    return headsPerRank;
  }

  /**
   * Vectors that each matrix of the operator is multiplied with in this step: logit rows for the
   * head, tokens for others, of routed experts the mean over those visited, rounded up.
   */
  public long vectors(int i) {
    return switch (kinds[i]) {
      case HEAD -> bases[Basis.LOGIT_ROWS.index()];
      case EXPERTS ->
          distinctExperts == 0
              ? 0
              : (long) Math.ceil(expertTokens() * model.moe().activeExperts() / distinctExperts);
      default -> tokens();
    };
  }

  private long expertTokens() {
    return dispatches ? bases[Basis.GROUP_TOKENS.index()] : tokens();
  }

  /** Tokens of this step that pass through the layers. */
  public long tokens() {
    return bases[Basis.TOKENS.index()];
  }

  /** Sequences of this step that decode a token. */
  public long decodeTokens() {
    return bases[Basis.DECODE_TOKENS.index()];
  }

  /** How often the plan was filled: tells steps apart. */
  public long fills() {
    return fills;
  }

  /** FLOPs, two per multiply-add; norms, softmax, activation functions are not counted. */
  public long flops(int i) {
    return amounts[i * Amount.COUNT + Amount.FLOPS];
  }

  /** Bytes of weights read. */
  public long weightBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.WEIGHT];
  }

  /** Of the bytes of weights read, those of routed experts. */
  public long routedWeightBytes(int i) {
    return kinds[i] == OperatorKind.EXPERTS ? weightBytes(i) : 0;
  }

  /** Of these, those of the most popular experts. */
  public long popularWeightBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.POPULAR_WEIGHT];
  }

  /** Bytes of KV cache read. */
  public long kvReadBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.KV_READ];
  }

  /** Of the bytes of KV cache read, those that lie in the second memory. */
  public long tieredKvReadBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.KV_READ_TIERED];
  }

  /** Bytes of KV cache written. */
  public long kvWriteBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.KV_WRITE];
  }

  /** Bytes of activations read and written. */
  public long activationBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.ACTIVATION];
  }

  /**
   * Bytes that this rank gives to an all-reduce, an all-to-all or the next stage; 0 for operators
   * that do not communicate.
   */
  public long collectiveBytes(int i) {
    return amounts[i * Amount.COUNT + Amount.COLLECTIVE];
  }

  /** Whether the operator has nothing to do in this step: all amounts are zero. */
  public boolean isIdle(int i) {
    for (int slot = i * Amount.COUNT; slot < (i + 1) * Amount.COUNT; slot++) {
      if (amounts[slot] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Expected number of routed experts that the step visits in each MoE layer; 0 without experts.
   */
  public double distinctExperts() {
    return distinctExperts;
  }

  /** FLOPs of the whole step, repeats included. */
  public long totalFlops() {
    return total(Amount.FLOPS);
  }

  /** Bytes of weights read in the whole step. */
  public long totalWeightBytes() {
    return total(Amount.WEIGHT);
  }

  /** Of these, bytes of routed experts. */
  public long totalRoutedWeightBytes() {
    long sum = 0;
    for (int s = 0; s < segmentRepeats.length; s++) {
      for (int i = segmentStarts[s]; i < segmentStarts[s + 1]; i++) {
        sum += segmentRepeats[s] * routedWeightBytes(i);
      }
    }
    return sum;
  }

  /** Of these, bytes of the most popular experts. */
  public long totalPopularWeightBytes() {
    return total(Amount.POPULAR_WEIGHT);
  }

  /** Bytes of KV cache read in the whole step. */
  public long totalKvReadBytes() {
    return total(Amount.KV_READ);
  }

  /** Of these, bytes that lie in the second memory. */
  public long totalTieredKvReadBytes() {
    return total(Amount.KV_READ_TIERED);
  }

  /** Bytes of KV cache written in the whole step. */
  public long totalKvWriteBytes() {
    return total(Amount.KV_WRITE);
  }

  /** Bytes of activations read and written in the whole step. */
  public long totalActivationBytes() {
    return total(Amount.ACTIVATION);
  }

  /** Bytes that this rank gives to collectives and to the next stage in the whole step. */
  public long totalCollectiveBytes() {
    return total(Amount.COLLECTIVE);
  }

  /** The operator as a value, with the amounts of the last fill. */
  public Operator operator(int i) {
    return switch (kinds[i]) {
      case EMBEDDING, ELEMENTWISE ->
          new Operator.Vector(kinds[i], names[i], weightBytes(i), activationBytes(i));
      case GEMM, EXPERTS, HEAD ->
          new Operator.Matrix(
              kinds[i], names[i], formats[i], flops(i), weightBytes(i), activationBytes(i));
      case ATTENTION, PREFILL_ATTENTION ->
          new Operator.Attention(
              kinds[i],
              names[i],
              formats[i],
              flops(i),
              kvReadBytes(i),
              kvWriteBytes(i),
              activationBytes(i));
      case ALL_REDUCE, ALL_TO_ALL, SEND ->
          new Operator.Collective(kinds[i], names[i], collectiveBytes(i));
    };
  }

  private long total(int amount) {
    long sum = 0;
    for (int s = 0; s < segmentRepeats.length; s++) {
      long once = 0;
      for (int i = segmentStarts[s]; i < segmentStarts[s + 1]; i++) {
        once += amounts[i * Amount.COUNT + amount];
      }
      sum += segmentRepeats[s] * once;
    }
    return sum;
  }
}
