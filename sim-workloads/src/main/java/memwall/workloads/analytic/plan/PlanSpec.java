package memwall.workloads.analytic.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.config.Faults;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.run.LiveActivations;
import memwall.workloads.system.SystemSpec;

/**
 * A question to the planner: a machine, a model, sequences of one length and the limits that they
 * shall keep.
 *
 * @param name for reports
 * @param system the machine; its nodes may be used in part or repeated
 * @param model the language model
 * @param precision number formats
 * @param inputTokens prompt of a request, at least 1
 * @param outputTokens tokens produced for a request, at least 1
 * @param context how long a sequence is taken to be while it is decoded
 * @param prefill where prompts are processed
 * @param kvWrite what the KV entries of prompts from elsewhere cost where they are stored
 * @param stages how the layers of a pipeline are counted
 * @param mostTpotPs longest time between two tokens of a sequence
 * @param memoryShare share of each memory that may be used, in (0, 1]
 * @param mostActivationBytes room for activations on a chip; {@link Long#MAX_VALUE} for what the
 *     memory has
 * @param live which activations exist at the same time
 * @param chips numbers of chips that are tried, each once
 * @param tensorParallel degrees that are tried
 * @param mostStages longest pipeline that is tried
 * @param tiePercent mappings that come so close to the best are listed
 */
public record PlanSpec(
    String name,
    SystemSpec system,
    ModelSpec model,
    Precision precision,
    int inputTokens,
    int outputTokens,
    Context context,
    Prefill prefill,
    KvWrite kvWrite,
    Stages stages,
    long mostTpotPs,
    double memoryShare,
    long mostActivationBytes,
    LiveActivations live,
    ImmutableList<Integer> chips,
    ImmutableList<Integer> tensorParallel,
    int mostStages,
    double tiePercent) {
  private static final int MOST_CHIPS = 1 << 14;
  private static final int MOST_TOKENS = 1 << 30;

  /** How long a sequence is taken to be. */
  public enum Context {
    /** Half of its output is there: the mean over its decode steps. */
    MEAN,
    /** All of its output is there. */
    FINAL
  }

  /** Where prompts are processed. */
  public enum Prefill {
    /** On the same chips: each step has as many prompt tokens as requests come to an end. */
    HERE,
    /** On other machines (disaggregated): finished KV entries arrive and are stored. */
    ELSEWHERE
  }

  /** What storing the KV entries of a prompt from elsewhere costs. */
  public enum KvWrite {
    /** Its time is added to the step. */
    ADDED,
    /** It goes on beside the step, which takes at least as long. */
    BESIDE,
    /** Nothing. */
    FREE
  }

  /** How the layers of a pipeline are counted. */
  public enum Stages {
    /** A stage has whole layers; the longest one sets the pace. */
    WHOLE,
    /** Stages are equally long, as if layers could be cut. */
    EVEN
  }

  /**
   * Reads a run file with a section {@code plan}; its sections about serving, sharding and workload
   * are not used. All faults are thrown together.
   *
   * @throws memwall.core.config.ConfigException if anything is wrong
   */
  public static PlanSpec read(Config config, Faults faults) {
    config.integer("memwall", 1, 1, "Version of the run-file format");
    String name = config.text("name", "Name of the run, for reports");
    SystemSpec system = SystemSpec.read(config.preset("system", "system", "The machine"));
    ModelSpec model = ModelSpec.bind(config.preset("model", "model", "The language model"));
    Precision precision =
        Precision.bind(config.section("precision", "Number formats of weights, KV, activations"));
    Config plan = config.section("plan", "What is asked of the planner");
    Config limits = plan.section("limits", "What every mapping has to keep");
    Config search = plan.section("search", "Which mappings are tried");
    PlanSpec spec =
        new PlanSpec(
            name,
            system,
            model,
            precision,
            tokens(plan, "input", "Tokens of a prompt"),
            tokens(plan, "output", "Tokens produced for a request"),
            plan.choice("context", Context.MEAN, "How long a sequence is taken to be"),
            plan.choice("prefill", Prefill.HERE, "Where prompts are processed"),
            plan.choice("kv_write", KvWrite.ADDED, "Cost of storing KV entries from elsewhere"),
            plan.choice("stages", Stages.WHOLE, "How the layers of a pipeline are counted"),
            limits.quantity("tpot", Dimension.TIME, "1 s", "Longest time between two tokens"),
            limits.number("memory_share", 0.01, 1, 0.9, "Share of each memory that may be used"),
            limits.has("activations")
                ? limits.quantity("activations", Dimension.SIZE, "Room for activations on a chip")
                : Long.MAX_VALUE,
            limits
                .optionalSection("live", "Activations that exist at the same time")
                .map(LiveActivations::read)
                .orElse(LiveActivations.DEFAULT),
            degrees(search, "chips", List.of((long) system.allChips())),
            degrees(search, "tensor_parallel", powersOfTwo(system.chips())),
            (int)
                search.integer(
                    "pipeline_parallel", 1, MOST_CHIPS, MOST_CHIPS, "Longest pipeline tried"),
            search.number("ties", 0, 100, 2.0, "Per cent below the best that are listed too"));
    limits.finish();
    search.finish();
    plan.finish();
    config.finish();
    config.finishAll();
    faults.throwIfAny();
    checkChips(spec, search);
    if ((long) spec.inputTokens + spec.outputTokens > model.maxContext()) {
      plan.fault(
          "output",
          spec.inputTokens
              + " + "
              + spec.outputTokens
              + " tokens are more than the "
              + model.maxContext()
              + " that "
              + model.name()
              + " can attend to");
    }
    faults.throwIfAny();
    return spec;
  }

  private static int tokens(Config plan, String key, String sentence) {
    return (int) plan.integer(key, 1, MOST_TOKENS, sentence);
  }

  private static ImmutableList<Integer> degrees(Config search, String key, List<Long> otherwise) {
    List<Long> given =
        search.has(key) ? search.integers(key, 1, MOST_CHIPS, "Numbers that are tried") : otherwise;
    return given.stream()
        .map(Ints::checkedCast)
        .distinct()
        .sorted()
        .collect(ImmutableList.toImmutableList());
  }

  private static List<Long> powersOfTwo(int most) {
    ImmutableList.Builder<Long> powers = ImmutableList.builder();
    for (long power = 1; power <= most; power *= 2) {
      powers.add(power);
    }
    return powers.build();
  }

  /** More chips than a node has come in whole nodes. */
  private static void checkChips(PlanSpec spec, Config search) {
    int inNode = spec.system.chips();
    for (int count : spec.chips) {
      if (count > inNode && count % inNode != 0) {
        search.fault(
            "chips", count + " is neither within a node of " + inNode + " chips nor whole nodes");
      } else if (count > inNode && spec.system.scaleOut() == null) {
        search.fault(
            "chips",
            count
                + " chips are more than a node of "
                + inNode
                + ", and the system has no 'scale_out' between nodes");
      }
    }
  }

  /** Entries of the KV cache that a token of a sequence attends to, its own included. */
  int contextTokens() {
    return switch (context) {
      case FINAL -> inputTokens + outputTokens;
      case MEAN -> inputTokens + Math.max(1, (outputTokens + 1) / 2);
    };
  }

  /** The machine with so many chips. */
  SystemSpec systemOf(int count) {
    return count <= system.chips() ? system.withNodes(1) : system.withNodes(count / system.chips());
  }
}
