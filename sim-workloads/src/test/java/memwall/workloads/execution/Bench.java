package memwall.workloads.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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

/** A system and a model, on which steps are run in tests. */
final class Bench {
  static final List<String> SYSTEMS =
      List.of(
          "dgx-h100",
          "dgx-h200",
          "son2026-hbm4-8",
          "son2026-hbf-8",
          "son2026-hbf-plus-8",
          "son2026-conv-8",
          "son2026-conv-plus-8");

  static final List<String> MODELS =
      List.of(
          "llama-3.1-8b",
          "llama-3.1-70b",
          "llama-3.1-405b",
          "mixtral-8x7b",
          "llama-4-maverick",
          "deepseek-v3");

  final SystemSpec system;
  final ModelSpec model;
  final OperatorPlan plan;
  final StepShape shape;
  final int ranks;
  final long kvBlockBytes;

  /**
   * Reads presets.
   *
   * @param sets overrides, for example {@code system.chips=2}
   */
  Bench(String systemName, String modelName, Precision precision, String... sets) {
    this(systemName, modelName, precision, 0, sets);
  }

  /** With so many ranks; 0 for all chips. */
  Bench(String systemName, String modelName, Precision precision, int tp, String... sets) {
    this(systemName, modelName, precision, tp, UnaryOperator.identity(), sets);
  }

  /** On a machine that differs from the preset by more than a preset can say. */
  Bench(
      String systemName,
      String modelName,
      Precision precision,
      int tp,
      UnaryOperator<SystemSpec> change,
      String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml",
            "system: " + systemName + "\nmodel: " + modelName + "\n",
            List.of(sets),
            Presets.builtIn(),
            faults);
    system = change.apply(SystemSpec.read(config.preset("system", "system", "system")));
    model = ModelSpec.bind(config.preset("model", "model", "model"));
    config.finish();
    faults.throwIfAny();
    ranks = tp == 0 ? system.chips() : tp;
    plan =
        new OperatorPlan(
            model, precision, new ShardingPlan(ranks), system.chip().hotExperts(model));
    shape = new StepShape(model);
    kvBlockBytes =
        16L
            * new ShardingPlan(ranks).kvElementsPerTokenPerRank(model)
            * (precision.kv().bits() / 8);
  }

  void fill(Consumer<StepShape> step) {
    shape.clear();
    step.accept(shape);
    plan.fill(shape);
  }

  /** So many sequences that decode at a context. */
  static Consumer<StepShape> decode(int sequences, int context) {
    return shape -> {
      for (int i = 0; i < sequences; i++) {
        shape.addDecode(context);
      }
    };
  }

  /** A prompt. */
  static Consumer<StepShape> prefill(int tokens) {
    return shape -> shape.addPrefillChunk(tokens, 0, true);
  }

  /** Decode, prefill, both or nothing, of random sizes. */
  static Consumer<StepShape> random(SplittableRandom random) {
    long seed = random.nextLong();
    return shape -> {
      SplittableRandom own = new SplittableRandom(seed);
      int kind = own.nextInt(16);
      if (kind == 0) {
        return;
      }
      if (kind % 3 != 1) {
        int sequences = 1 + own.nextInt(1 << own.nextInt(7));
        for (int i = 0; i < sequences; i++) {
          shape.addDecode(1 + own.nextInt(1 << (1 + own.nextInt(14))));
        }
      }
      if (kind % 3 != 0) {
        for (int i = own.nextInt(2); i >= 0; i--) {
          shape.addPrefillChunk(
              1 + own.nextInt(1 << own.nextInt(12)), own.nextInt(3000), own.nextBoolean());
        }
      }
    };
  }

  static List<Consumer<StepShape>> randomSteps(SplittableRandom random, int steps) {
    List<Consumer<StepShape>> list = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      list.add(random(random));
    }
    return list;
  }

  /**
   * What steps in a row gave.
   *
   * @param endsPs when each step ended
   * @param spentPs per step and part
   * @param states the machine's state at the end of each step
   */
  record Result(
      List<Long> endsPs,
      List<List<Long>> spentPs,
      List<List<Long>> states,
      long events,
      Snapshot snapshot,
      List<String> broken) {

    long stepPs(int step) {
      return endsPs.get(step) - (step == 0 ? 0 : endsPs.get(step - 1));
    }

    /** All statistics of the rank and the network as text; of histograms every entry. */
    List<String> statistics() {
      List<String> lines = new ArrayList<>();
      for (Snapshot.Value value : snapshot.values()) {
        if (!value.path().startsWith("rank") || value.path().startsWith("rank0.")) {
          lines.add(
              String.format(Locale.ROOT, "%s %s %s", value.path(), value.exact(), value.number()));
        }
      }
      for (Snapshot.Distribution one : snapshot.histograms()) {
        if (!one.path().startsWith("rank") || one.path().startsWith("rank0.")) {
          StringBuilder line = new StringBuilder(one.path());
          one.histogram()
              .recordedValues()
              .forEach(
                  value ->
                      line.append(' ')
                          .append(value.getValueIteratedTo())
                          .append('x')
                          .append(value.getCountAtValueIteratedTo()));
          lines.add(line.toString());
        }
      }
      return lines;
    }

    long number(String path) {
      return (long) snapshot.number(path);
    }
  }

  /** Runs steps back to back, then lets what is under way finish. */
  Result run(boolean folded, Leaping leaping, List<Consumer<StepShape>> steps) {
    Simulation simulation = new Simulation(1);
    Stats stats = new Stats();
    Machine machine =
        new Machine(
            simulation,
            stats,
            system,
            ranks,
            folded,
            new Footprint(1000, 1000, 1000),
            NearDouble::make);
    EventStepExecutor executor =
        new EventStepExecutor(simulation, machine, plan, kvBlockBytes, leaping);
    List<Long> endsPs = new ArrayList<>();
    List<List<Long>> spentPs = new ArrayList<>();
    List<List<Long>> states = new ArrayList<>();
    Runnable[] next = new Runnable[1];
    next[0] =
        () -> {
          fill(steps.get(endsPs.size()));
          executor.execute(
              plan,
              word -> {
                endsPs.add(simulation.nowPs());
                List<Long> spent = new ArrayList<>();
                for (int part = 0; part < executor.parts().size(); part++) {
                  spent.add(executor.spentPs(part));
                }
                spentPs.add(spent);
                List<Long> state = new ArrayList<>();
                machine.describe(state::add);
                states.add(state);
                if (endsPs.size() < steps.size()) {
                  next[0].run();
                }
              },
              0);
        };
    next[0].run();
    simulation.run();
    return new Result(
        endsPs,
        spentPs,
        states,
        simulation.eventsFired(),
        stats.snapshot(simulation.nowPs()),
        machine.brokenLaws());
  }

  Result fast(List<Consumer<StepShape>> steps) {
    return run(true, Leaping.ON, steps);
  }

  Roofline roofline() {
    return new Roofline(system, ranks);
  }
}
