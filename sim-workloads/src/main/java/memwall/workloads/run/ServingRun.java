package memwall.workloads.run;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.config.ConfigException;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.memory.Usage;
import memwall.workloads.analytic.AnalyticStepExecutor;
import memwall.workloads.execution.EventStepExecutor;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.serving.KvSecond;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.serving.ServingEngine;
import memwall.workloads.serving.ServingObserver;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.Machine;
import memwall.workloads.tables.OperatorsSpec;
import memwall.workloads.tables.TableStepExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run, wired: one simulation, its machine, its serving engine. */
public final class ServingRun {
  private static final Logger LOG = LoggerFactory.getLogger(ServingRun.class);

  private final RunSpec spec;
  private final Simulation simulation;
  private final Stats servingStats = new Stats();
  private final Stats machineStats = new Stats();
  private final @Nullable Machine machine;
  private final StepExecutor executor;
  private final ServingEngine engine;

  /**
   * Wires a run.
   *
   * @param source the requests, in order of arrival
   * @param observer told what happens to requests
   */
  public ServingRun(RunSpec spec, RequestSource source, ServingObserver observer) {
    checkBlocks(spec, source.blockTokens());
    this.spec = spec;
    this.simulation = new Simulation(spec.seed());
    int ranks = spec.sharding().tensorParallel();
    OperatorPlan plan = spec.newPlan();
    OperatorsSpec operators = spec.operators();
    if (operators != null) {
      this.machine = null;
      this.executor =
          new TableStepExecutor(
              simulation,
              servingStats.child("tables"),
              operators,
              spec.model(),
              spec.system(),
              ranks);
    } else if (spec.fidelity() == Fidelity.ANALYTIC) {
      this.machine = null;
      this.executor =
          new AnalyticStepExecutor(simulation, spec.system(), ranks, spec.capacity().footprint());
    } else {
      this.machine =
          new Machine(
              simulation,
              machineStats,
              spec.system(),
              ranks,
              spec.fidelity() == Fidelity.FAST,
              spec.capacity().footprint());
      this.executor = new EventStepExecutor(simulation, machine, plan, spec.kvBlockBytes());
    }
    this.engine =
        new ServingEngine(
            simulation,
            servingStats,
            executor,
            plan,
            spec.model(),
            spec.precision(),
            spec.sharding(),
            spec.serving(),
            spec.capacity().footprint().kvBytes(),
            second(spec),
            source,
            new SystemBusy(spec.system(), ranks),
            observer);
  }

  private static void checkBlocks(RunSpec spec, int traceBlockTokens) {
    int block = spec.serving().kvBlockTokens();
    if (spec.serving().scheduling().prefixCache() && traceBlockTokens % block != 0) {
      throw new ConfigException(
          List.of(
              "serving.prefix_cache: the trace's blocks of "
                  + traceBlockTokens
                  + " tokens are no whole number of 'kv_block', which is "
                  + block));
    }
  }

  private static @Nullable KvSecond second(RunSpec spec) {
    KvTieringSpec tiering = spec.system().chip().tiering().kv();
    return tiering == null
        ? null
        : new KvSecond(
            tiering,
            spec.capacity().footprint().tieredKvBytes(),
            spec.system().chip().tiers().get(tiering.tier()).device().accessBytes(Usage.KV));
  }

  /** The simulation, for progress and stopping. */
  public Simulation simulation() {
    return simulation;
  }

  /** What time is spent on. */
  public StepExecutor executor() {
    return executor;
  }

  /** Runs until the trace is served or the simulation is stopped. */
  public ServingOutcome run() {
    LOG.debug(
        "{}: {} ranks, {} simulated; per chip {} B of weights, {} B for KV, {} B of activations",
        spec.name(),
        spec.sharding().tensorParallel(),
        machine == null ? 0 : machine.simulatedRanks(),
        spec.capacity().footprint().weightBytes(),
        spec.capacity().footprint().kvBytes(),
        spec.capacity().footprint().activationBytes());
    engine.start();
    simulation.run();
    LOG.debug(
        "{} events fired, {} ps simulated, fingerprint {}",
        simulation.eventsFired(),
        simulation.nowPs(),
        Long.toHexString(simulation.fingerprint()));
    return engine.finish();
  }

  /** Statistics of serving and machine together, at the current time. */
  public Snapshot snapshot() {
    Snapshot serving = servingStats.snapshot(simulation.nowPs());
    Snapshot device = machineStats.snapshot(simulation.nowPs());
    List<Snapshot.Value> values = new ArrayList<>(serving.values());
    values.addAll(device.values());
    values.sort(java.util.Comparator.comparing(Snapshot.Value::path));
    List<Snapshot.Distribution> histograms = new ArrayList<>(serving.histograms());
    histograms.addAll(device.histograms());
    histograms.sort(java.util.Comparator.comparing(Snapshot.Distribution::path));
    return new Snapshot(simulation.nowPs(), values, histograms);
  }

  /**
   * The laws that must hold at the end of every run.
   *
   * @param outcome the result of {@link #run}
   */
  public List<RunLaw> laws(ServingOutcome outcome) {
    List<RunLaw> laws = RunLaw.check(spec, machine, executor, outcome);
    for (RunLaw law : laws) {
      LOG.debug(
          "{}: {}: {} and {}",
          law.holds() ? "holds" : "BROKEN",
          law.name(),
          law.left(),
          law.right());
    }
    return laws;
  }
}
