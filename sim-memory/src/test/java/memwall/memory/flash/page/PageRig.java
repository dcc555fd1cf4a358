package memwall.memory.flash.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
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
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;

/** A memory of flash pages in a simulation of its own. */
final class PageRig {
  static final long US = 1_000_000;
  private static final long SECOND_PS = 1_000_000_000_000L;
  static final AccessPattern RUN = AccessPattern.SEQUENTIAL;

  final Simulation simulation = new Simulation(1);
  final Stats stats = new Stats();
  final PagedMemory memory;
  final Map<Usage, Region> regions = new EnumMap<>(Usage.class);

  /** Completion time of every operation of the scripts; -1 while it is pending. */
  final List<Long> donePs = new ArrayList<>();

  private final List<Step> script = new ArrayList<>();
  private final Deque<Step> announced = new ArrayDeque<>();
  private final Event perform = simulation.event("perform", this::perform);

  /** What a step of a script does. */
  enum Kind {
    /** Reads what was announced first, or else what the step says. */
    READ,
    WRITE,
    ANNOUNCE
  }

  /** One step of a script, so long after the step before it. */
  record Step(long delayPs, Kind kind, Usage usage, long bytes, AccessPattern pattern) {}

  PageRig(PageSpec spec, int devices, boolean folded, boolean leaps) {
    memory = new PagedMemory(simulation, stats.child("mem"), spec, devices, folded, leaps);
    for (Usage usage : Usage.values()) {
      if (spec.capacityBytes(usage) > 0) {
        regions.put(usage, memory.reserve(usage, spec.capacityBytes(usage) / 4 * devices));
      }
    }
  }

  PageRig(PageSpec spec, int devices, boolean folded) {
    this(spec, devices, folded, folded);
  }

  static MemorySpec read(String yaml, Faults faults) {
    Config config = ConfigLoader.fromText("run.yaml", yaml, List.of(), Presets.builtIn(), faults);
    MemorySpec spec = MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    return spec;
  }

  static MemorySpec anyPreset(String name) {
    Faults faults = new Faults();
    MemorySpec spec = read("memory: " + name + "\n", faults);
    faults.throwIfAny();
    return spec;
  }

  static PageSpec preset(String name) {
    return (PageSpec) anyPreset(name);
  }

  static FlashRules rules(int buffers, int stagingPages, int activePlanes, int reads) {
    return new FlashRules(
        buffers, false, stagingPages, activePlanes, reads, 64, false, ReadPriority.READS, 0, 0, 0);
  }

  /** A device of so many channels of a die with planes; 4 KiB in 1 us. */
  static PageSpec spec(
      int channels, int planes, int blocks, long linkBytesPerSec, FlashRules rules, long scratch) {
    FlashSpec device =
        new FlashSpec(
            new FlashGeometry(channels, 1, planes, blocks, 16, 4096),
            new FlashTimings(0, US, 0, US, 20 * US, 200 * US, 0, 0),
            new FlashPaths(linkBytesPerSec, false, 0, 0, 100_000, 50_000, 0),
            rules);
    return of(device, scratch);
  }

  static PageSpec of(FlashSpec device, long scratchBytes) {
    return new PageSpec(
        new FlashPart(
            "test",
            device,
            new FlashWear(1000, Integer.MAX_VALUE, 1e9, 40, 1.1, 0, 5),
            new FlashEnergy(1e5, 1e6, 1e7, 0.5, 0.25, 2, 1)),
        scratchBytes,
        200_000);
  }

  /** Some device, small. */
  static PageSpec random(SplittableRandom random) {
    FlashRules rules =
        new FlashRules(
            1 + random.nextInt(2),
            random.nextInt(3) == 0,
            random.nextInt(2) * (1 + random.nextInt(20)),
            0,
            1 + random.nextInt(60),
            1 + random.nextInt(10),
            random.nextInt(3) == 0,
            List.of(ReadPriority.values()).get(random.nextInt(3)),
            random.nextInt(3),
            0,
            0);
    long readPs = 500_000L * (1 + random.nextInt(4)) + random.nextInt(3);
    FlashSpec device =
        new FlashSpec(
            new FlashGeometry(
                1 + random.nextInt(3),
                1 + random.nextInt(2),
                1 + random.nextInt(5),
                6 + random.nextInt(8),
                8,
                4096),
            new FlashTimings(
                random.nextInt(3) == 0 ? random.nextInt(60_000) : 0,
                readPs,
                random.nextInt(2) * 20_000L,
                readPs,
                20 * US,
                100 * US,
                US,
                0),
            new FlashPaths(
                (1L + random.nextInt(60)) * 1_000_000_000L,
                false,
                random.nextBoolean() ? 0 : (1L + random.nextInt(40)) * 1_000_000_000L,
                random.nextInt(2) * (long) random.nextInt(50_000),
                random.nextInt(2) * (long) random.nextInt(500_000),
                random.nextInt(2) * 100_000L,
                0),
            rules);
    return of(device, random.nextBoolean() ? 0 : 1 << 20);
  }

  /** Reads, writes and announcements of a few pages up to a few hundred, with and without gaps. */
  static List<Step> randomScript(SplittableRandom random, int steps, long maxDelayPs) {
    List<Step> script = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      long delayPs = random.nextInt(3) == 0 ? 0 : random.nextLong(maxDelayPs);
      int kind = random.nextInt(8);
      Usage usage = random.nextBoolean() ? Usage.WEIGHTS : Usage.KV;
      long bytes = random.nextInt(8) == 0 ? 0 : random.nextLong(1L << (1 + random.nextInt(21)));
      AccessPattern pattern =
          random.nextInt(3) > 0 ? RUN : AccessPattern.blocks(4096L << random.nextInt(4));
      if (kind == 0) {
        script.add(new Step(delayPs, Kind.WRITE, usage, bytes / 8, RUN));
      } else if (kind < 4) {
        script.add(new Step(delayPs, Kind.ANNOUNCE, usage, bytes, pattern));
      } else if (kind == 4) {
        Kind scratch = random.nextBoolean() ? Kind.READ : Kind.WRITE;
        script.add(new Step(delayPs, scratch, Usage.ACTIVATIONS, bytes / 16, RUN));
      } else {
        script.add(new Step(delayPs, Kind.READ, usage, bytes, pattern));
      }
    }
    return script;
  }

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
    Usage usage = regions.containsKey(step.usage()) ? step.usage() : Usage.KV;
    if (step.kind() == Kind.ANNOUNCE) {
      if (step.bytes() > 0 && announce(step)) {
        announced.add(step);
      }
      done(index);
      return;
    }
    if (step.kind() == Kind.WRITE) {
      memory.write(regions.get(usage), step.bytes(), step.pattern(), this::done, index);
      return;
    }
    boolean isNext = usage != Usage.ACTIVATIONS && step.bytes() > 0 && !announced.isEmpty();
    Step read = isNext ? announced.remove() : step;
    usage = isNext ? read.usage() : usage;
    memory.read(regions.get(usage), read.bytes(), read.pattern(), this::done, index);
  }

  private boolean announce(Step step) {
    return memory.announce(regions.get(step.usage()), step.bytes(), step.pattern());
  }

  /** Reads what was announced and not read, one after the other, each from a full second on. */
  void readAnnounced() {
    while (!announced.isEmpty()) {
      simulation.runUntil((simulation.nowPs() / SECOND_PS + 1) * SECOND_PS);
      readNextAnnounced();
    }
  }

  /** The same, each when nothing is left to happen. */
  void readAnnouncedAtOnce() {
    while (!announced.isEmpty()) {
      readNextAnnounced();
    }
  }

  private void readNextAnnounced() {
    schedule(List.of(new Step(0, Kind.READ, Usage.KV, 1, RUN)));
    simulation.run();
  }

  private void done(long index) {
    if (donePs.get((int) index) >= 0) {
      throw new IllegalStateException("operation " + index + " completes twice");
    }
    donePs.set((int) index, simulation.nowPs());
  }

  /** Time of one read of an otherwise idle memory, from now. */
  long readPs(Usage usage, long bytes, AccessPattern pattern) {
    long startPs = simulation.nowPs();
    long[] end = {-1};
    memory.read(regions.get(usage), bytes, pattern, word -> end[0] = simulation.nowPs(), 0);
    simulation.run();
    return end[0] - startPs;
  }

  /** The same of a write. */
  long writePs(Usage usage, long bytes) {
    long startPs = simulation.nowPs();
    long[] end = {-1};
    memory.write(regions.get(usage), bytes, RUN, word -> end[0] = simulation.nowPs(), 0);
    simulation.run();
    return end[0] - startPs;
  }

  Snapshot snapshot() {
    return stats.snapshot(simulation.nowPs());
  }

  long number(String name) {
    return (long) snapshot().number("mem." + name);
  }

  /** All is done, once, and nothing is lost. */
  void checkLaws() {
    assertThat(donePs).doesNotContain(-1L);
    assertThat(memory.outstanding()).isZero();
    assertThat(memory.brokenLaws()).isEmpty();
  }

  List<Long> state() {
    List<Long> state = new ArrayList<>();
    memory.describe(state::add);
    return state;
  }
}
