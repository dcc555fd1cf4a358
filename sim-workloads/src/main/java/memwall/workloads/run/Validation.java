package memwall.workloads.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.memory.dram.bank.BankSpec;
import memwall.memory.flash.page.PageSpec;
import memwall.workloads.analytic.Roofline;
import memwall.workloads.execution.EventStepExecutor;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.NumberFormat;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.serving.RequestRecord;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.serving.ServingObserver;
import memwall.workloads.serving.ServingSpec;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.Machine;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestTraces;
import memwall.workloads.trace.TraceHeader;
import org.jspecify.annotations.Nullable;

/**
 * Compares an unloaded system, simulated at fidelity {@code fast}, with the {@link Roofline}: one
 * decode step, one prefill step, and one request that goes through the whole serving engine, whose
 * time to first token must be the sum of its prefill steps and whose time per output token the mean
 * of its decode steps. Nothing else is in the system, so nothing contends but the parts of one
 * operator.
 */
public final class Validation {
  /** Context of the decode step, its own token included. */
  public static final int DECODE_CONTEXT = 1024;

  /** Tokens of the prefill step, fewer if a step does not hold as many. */
  public static final int PREFILL_TOKENS = 2048;

  /** Output tokens of the request. */
  public static final int REQUEST_OUTPUT = 16;

  /** Why a system with memory down to its banks is left out of {@link #shipped}. */
  static final String BANKS =
      "memory down to its banks takes minutes: give 'validate' a run file of this system";

  static final String PAGES =
      "flash down to its planes takes minutes: give 'validate' a run file of this system";

  private static final int LEAST_STEP_TOKENS = 64;

  /** What is compared. */
  public enum Quantity {
    /** One step that decodes one token of one sequence. */
    DECODE("decode step"),
    /**
     * Such a step of a chip that stores KV entries in a second memory, with all but the last {@link
     * #REQUEST_OUTPUT} of them there.
     */
    TIERED_DECODE("decode step, KV in two memories"),
    /** One step that processes a prompt, or the part of it that fits into a step. */
    PREFILL("prefill step"),
    /** Time to first token of a request that is alone. */
    TTFT("request TTFT"),
    /** Time per output token of a request that is alone. */
    TPOT("request TPOT");

    private final String words;

    Quantity(String words) {
      this.words = words;
    }

    /** In words, for tables. */
    public String words() {
      return words;
    }
  }

  /**
   * A simulated time beside the expected one.
   *
   * @param system name of the system
   * @param model name of the model
   * @param precision formats of weights and KV cache
   * @param quantity what is compared
   * @param tokens context of a decode step; tokens of a prefill step; prompt tokens of a request
   * @param simulatedPs simulated time, picoseconds
   * @param expectedPs the roofline's time, picoseconds
   */
  public record Comparison(
      String system,
      String model,
      String precision,
      Quantity quantity,
      int tokens,
      long simulatedPs,
      long expectedPs) {
    /** Deviation of the simulated from the expected time, per cent of the expected. */
    public double deviationPercent() {
      return 100.0 * (simulatedPs - expectedPs) / expectedPs;
    }
  }

  /**
   * A shipped system with a shipped model, at the widest precision that fits.
   *
   * @param system name of the system's preset
   * @param model name of the model's preset
   * @param spec the run; null if the model does not fit
   * @param reason why it does not fit; empty if it does
   */
  public record Pair(String system, String model, @Nullable RunSpec spec, String reason) {}

  private final String system;
  private final String model;
  private final RunSpec spec;
  private final OperatorPlan plan;
  private final Roofline roofline;

  private Validation(String system, String model, RunSpec spec) {
    this.system = system;
    this.model = model;
    this.spec = spec.withFidelity(Fidelity.FAST);
    this.plan = spec.newPlan();
    this.roofline =
        new Roofline(spec.system(), spec.sharding().tensorParallel(), spec.capacity().footprint());
  }

  /**
   * Compares one run's system, unloaded, with its roofline.
   *
   * @param system name of the system, for the table
   * @param model name of the model, for the table
   * @param spec the run; its workload and fidelity are not used
   * @throws ConfigException if the KV cache does not hold the request
   */
  public static List<Comparison> compare(String system, String model, RunSpec spec) {
    Validation validation = new Validation(system, model, spec);
    List<Comparison> comparisons = new ArrayList<>();
    int context = Math.min(DECODE_CONTEXT, spec.model().maxContext());
    StepShape decode = new StepShape(spec.model());
    decode.addDecode(context);
    comparisons.add(validation.step(Quantity.DECODE, decode, context));
    int stored = context - REQUEST_OUTPUT;
    if (spec.system().chip().tiering().kv() != null && stored > 0) {
      // The last step of a request whose prompt is stored.
      decode.tierDecode(context, stored, 0);
      comparisons.add(validation.step(Quantity.TIERED_DECODE, decode, context));
    }
    int tokens = validation.stepTokens(PREFILL_TOKENS);
    StepShape prefill = new StepShape(spec.model());
    prefill.addPrefillChunk(tokens, 0, true);
    comparisons.add(validation.step(Quantity.PREFILL, prefill, tokens));
    validation.request(comparisons);
    return comparisons;
  }

  /**
   * Every preset of kind {@code system} with every preset of kind {@code model}, cut over all
   * chips, one sequence at a time (but not systems with memory down to its banks, which take
   * minutes): in BF16, or where that does not fit with weights and KV cache in FP8; steps of {@link
   * #PREFILL_TOKENS} tokens, or half, a quarter, ... of that.
   *
   * @throws ConfigException if a preset has faults
   */
  public static List<Pair> shipped(Presets presets) {
    List<Pair> pairs = new ArrayList<>();
    for (String systemName : presets.names("system")) {
      for (String modelName : presets.names("model")) {
        Faults faults = new Faults();
        Config config =
            ConfigLoader.fromText(
                "validate",
                "system: " + systemName + "\nmodel: " + modelName,
                List.of(),
                presets,
                faults);
        SystemSpec system = SystemSpec.read(config.preset("system", "system", "The machine"));
        ModelSpec model = ModelSpec.bind(config.preset("model", "model", "The language model"));
        config.finishAll();
        faults.throwIfAny();
        pairs.add(pair(systemName, system, modelName, model));
      }
    }
    return pairs;
  }

  private static Pair pair(
      String systemName, SystemSpec system, String modelName, ModelSpec model) {
    if (system.chip().tiers().stream().anyMatch(tier -> tier.device() instanceof BankSpec)) {
      return new Pair(systemName, modelName, null, BANKS);
    }
    if (system.chip().tiers().stream().anyMatch(tier -> tier.device() instanceof PageSpec)) {
      return new Pair(systemName, modelName, null, PAGES);
    }
    ShardingPlan sharding = new ShardingPlan(system.chips());
    List<String> faults = sharding.faults(model);
    if (!faults.isEmpty()) {
      return new Pair(systemName, modelName, null, String.join("; ", faults));
    }
    Precision narrow =
        new Precision(NumberFormat.FP8, NumberFormat.FP8, NumberFormat.BF16, NumberFormat.FP8);
    String reason = "";
    for (Precision precision : List.of(Precision.BF16, narrow)) {
      NumberFormat unknown =
          RunSpec.unsupported(system, new OperatorPlan(model, precision, sharding));
      if (unknown != null) {
        reason = "the chip has no peak rate for " + unknown;
        continue;
      }
      for (int tokens = PREFILL_TOKENS; tokens >= LEAST_STEP_TOKENS; tokens /= 2) {
        ServingSpec serving = new ServingSpec(1, tokens, true, 16, 0.9);
        Capacity capacity = Capacity.of(system, model, precision, sharding, serving);
        String missing = capacity.missing(system);
        long request = sharding.kvBytesPerRank(model, precision, DECODE_CONTEXT + REQUEST_OUTPUT);
        if (missing.isEmpty() && capacity.footprint().kvBytes() < request) {
          missing = "no room for the keys and values of one request";
        }
        if (missing.isEmpty()) {
          RunSpec spec =
              new RunSpec(
                  systemName + "/" + modelName,
                  systemName,
                  system,
                  model,
                  precision,
                  sharding,
                  serving,
                  null,
                  Fidelity.FAST,
                  1,
                  false,
                  capacity,
                  null,
                  null);
          return new Pair(systemName, modelName, spec, "");
        }
        reason = missing;
      }
    }
    return new Pair(systemName, modelName, null, reason);
  }

  /** Tokens of a step, at most as many as wanted. */
  private int stepTokens(int wanted) {
    int most = spec.serving().maxBatchedTokens();
    return Math.min(Math.min(wanted, most), spec.model().maxContext());
  }

  private Comparison step(Quantity quantity, StepShape shape, int tokens) {
    Simulation simulation = new Simulation(spec.seed());
    Machine machine =
        new Machine(
            simulation,
            new Stats(),
            spec.system(),
            spec.sharding().tensorParallel(),
            true,
            spec.capacity().footprint());
    EventStepExecutor executor =
        new EventStepExecutor(simulation, machine, plan, spec.kvBlockBytes());
    plan.fill(shape);
    long[] donePs = {-1};
    executor.execute(plan, word -> donePs[0] = simulation.nowPs(), 0);
    simulation.run();
    if (donePs[0] < 0) {
      throw new IllegalStateException("the step did not end");
    }
    return comparison(quantity, tokens, donePs[0], rooflinePs(shape));
  }

  private long rooflinePs(StepShape shape) {
    plan.fill(shape);
    return Math.round(roofline.stepPs(plan));
  }

  private void request(List<Comparison> comparisons) {
    int prompt = Math.min(DECODE_CONTEXT, spec.model().maxContext() - REQUEST_OUTPUT);
    RequestRecord record = served(new Request("r1", 0, prompt, REQUEST_OUTPUT));
    comparisons.add(
        comparison(
            Quantity.TTFT, prompt, record.firstTokenPs() - record.arrivalPs(), prefillPs(prompt)));
    long decodePs = 0;
    for (int token = 1; token < REQUEST_OUTPUT; token++) {
      StepShape shape = new StepShape(spec.model());
      shape.addDecode(prompt + token);
      decodePs += rooflinePs(shape);
    }
    int gaps = REQUEST_OUTPUT - 1;
    comparisons.add(
        comparison(
            Quantity.TPOT,
            prompt,
            (record.lastTokenPs() - record.firstTokenPs()) / gaps,
            decodePs / gaps));
  }

  /** The roofline of all steps of a prompt: cut to the step's budget, or in one. */
  private long prefillPs(int prompt) {
    int most = spec.serving().chunkedPrefill() ? spec.serving().maxBatchedTokens() : prompt;
    long sumPs = 0;
    for (int done = 0; done < prompt; done += most) {
      int chunk = Math.min(most, prompt - done);
      StepShape shape = new StepShape(spec.model());
      shape.addPrefillChunk(chunk, done, done + chunk == prompt);
      sumPs += rooflinePs(shape);
    }
    return sumPs;
  }

  private RequestRecord served(Request request) {
    RequestRecord[] ended = new RequestRecord[1];
    ServingObserver observer =
        new ServingObserver() {
          @Override
          public void ended(RequestRecord record) {
            ended[0] = record;
          }
        };
    RequestSource source =
        RequestSource.of(
            RequestTraces.of(TraceHeader.requests(Map.of("source", "validate")), List.of(request)));
    // Copies beside the steps depend on when they begin; the steps after them are compared above.
    ServingRun run = new ServingRun(spec.withoutKvTiering(), source, observer);
    for (RunLaw law : run.laws(run.run())) {
      if (!law.holds()) {
        throw new IllegalStateException(
            "broken law: " + law.name() + ": " + law.left() + " and " + law.right());
      }
    }
    RequestRecord record = ended[0];
    if (record.outcome() != RequestRecord.Outcome.COMPLETED) {
      throw new ConfigException(
          List.of(
              system
                  + " with "
                  + model
                  + ": a request of "
                  + request.maxContextTokens()
                  + " tokens cannot be served ("
                  + record.reason()
                  + "), so it cannot be compared"));
    }
    return record;
  }

  private Comparison comparison(Quantity quantity, int tokens, long simulatedPs, long expectedPs) {
    return new Comparison(system, model, precision(), quantity, tokens, simulatedPs, expectedPs);
  }

  private String precision() {
    String weights = spec.precision().weights().name();
    String kv = spec.precision().kv().name();
    return (weights.equals(kv) ? weights : weights + "/" + kv).toLowerCase(java.util.Locale.ROOT);
  }
}
