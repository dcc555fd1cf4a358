package memwall.workloads.run;

import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Faults;
import memwall.core.unit.Quantities;
import memwall.workloads.economy.EconomySpec;
import memwall.workloads.execution.NearPlan;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.NumberFormat;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.serving.ServingSpec;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.OffloadSpec;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.tables.OperatorsSpec;
import org.jspecify.annotations.Nullable;

/**
 * A run file, resolved.
 *
 * @param name of the run
 * @param systemName description of the machine
 * @param system the machine
 * @param model the language model
 * @param precision number formats
 * @param sharding how the model is cut
 * @param serving how requests are served
 * @param workload what is replayed; null where none is needed (validation)
 * @param fidelity how closely the machine is simulated
 * @param seed of all random streams
 * @param tokenTrace whether the run writes the token trace that it produced
 * @param capacity what each chip holds
 * @param economy what the machine costs and emits; null if that is not asked
 * @param operators measured times of operators; null if steps take what the machine needs
 */
public record RunSpec(
    String name,
    String systemName,
    SystemSpec system,
    ModelSpec model,
    Precision precision,
    ShardingPlan sharding,
    ServingSpec serving,
    @Nullable WorkloadSpec workload,
    Fidelity fidelity,
    long seed,
    boolean tokenTrace,
    Capacity capacity,
    @Nullable EconomySpec economy,
    @Nullable OperatorsSpec operators) {

  /**
   * Reads a run file; all faults of one pass are thrown together.
   *
   * @param needsWorkload whether {@code workload} must be there
   * @throws memwall.core.config.ConfigException if anything is wrong
   */
  public static RunSpec read(Config config, Faults faults, boolean needsWorkload) {
    config.integer("memwall", 1, 1, "Version of the run-file format");
    String name = config.text("name", "Name of the run, for reports");
    Config systemConfig = config.preset("system", "system", "The machine that is simulated");
    String systemName = systemConfig.text("description", "custom system", "The machine in words");
    SystemSpec system = SystemSpec.read(systemConfig);
    ModelSpec model = ModelSpec.bind(config.preset("model", "model", "The language model"));
    Precision precision =
        Precision.bind(config.section("precision", "Number formats of weights, KV, activations"));
    Config shardingConfig = config.section("sharding", "How the model is cut over chips");
    ShardingPlan sharding = ShardingPlan.bind(shardingConfig);
    Config servingConfig = config.section("serving", "How requests are served");
    ServingSpec serving = ServingSpec.read(servingConfig);
    WorkloadSpec workload =
        needsWorkload || config.has("workload")
            ? WorkloadSpec.read(config.section("workload", "What is replayed"))
            : null;
    Optional<Config> operatorsConfig =
        config.optionalSection("operators", "Measured times of operators, instead of a machine's");
    OperatorsSpec.Source operatorsSource = operatorsConfig.map(OperatorsSpec::read).orElse(null);
    Fidelity fidelity =
        config.choice(
            "fidelity",
            operatorsConfig.isPresent() ? Fidelity.ANALYTIC : Fidelity.FAST,
            "How closely the machine is simulated");
    long seed = config.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, 1, "Seed of all randomness");
    boolean tokenTrace =
        config
            .optionalSection("output", "What the run writes besides its report")
            .map(
                output -> {
                  boolean wanted =
                      output.bool(
                          "token_trace", false, "Write tokens.jsonl.gz, the trace of every token");
                  output.finish();
                  return wanted;
                })
            .orElse(false);
    Config costs =
        config.optionalSection("economy", "What the machine costs and emits").orElse(null);
    EconomySpec economy = costs == null ? null : EconomySpec.read(costs);
    config.finish();
    config.finishAll();
    faults.throwIfAny();

    // Checks across sections need sound parts.
    if (costs != null && economy != null) {
      economy.report(costs, system.chip());
    }
    sharding.report(model, shardingConfig);
    refuse(shardingConfig, "pipeline_parallel", sharding.pipelineParallel());
    refuse(shardingConfig, "data_parallel", sharding.dataParallel());
    if (system.nodes() > 1) {
      config.fault(
          "system", system.nodes() + " nodes are not allowed in a run, which simulates one: 1");
    }
    if (sharding.tensorParallel() > system.chips()) {
      shardingConfig.fault(
          "tensor_parallel",
          sharding.tensorParallel()
              + " ranks do not fit on a system of "
              + system.chips()
              + " chips");
    }
    if (sharding.tensorParallel() > system.network().ports()) {
      shardingConfig.fault(
          "tensor_parallel",
          sharding.tensorParallel()
              + " ranks do not fit on a network of "
              + system.network().ports()
              + " ports");
    }
    faults.throwIfAny();
    OperatorPlan plan = new OperatorPlan(model, precision, sharding);
    checkFormats(config, system, plan);
    NearPlan.faults(system.chip(), plan).forEach(fault -> config.fault("system", fault));
    faults.throwIfAny();
    checkScheduling(servingConfig, system, model, serving);
    OperatorsSpec operators =
        operatorsSource == null ? null : operatorsSource.load(sharding.tensorParallel());
    if (operators != null) {
      checkOperators(config, system, model, fidelity, operators);
    }
    Capacity capacity = Capacity.of(system, model, precision, sharding, serving);
    capacity.report(config, system);
    checkBlocks(
        servingConfig,
        serving,
        capacity,
        Capacity.of(system, model, precision, sharding, serving.withAllMemory()));
    faults.throwIfAny();
    return new RunSpec(
        name,
        systemName,
        system,
        model,
        precision,
        sharding,
        serving,
        workload,
        fidelity,
        seed,
        tokenTrace,
        capacity,
        economy,
        operators);
  }

  /** Runs have one stage and one replica; more than that is the planner's. */
  private static void refuse(Config sharding, String key, int degree) {
    if (degree > 1) {
      sharding.fault(
          key,
          degree
              + " is not allowed in a run, which simulates one stage of one replica: 1 ('memwall"
              + " plan' compares others)");
    }
  }

  private static void checkScheduling(
      Config config, SystemSpec system, ModelSpec model, ServingSpec serving) {
    if (system.chip().tiering().kv() != null && !serving.scheduling().isPlain()) {
      config.fault(
          "admission",
          "with 'kv_tiering' on the chip, requests are served in order of arrival, with room for"
              + " their final length and without 'prefix_cache'");
    }
    if (serving.scheduling().prefixCache() && model.window().limit() != Integer.MAX_VALUE) {
      config.fault(
          "prefix_cache", "the model has layers with a window, whose entries cannot be shared");
    }
  }

  private static void checkOperators(
      Config config,
      SystemSpec system,
      ModelSpec model,
      Fidelity fidelity,
      OperatorsSpec operators) {
    operators.tables().check(model, operators.folder());
    if (fidelity != Fidelity.ANALYTIC) {
      config.fault(
          "fidelity", "with 'operators', steps take the times of tables: it must be analytic");
    }
    ChipSpec chip = system.chip();
    if (chip.tiering().kv() != null
        || chip.stagingTier() >= 0
        || !chip.offload().equals(OffloadSpec.NONE)) {
      config.fault(
          "operators",
          "measured times know one memory that does not compute; the chip has 'kv_tiering',"
              + " 'staging' or 'offload'");
    }
  }

  private static void checkBlocks(
      Config config, ServingSpec serving, Capacity wanted, Capacity most) {
    if (wanted.footprint().kvBytes() > most.footprint().kvBytes()) {
      config.fault(
          "kv_blocks",
          serving.kvBlocks()
              + " blocks take "
              + Quantities.SIZE.human((double) wanted.footprint().kvBytes())
              + " of each chip; there is room for "
              + Quantities.SIZE.human((double) most.footprint().kvBytes()));
    }
  }

  private static void checkFormats(Config config, SystemSpec system, OperatorPlan plan) {
    for (int i = 0; i < plan.size(); i++) {
      if (unsupported(system, plan, i)) {
        config.fault(
            "precision",
            "operator '"
                + plan.name(i)
                + "' multiplies in "
                + plan.format(i)
                + ", for which the chip has no peak rate (known: "
                + system.chip().compute().peakFlopsPerSec().keySet()
                + ")");
        return;
      }
    }
  }

  private static boolean unsupported(SystemSpec system, OperatorPlan plan, int i) {
    return !plan.kind(i).communicates() && !system.chip().compute().supports(plan.format(i));
  }

  /** The first format of an operator for which the chip has no peak rate; null if there is none. */
  static @Nullable NumberFormat unsupported(SystemSpec system, OperatorPlan plan) {
    for (int i = 0; i < plan.size(); i++) {
      if (unsupported(system, plan, i)) {
        return plan.format(i);
      }
    }
    return null;
  }

  /** The operators of a step, empty until they are filled. */
  OperatorPlan newPlan() {
    return new OperatorPlan(model, precision, sharding, system.chip().hotExperts(model));
  }

  /** The same run at another fidelity. */
  public RunSpec withFidelity(Fidelity newFidelity) {
    return new RunSpec(
        name,
        systemName,
        system,
        model,
        precision,
        sharding,
        serving,
        workload,
        newFidelity,
        seed,
        tokenTrace,
        capacity,
        economy,
        operators);
  }

  /** The same run with all KV entries in one memory. */
  RunSpec withoutKvTiering() {
    SystemSpec plain = system.withChip(system.chip().withoutKvTiering());
    return new RunSpec(
        name,
        systemName,
        plain,
        model,
        precision,
        sharding,
        serving,
        workload,
        fidelity,
        seed,
        tokenTrace,
        capacity,
        economy,
        operators);
  }

  /** Bytes of one KV block in one layer on one rank: the run length of KV reads, at least 1. */
  public long kvBlockBytes() {
    long elements = sharding.kvElementsPerTokenPerRank(model);
    return Math.max(1, elements * serving.kvBlockTokens() * precision.kv().bits() / 8);
  }
}
