package memwall.memory.flash.heat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.error.DataAge;
import memwall.memory.flash.port.PagePort;
import org.jspecify.annotations.Nullable;

/** A stack under load: one channel is simulated and stands for all. */
final class HotFlash implements FlashHeat.Channels {
  static final long MS = 1_000_000_000L;
  static final int CHANNELS = 16;
  static final int PLANES = 16;
  static final int PAGE = 4096;

  /** 16 channels of 16 planes in 16 dies; 262 GB/s of array, 384 GB/s of links. */
  static final FlashSpec DEVICE =
      new FlashSpec(
          new FlashGeometry(CHANNELS, 16, 1, 64, 256, PAGE),
          new FlashTimings(0, 4_000_000, 0, 4_000_000, 75_000_000, 1_000_000_000, 0, 0),
          new FlashPaths(24_000_000_000L, false, 0, 0, 100_000, 0, 0),
          new FlashRules(2, false, 0, 0, 64, 64, false, ReadPriority.ARRIVAL, 0, 0, 0));

  /** As Li et al., arXiv 2608.11668: 33.2 pJ/bit and nothing else; the split is ours. */
  static final FlashEnergy ENERGY =
      new FlashEnergy(25 * 8 * PAGE, 100 * 8 * PAGE, 1e6, 4.4, 1, 2.8, 3);

  final Simulation simulation = new Simulation(1);
  final Stats stats = new Stats();
  final FlashHeat heat;
  final PagePort port;
  final Map<FlashStatus, Integer> ends = new EnumMap<>(FlashStatus.class);
  int submitted;
  private final Timer timer;
  private final long pages;
  private int underWay;
  private boolean streams;

  HotFlash(FlashThermal thermal, FlashEnergy energy, boolean leaps, @Nullable DataAge age) {
    FlashGeometry whole = DEVICE.geometry();
    FlashGeometry one =
        new FlashGeometry(
            1,
            whole.diesPerChannel(),
            whole.planesPerDie(),
            whole.blocksPerPlane(),
            whole.pagesPerBlock(),
            PAGE);
    pages = one.pages();
    timer = simulation.timer("port", this::wake);
    port =
        new PagePort(
            new FlashSpec(one, DEVICE.timings(), DEVICE.paths(), DEVICE.rules()),
            null,
            FlashErrors.NONE,
            leaps,
            this::done);
    heat = new FlashHeat(simulation, stats.child("heat"), thermal, energy, DEVICE, 1, age, this);
  }

  /** A {@code thermal} section. */
  static FlashThermal thermal(String... sets) {
    Faults faults = new Faults();
    FlashThermal thermal = thermal(faults, sets);
    faults.throwIfAny();
    return thermal;
  }

  /** Light dies and lid, so that tests need not simulate seconds. */
  static FlashThermal thermal(Faults faults, String... sets) {
    String yaml =
        """
        thermal:
          stack:
            extends: hbf-16hi
            memory_die: { joules_per_kelvin: 0.001 }
            logic_die: { joules_per_kelvin: 0.001 }
            cooling: { lid_joules_per_kelvin: 0.02 }
          release: 85 C
          light: 95 C
          severe: 105 C
          shutdown: 120 C
          light_share: 0.5
          window: 100 us
        """;
    List<String> full = new ArrayList<>();
    for (String set : sets) {
      full.add("thermal." + set);
    }
    Config config = ConfigLoader.fromText("x.yaml", yaml, full, Presets.builtIn(), faults);
    FlashThermal thermal = FlashThermal.read(config.section("thermal", "Heat"));
    config.finish();
    return thermal;
  }

  /** Reads or writes the whole channel; from then on it is busy until all is done. */
  void submit(boolean isWrite) {
    heat.resume();
    underWay++;
    long word = submitted++;
    if (isWrite) {
      port.write(BurstPattern.run(0, pages), 0, pages, word, simulation.nowPs());
    } else {
      port.read(BurstPattern.run(0, pages), 0, pages, word, simulation.nowPs());
    }
    arm();
  }

  private void done(long word, long donePs, FlashStatus worst) {
    ends.merge(worst, 1, Integer::sum);
    underWay--;
  }

  private void wake(long ignored) {
    port.advanceTo(simulation.nowPs());
    topUp();
    if (underWay == 0) {
      heat.pause();
    }
    arm();
  }

  private void arm() {
    if (port.wakePs() == PagePort.NEVER) {
      timer.cancel();
    } else {
      timer.at(Math.max(simulation.nowPs(), port.wakePs()), 0);
    }
  }

  private void topUp() {
    while (streams && underWay < 2 && !heat.state().shutDown()) {
      submit(false);
    }
  }

  /** Keeps it busy until a time. */
  void readUntil(long untilPs) {
    streams = true;
    topUp();
    simulation.runUntil(untilPs);
    streams = false;
  }

  double readBytes() {
    return (double) CHANNELS * port.device(simulation.nowPs()).counters().senses() * PAGE;
  }

  @Override
  public FlashCounters counters(int lane, long atPs) {
    return port.counters(atPs);
  }

  @Override
  public void limitActivePlanes(int planes, long nowPs) {
    port.limitActivePlanes(planes, nowPs);
    arm();
  }

  @Override
  public void shutDown(long nowPs) {
    port.shutDown(nowPs);
    arm();
  }
}
