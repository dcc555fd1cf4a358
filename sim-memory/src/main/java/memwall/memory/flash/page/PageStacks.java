package memwall.memory.flash.page;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.stat.Stats;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.error.DataAge;
import memwall.memory.flash.heat.FlashHeat;
import memwall.memory.flash.heat.FlashThermal;
import org.jspecify.annotations.Nullable;

/**
 * The heat of a memory's devices that are simulated; none where heat is left aside. They are
 * watched as long as a channel does anything.
 *
 * <p>A stack that must not begin anything (severe throttling, OCP HBF 0.7, 9.2) takes no
 * activations either: they wait until it is cooler. One that shuts down answers everything that is
 * under way as failed, and the run ends with {@link memwall.memory.stack.OverheatedException}.
 */
final class PageStacks {
  private final Simulation simulation;
  private final PageLane[] lanes;
  private final Stack[] stacks;

  /** Null where there are no stacks, so that heat that is left aside leaves no trace. */
  private final @Nullable Timer timer;

  private final BooleanSupplier nothingUnderWay;
  private final Runnable cooler;
  private boolean isWatched;

  /** One device. */
  private static final class Stack implements FlashHeat.Channels {
    private final String path;
    private final PageLane[] lanes;
    private final long multiplicity;
    private final Runnable cooler;
    private boolean isHalted;

    // Set once it is built, which asks the channels already.
    private final FlashHeat heat;

    Stack(
        Simulation simulation,
        Stats stats,
        PageSpec spec,
        FlashThermal thermal,
        PageLane[] lanes,
        DataAge age,
        Runnable cooler) {
      this.path = stats.path();
      this.lanes = lanes;
      this.cooler = cooler;
      multiplicity = spec.lanes() / lanes.length;
      heat =
          new FlashHeat(
              simulation,
              stats,
              thermal,
              spec.part().energy(),
              spec.part().device(),
              lanes.length,
              spec.part().errors() == null ? null : age,
              this);
    }

    @Override
    public FlashCounters counters(int lane, long atPs) {
      return lanes[lane].counters(atPs);
    }

    @Override
    public void limitActivePlanes(int planes, long nowPs) {
      for (PageLane lane : lanes) {
        lane.limitActivePlanes(planes);
      }
      boolean wasHalted = isHalted;
      isHalted = planes == 0;
      if (wasHalted && !isHalted) {
        cooler.run();
      }
    }

    @Override
    public void shutDown(long nowPs) {
      long shutOut = 0;
      for (PageLane lane : lanes) {
        lane.shutDown();
        shutOut += lane.counters(nowPs).shutOut();
      }
      isHalted = false;
      cooler.run();
      throw heat.overheated(path, shutOut * multiplicity + " pages asked of it are lost");
    }
  }

  /**
   * The stacks of devices at rest. The statistics of the first stand for each.
   *
   * @param lanes all channels that are simulated, those of a device after those of the one before
   * @param ages of the data of each simulated device
   * @param nothingUnderWay whether nothing is asked of the memory
   * @param cooler told when activations may pass again
   */
  PageStacks(
      Simulation simulation,
      Stats stats,
      PageSpec spec,
      PageLane[] lanes,
      DataAge[] ages,
      BooleanSupplier nothingUnderWay,
      Runnable cooler) {
    this.simulation = simulation;
    this.lanes = lanes;
    this.nothingUnderWay = nothingUnderWay;
    this.cooler = cooler;
    FlashThermal thermal = spec.part().thermal();
    timer = thermal == null ? null : simulation.timer(stats.path() + ".rest", word -> rest());
    stacks = new Stack[thermal == null ? 0 : ages.length];
    for (int device = 0; thermal != null && device < stacks.length; device++) {
      int each = lanes.length / stacks.length;
      Stats its = device == 0 ? stats : new Stats().child(stats.path() + ".device" + device);
      stacks[device] =
          new Stack(
              simulation,
              its.child("stack"),
              spec,
              thermal,
              Arrays.copyOfRange(lanes, device * each, (device + 1) * each),
              ages[device],
              this::cooled);
    }
  }

  private void cooled() {
    if (!areHalted()) {
      cooler.run();
    }
  }

  boolean areNone() {
    return stacks.length == 0;
  }

  /** Whether heat forbids all work at present. */
  boolean areHalted() {
    for (Stack stack : stacks) {
      if (stack.isHalted) {
        return true;
      }
    }
    return false;
  }

  /** The heat of the first device, for tests. */
  FlashHeat first() {
    return stacks[0].heat;
  }

  /** Work begins. */
  void resume() {
    if (!isWatched && stacks.length > 0) {
      isWatched = true;
      for (Stack stack : stacks) {
        stack.heat.resume();
      }
    }
  }

  /** In a channel nothing more is due by itself. They pause soon if that holds for all. */
  void channelRests() {
    if (timer != null && isWatched && nothingUnderWay.getAsBoolean() && restPs() < Long.MAX_VALUE) {
      timer.at(simulation.nowPs(), 0);
    }
  }

  private long restPs() {
    long fromPs = 0;
    for (PageLane lane : lanes) {
      fromPs = Math.max(fromPs, lane.restPs());
    }
    return fromPs;
  }

  /** Something is over; they pause if it was the last, and the channels do nothing more. */
  void rest() {
    if (timer == null || !isWatched || !nothingUnderWay.getAsBoolean()) {
      return;
    }
    long fromPs = restPs();
    if (fromPs == Long.MAX_VALUE) {
      return;
    }
    if (fromPs > simulation.nowPs()) {
      timer.at(fromPs, 0);
      return;
    }
    isWatched = false;
    for (Stack stack : stacks) {
      stack.heat.pause();
    }
  }

  /** Does what heat asked for while nothing was under way. */
  void catchUp() {
    for (Stack stack : stacks) {
      stack.heat.catchUp();
    }
  }

  /** Adds a sentence for each law that is broken. */
  void check(List<String> broken) {
    for (Stack stack : stacks) {
      broken.addAll(stack.heat.brokenLaws());
    }
  }
}
