package memwall.memory.flash.replay;

import memwall.core.Simulation;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.error.DataAge;
import memwall.memory.flash.heat.FlashHeat;
import memwall.memory.flash.heat.FlashThermal;
import memwall.memory.flash.heat.SustainedFlash;
import memwall.memory.flash.trace.FlashTraceSummary;
import memwall.memory.stack.StackSpec;

/** The heat of a device in a replay. */
final class Heating implements FlashHeat.Channels {
  private static final String PATH = "heat";

  private final Simulation simulation;
  private final FlashPart part;
  private final FlashThermal thermal;
  private final FlashDevice device;
  private final Runnable changed;
  private final Stats stats = new Stats();
  private final FlashHeat heat;

  /**
   * A device at rest.
   *
   * @param age of its data
   * @param changed to be called when the device may want to be woken at another time
   */
  Heating(
      Simulation simulation,
      FlashPart part,
      FlashThermal thermal,
      FlashDevice device,
      DataAge age,
      Runnable changed) {
    this.simulation = simulation;
    this.part = part;
    this.thermal = thermal;
    this.device = device;
    this.changed = changed;
    heat =
        FlashHeat.ofWhole(
            simulation, stats.child(PATH), thermal, part.energy(), part.device(), age, this);
  }

  /** Work begins. */
  void resume() {
    heat.resume();
  }

  /** Nothing is under way. */
  void pause() {
    heat.pause();
  }

  @Override
  public FlashCounters counters(int lane, long atPs) {
    return device.counters();
  }

  @Override
  public void limitActivePlanes(int planes, long nowPs) {
    device.advanceTo(nowPs);
    device.limitActivePlanes(planes);
    changed.run();
  }

  @Override
  public void shutDown(long nowPs) {
    device.advanceTo(nowPs);
    device.shutDown();
    changed.run();
  }

  /** What it came to. */
  ReplayHeat result(FlashTraceSummary trace) {
    heat.catchUp();
    Snapshot snapshot = stats.snapshot(simulation.nowPs());
    StackSpec stack = heat.stack();
    double hottest = Double.NEGATIVE_INFINITY;
    for (int node = 0; node <= stack.logicNode(); node++) {
      String path = PATH + "." + stack.network().name(node) + ".temperature.max";
      hottest = Math.max(hottest, snapshot.number(path));
    }
    double all = (double) trace.readBytes() + trace.writtenBytes();
    double writeShare = all == 0 ? 0 : trace.writtenBytes() / all;
    return new ReplayHeat(
        heat.statePs(0),
        heat.statePs(1),
        heat.statePs(2),
        heat.statePs(3),
        hottest,
        SustainedFlash.of(thermal, part.energy(), part.device(), writeShare));
  }
}
