package memwall.workloads.analytic.plan;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import memwall.core.unit.Quantities;
import memwall.memory.Usage;
import memwall.workloads.analytic.Roofline;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.run.Capacity;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;
import org.jspecify.annotations.Nullable;

/**
 * The closed form of a decode step of one mapping, at any number of sequences per micro-batch.
 *
 * <p>With p stages, p micro-batches of m sequences are under way in each of d replicas; a stage
 * works on one at a time. The time between two tokens of a sequence is {@code max(sum of all
 * stages, p x slowest stage)}, or the sum if stages are equally long. A stage takes the time of the
 * {@link Roofline}, and what storing the KV entries of new requests costs: with m sequences of
 * {@code output} tokens, {@code m / output} prompts arrive per step.
 */
final class StepModel {
  private final PlanSpec spec;
  private final SystemSpec system;
  private final ShardingPlan sharding;
  private final List<OperatorPlan> stages = new ArrayList<>();
  private final List<Roofline> rooflines = new ArrayList<>();
  private final StepShape shape;
  private final long promptKvBytes;
  private final long finalKvBytes;
  private final double kvWriteBytesPerSec;

  StepModel(PlanSpec spec, SystemSpec system, ShardingPlan sharding) {
    this.spec = spec;
    this.system = system;
    this.sharding = sharding;
    this.shape = new StepShape(spec.model());
    int hot = system.chip().hotExperts(spec.model());
    for (int stage = 0; stage < sharding.pipelineParallel(); stage++) {
      OperatorPlan plan =
          OperatorPlan.ofStage(spec.model(), spec.precision(), sharding, hot, stage);
      Roofline roofline = new Roofline(system, sharding, capacity(1).footprint());
      stages.add(plan);
      rooflines.add(roofline);
    }
    this.promptKvBytes =
        sharding.kvBytesPerRank(spec.model(), spec.precision(), spec.inputTokens());
    this.finalKvBytes =
        sharding.kvBytesPerRank(
            spec.model(), spec.precision(), spec.inputTokens() + spec.outputTokens());
    TierSpec tier = system.chip().tier(Usage.KV);
    this.kvWriteBytesPerSec = (double) tier.device().writeBytesPerSec(Usage.KV) * tier.count();
  }

  private Capacity capacity(long sequences) {
    return Capacity.of(
        system,
        spec.model(),
        spec.precision(),
        sharding,
        spec.memoryShare(),
        Math.max(1, stepTokens(sequences)),
        sequences,
        spec.live());
  }

  /** Tokens of a step of one micro-batch: one per sequence, and prompts if they are here. */
  private long stepTokens(long sequences) {
    return sequences + promptTokens(sequences);
  }

  private long promptTokens(long sequences) {
    return spec.prefill() == PlanSpec.Prefill.HERE
        ? Math.round((double) sequences * spec.inputTokens() / spec.outputTokens())
        : 0;
  }

  /** What does not fit with so many sequences per micro-batch; null if all does. */
  @Nullable Missing missing(long sequences) {
    Capacity capacity = capacity(sequences);
    long activations = capacity.footprint().activationBytes();
    if (activations > spec.mostActivationBytes()) {
      return new Missing(
          Mapping.Limit.ACTIVATIONS,
          "activations need "
              + human((double) activations)
              + ", the limit is "
              + human((double) spec.mostActivationBytes()));
    }
    String weights = capacity.missing(system);
    if (!weights.isEmpty()) {
      return new Missing(Mapping.Limit.KV_CAPACITY, weights);
    }
    double kv = (double) sequences * sharding.pipelineParallel() * finalKvBytes;
    long room = capacity.footprint().kvBytes() + capacity.footprint().tieredKvBytes();
    if (kv > room) {
      return new Missing(
          Mapping.Limit.KV_CAPACITY,
          "KV entries of each chip need "
              + human(kv)
              + ", the weights leave "
              + human((double) room));
    }
    return null;
  }

  /** A limit that is broken, and by how much. */
  record Missing(Mapping.Limit limit, String reason) {}

  private static String human(double bytes) {
    return Quantities.SIZE.human(bytes);
  }

  /** Time between two tokens of a sequence with so many sequences per micro-batch. */
  double tpotPs(long sequences) {
    double sumPs = 0;
    double slowestPs = 0;
    for (int stage = 0; stage < stages.size(); stage++) {
      double stagePs = stagePs(stage, sequences);
      sumPs += stagePs;
      slowestPs = Math.max(slowestPs, stagePs);
    }
    return spec.stages() == PlanSpec.Stages.EVEN
        ? sumPs
        : Math.max(sumPs, slowestPs * stages.size());
  }

  private double stagePs(int stage, long sequences) {
    fill(stage, sequences);
    double stepPs = rooflines.get(stage).stepPs(stages.get(stage));
    double writePs = writePs(stage, sequences);
    return switch (spec.kvWrite()) {
      case ADDED -> stepPs + writePs;
      case BESIDE -> Math.max(stepPs, writePs);
      case FREE -> stepPs;
    };
  }

  private void fill(int stage, long sequences) {
    ModelSpec model = spec.model();
    shape.clear();
    int context = Math.min(spec.contextTokens(), model.maxContext());
    for (long i = 0; i < sequences; i++) {
      shape.addDecode(context);
    }
    long prompt = promptTokens(sequences);
    if (prompt > 0) {
      // Chunks of prompts that are half done on average.
      shape.addPrefillChunk(
          (int) Math.min(prompt, Integer.MAX_VALUE), spec.inputTokens() / 2, true);
    }
    shape.otherTokens((sharding.dataParallel() - 1L) * shape.tokens());
    stages.get(stage).fill(shape);
  }

  /** Time in which a stage stores the KV entries of the prompts that arrive in one step. */
  private double writePs(int stage, long sequences) {
    if (spec.prefill() == PlanSpec.Prefill.HERE) {
      return 0;
    }
    var cut = sharding.stage(spec.model(), stage);
    double share = (double) cut.layers() / mostLayers();
    double bytes = (double) sequences / spec.outputTokens() * promptKvBytes * share;
    return bytes * 1e12 / kvWriteBytesPerSec;
  }

  private int mostLayers() {
    int most = 0;
    for (int stage = 0; stage < sharding.pipelineParallel(); stage++) {
      most = Math.max(most, sharding.stage(spec.model(), stage).layers());
    }
    return most;
  }

  /** Where the time between two tokens goes, waiting for the slowest stage left out. */
  ImmutableList<Mapping.Part> parts(long sequences) {
    Map<Mapping.Kind, Double> sums = new EnumMap<>(Mapping.Kind.class);
    for (int stage = 0; stage < stages.size(); stage++) {
      OperatorPlan plan = stages.get(stage);
      Roofline roofline = rooflines.get(stage);
      double[] operatorsPs = roofline.operatorsPs(plan);
      double stagePs = stagePs(stage, sequences);
      double rest = stagePs;
      for (int i = 0; i < plan.size(); i++) {
        sums.merge(kind(plan, i), operatorsPs[i], Double::sum);
        rest -= operatorsPs[i];
      }
      double writePs =
          spec.kvWrite() == PlanSpec.KvWrite.FREE
              ? 0
              : Math.min(writePs(stage, sequences), Math.max(0, rest));
      sums.merge(Mapping.Kind.KV_WRITE, writePs, Double::sum);
      sums.merge(Mapping.Kind.OTHER, Math.max(0, rest - writePs), Double::sum);
    }
    ImmutableList.Builder<Mapping.Part> parts = ImmutableList.builder();
    for (Mapping.Kind kind : Mapping.Kind.values()) {
      parts.add(new Mapping.Part(kind, sums.getOrDefault(kind, 0.0)));
    }
    return parts.build();
  }

  private static Mapping.Kind kind(OperatorPlan plan, int i) {
    return switch (plan.kind(i)) {
      case ATTENTION, PREFILL_ATTENTION -> Mapping.Kind.ATTENTION;
      case EXPERTS -> Mapping.Kind.FFN;
      case ALL_REDUCE, ALL_TO_ALL, SEND -> Mapping.Kind.COMMUNICATION;
      case EMBEDDING, ELEMENTWISE, HEAD -> Mapping.Kind.OTHER;
      case GEMM -> ofFfn(plan.name(i)) ? Mapping.Kind.FFN : Mapping.Kind.ATTENTION;
    };
  }

  private static boolean ofFfn(String name) {
    return name.startsWith("layer.ffn")
        || name.equals("layer.router")
        || name.equals("layer.shared_experts");
  }
}
