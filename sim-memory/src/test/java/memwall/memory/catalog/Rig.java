package memwall.memory.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.dram.DramSpec;
import memwall.memory.hbf.HbfSpec;

/** One memory of its own simulation, and what tests do with it. */
final class Rig {
  final Simulation simulation = new Simulation(1);
  final Stats stats = new Stats();
  final Memory memory;
  final Map<Usage, Region> regions = new EnumMap<>(Usage.class);

  /** Completion time of every operation of the scripts, by its index; -1 while pending. */
  final List<Long> donePs = new ArrayList<>();

  /** What announcing answered. */
  final List<Boolean> noted = new ArrayList<>();

  private final Deque<Step> announced = new ArrayDeque<>();
  private final Event perform;
  private final List<Step> script = new ArrayList<>();

  Rig(MemorySpec spec, int devices, boolean folded) {
    memory = MemoryModels.create(simulation, stats.child("mem"), spec, devices, folded);
    for (Usage usage : Usage.values()) {
      if (spec.capacityBytes(usage) > 0) {
        regions.put(usage, memory.reserve(usage, 0));
      }
    }
    perform = simulation.event("perform", this::perform);
  }

  static MemorySpec read(String yaml, String... sets) {
    Faults faults = new Faults();
    MemorySpec spec = read(yaml, faults, sets);
    faults.throwIfAny();
    return spec;
  }

  static MemorySpec read(String yaml, Faults faults, String... sets) {
    Config config =
        ConfigLoader.fromText("run.yaml", yaml, List.of(sets), Presets.builtIn(), faults);
    MemorySpec spec = MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    return spec;
  }

  static MemorySpec preset(String name) {
    return read("memory: " + name + "\n");
  }

  Region region(Usage usage) {
    return regions.get(usage);
  }

  /** Reads and returns when the last byte is there, from now. */
  long readPs(Usage usage, long bytes, AccessPattern pattern) {
    return runPs(false, usage, bytes, pattern);
  }

  long writePs(Usage usage, long bytes) {
    return runPs(true, usage, bytes, AccessPattern.SEQUENTIAL);
  }

  private long runPs(boolean write, Usage usage, long bytes, AccessPattern pattern) {
    long startPs = simulation.nowPs();
    long[] end = {-1};
    if (write) {
      memory.write(region(usage), bytes, pattern, word -> end[0] = simulation.nowPs(), 0);
    } else {
      memory.read(region(usage), bytes, pattern, word -> end[0] = simulation.nowPs(), 0);
    }
    simulation.run();
    return end[0] - startPs;
  }

  long number(String name) {
    return (long) snapshot().number("mem." + name);
  }

  Snapshot snapshot() {
    return stats.snapshot(simulation.nowPs());
  }

  List<Long> state() {
    List<Long> state = new ArrayList<>();
    memory.describe(state::add);
    return state;
  }

  /** What a step of a script does. */
  enum Kind {
    /** Reads what was announced first, or else what the step says. */
    READ,
    WRITE,
    ANNOUNCE
  }

  /** One step of a script, so long after the step before it. */
  record Step(long delayPs, Kind kind, Usage usage, long bytes, AccessPattern pattern) {}

  /** Performs the steps from now on, each at its time; does not run the simulation. */
  void schedule(List<Step> steps) {
    long atPs = simulation.nowPs();
    for (Step step : steps) {
      atPs += step.delayPs();
      perform.at(atPs, script.size());
      script.add(step);
      donePs.add(-1L);
    }
  }

  private void perform(long index) {
    Step step = script.get((int) index);
    Usage usage = region(step.usage()) == null ? Usage.KV : step.usage();
    switch (step.kind()) {
      case ANNOUNCE -> {
        boolean accepted = memory.announce(region(usage), step.bytes(), step.pattern());
        noted.add(accepted);
        if (accepted
            && memory.spec().usesAnnouncements()
            && usage != Usage.ACTIVATIONS
            && step.bytes() > 0) {
          announced.add(new Step(0, Kind.READ, usage, step.bytes(), step.pattern()));
        }
      }
      case READ -> {
        Step read = usage == Usage.ACTIVATIONS || announced.isEmpty() ? step : announced.remove();
        Usage readUsage = usage == Usage.ACTIVATIONS ? usage : read.usage();
        readUsage = region(readUsage) == null ? Usage.KV : readUsage;
        memory.read(region(readUsage), read.bytes(), read.pattern(), word -> done((int) index), 0);
      }
      case WRITE ->
          memory.write(region(usage), step.bytes(), step.pattern(), word -> done((int) index), 0);
    }
  }

  private void done(int index) {
    if (donePs.get(index) >= 0) {
      throw new IllegalStateException("operation " + index + " completes twice");
    }
    donePs.set(index, simulation.nowPs());
  }

  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final List<Usage> USAGES = List.of(Usage.values());

  static List<Step> randomScript(SplittableRandom random, int steps, long maxDelayPs) {
    List<Step> script = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      long delayPs = random.nextInt(3) == 0 ? 0 : random.nextLong(maxDelayPs);
      Kind kind = KINDS.get(Math.min(2, random.nextInt(4)));
      Usage usage = USAGES.get(random.nextInt(3));
      long bytes = random.nextInt(8) == 0 ? 0 : random.nextLong(1L << (1 + random.nextInt(18)));
      AccessPattern pattern =
          random.nextBoolean()
              ? AccessPattern.SEQUENTIAL
              : AccessPattern.blocks(1 + random.nextLong(1L << (1 + random.nextInt(14))));
      // Tiny blocks of large transfers only make huge padding.
      if (bytes / pattern.blockBytes() > 500) {
        pattern = AccessPattern.SEQUENTIAL;
      }
      script.add(new Step(delayPs, kind, usage, bytes, pattern));
    }
    return script;
  }

  static MemorySpec randomSpec(SplittableRandom random) {
    if (random.nextBoolean()) {
      return new DramSpec(
          1L << 40,
          1 + random.nextInt(9),
          1_000_000_000L * (1 + random.nextInt(2000)),
          0.5 + random.nextDouble() / 2,
          random.nextInt(3) == 0 ? 0 : random.nextLong(1_000_000),
          1L << (6 + random.nextInt(7)),
          1,
          1);
    }
    long page = 1L << (6 + random.nextInt(7));
    return new HbfSpec(
        1L << 40,
        1 + random.nextInt(4),
        1 + random.nextInt(8),
        page,
        1 + random.nextLong(3_000_000),
        1 + random.nextLong(50_000_000),
        1_000_000_000L * (1 + random.nextInt(2000)),
        page * (2 + random.nextInt(40)),
        random.nextBoolean() ? 0 : random.nextLong(500_000),
        random.nextInt(3) == 0 ? 0 : 1 << 20,
        1000,
        1,
        1);
  }

  static List<String> histograms(Snapshot snapshot) {
    return snapshot.histograms().stream()
        .map(
            one -> {
              StringBuilder text = new StringBuilder(one.path());
              one.histogram()
                  .recordedValues()
                  .forEach(
                      value ->
                          text.append(' ')
                              .append(value.getValueIteratedTo())
                              .append('x')
                              .append(value.getCountAtValueIteratedTo()));
              return text.toString();
            })
        .toList();
  }

  static List<Long> without(List<Long> state, int index) {
    Long[] rest = new Long[state.size() - 1];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = state.get(i < index ? i : i + 1);
    }
    return Arrays.asList(rest);
  }
}
