package memwall.workloads.execution;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.workloads.analytic.Roofline;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.Footprint;
import memwall.workloads.system.Machine;
import memwall.workloads.system.SystemSpec;

/** A machine on which single steps are run in tests. */
final class Bench {
  final SystemSpec system;
  final ModelSpec model;
  final OperatorPlan plan;
  final StepShape shape;
  final int ranks;
  final long kvBlockBytes;

  Bench(String systemName, String modelName, Precision precision, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml",
            "system: " + systemName + "\nmodel: " + modelName + "\n",
            List.of(sets),
            Presets.builtIn(),
            faults);
    system = SystemSpec.read(config.preset("system", "system", "system"));
    model = ModelSpec.bind(config.preset("model", "model", "model"));
    faults.throwIfAny();
    ranks = system.chips();
    plan = new OperatorPlan(model, precision, new ShardingPlan(ranks));
    shape = new StepShape(model);
    kvBlockBytes =
        16L
            * new ShardingPlan(ranks).kvElementsPerTokenPerRank(model)
            * (precision.kv().bits() / 8);
  }

  record Result(
      long stepPs, long events, Snapshot snapshot, List<String> broken, StepExecutor executor) {}

  /** Runs the current plan so many times in a row. */
  Result run(boolean folded, int steps) {
    Simulation simulation = new Simulation(1);
    Stats stats = new Stats();
    Machine machine =
        new Machine(simulation, stats, system, ranks, folded, new Footprint(1000, 1000, 1000));
    EventStepExecutor executor = new EventStepExecutor(simulation, machine, plan, kvBlockBytes);
    long[] done = new long[2];
    Runnable[] next = new Runnable[1];
    next[0] =
        () ->
            executor.execute(
                plan,
                word -> {
                  done[0] = simulation.nowPs();
                  if (++done[1] < steps) {
                    next[0].run();
                  }
                },
                0);
    next[0].run();
    simulation.run();
    return new Result(
        done[0],
        simulation.eventsFired(),
        stats.snapshot(simulation.nowPs()),
        machine.brokenLaws(),
        executor);
  }

  double rooflinePs() {
    return new Roofline(system, ranks).stepPs(plan);
  }
}
