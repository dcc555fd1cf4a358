package memwall.memory.stack;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * Watches the temperatures of one stack and says what they allow: how often to refresh, which share
 * of the bandwidth and clock to use, when to stop.
 *
 * <p>The device asks for {@link #state} and is told by one callback when it changes. While it works
 * ({@link #resume} to {@link #pause}) one timer is armed, at the end of the present window or at
 * the computed time of the next change, whichever is first: nothing is polled. While it pauses no
 * event is pending; temperatures go on falling, and what would have changed meanwhile is made up
 * for, each at its own time, at the next {@link #resume}.
 *
 * <p>The stack begins idle, in the steady state of its idle power.
 */
public final class ThermalGovernor {
  /** Heat put in may differ from heat stored and given off by this much of it. */
  private static final double LAW_TOLERANCE_SHARE = 1e-6;

  /** Sources may count this share of the heat less than they once said. */
  private static final double TAKEN_BACK_SHARE = 1e-2;

  /** And that much: a refresh of a stack that was late. */
  private static final double TAKEN_BACK_JOULES = 1e-4;

  private final Simulation simulation;
  private final String path;
  private final StackSpec spec;
  private final Timer timer;
  private final Listener listener;
  private final ThermalBooks books;
  private ThermalState state;
  private boolean busy;

  /** The device whose stack it is. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Something is due: a window ends, or a temperature is reached. The sources of heat must have
     * counted up to this time when it returns.
     *
     * @param atPs now, or earlier if the device paused then
     */
    default void due(long atPs) {}

    /**
     * What the temperature allows has changed.
     *
     * @param state what it is from then on
     * @param atPs now, or earlier if the device paused then; times never go back
     */
    void changed(ThermalState state, long atPs);
  }

  // What statistics read: the books at one moment.
  private @Nullable ThermalBooks view;
  private long viewEvents;

  /**
   * Builds the books of an idle stack and declares their statistics.
   *
   * @param sources who turns energy into heat while working; asked at the end of each window
   * @param listener told what is due and what changed
   */
  public ThermalGovernor(
      Simulation simulation,
      Stats stats,
      StackSpec spec,
      List<HeatSource> sources,
      Listener listener) {
    this.simulation = simulation;
    this.path = stats.path();
    this.spec = spec;
    this.timer = simulation.timer(path + ".change", this::due);
    this.listener = listener;
    this.books = new ThermalBooks(spec, sources);
    this.state = books.levels.state();
    declare(stats);
  }

  private void declare(Stats stats) {
    ThermalNetwork network = books.heat.network();
    for (int i = 0; i < network.nodes(); i++) {
      int node = i;
      Stats its = stats.child(network.name(i));
      its.derived(
          "temperature.mean",
          "C",
          "Temperature (time-weighted mean)",
          () -> celsius(view().heat.meanKelvin(node, view().heat.sincePs())));
      its.derived(
          "temperature.max",
          "C",
          "Temperature (maximum)",
          () ->
              spec.cooling().coolantCelsius()
                  + Math.max(
                      view().history.peakRiseKelvin(node),
                      view().heat.temperatureKelvin(node, view().heat.sincePs())
                          - spec.coolantKelvin()));
      its.exact(
          "above_85_ps",
          "ps",
          "Time at or above 85 C, where DRAM is refreshed twice as often",
          () -> view().history.abovePs(node));
    }
    stats.exact(
        "throttled_ps", "ps", "Time in which heat held the stack back", () -> view().throttledPs());
    stats.exact(
        "fast_refresh_ps",
        "ps",
        "Time in which heat made the stack refresh more often",
        () -> view().fastRefreshPs());
    stats.exact(
        "level", "1", "Throttling level at the end, 0 for none", () -> view().levels.level());
    stats.exact(
        "shut_down", "1", "1 if the stack got too hot and stopped", () -> view().shutDownCount());
    stats.derived(
        "heat_in",
        "J",
        "Heat put into the stack",
        () -> view().heat.joulesIn(view().heat.sincePs()));
    stats.derived(
        "heat_out",
        "J",
        "Heat given to coolant and board",
        () -> view().heat.joulesOut(view().heat.sincePs()));
    stats.derived(
        "heat_stored",
        "J",
        "Heat stored in the stack, less that at the start",
        () -> view().heat.joulesStored(view().heat.sincePs()));
    stats.derived(
        "work_energy",
        "J",
        "Energy counted by the stack's sources of heat",
        () -> view().countedJoules() + view().pendingJoules());
  }

  private ThermalBooks view() {
    ThermalBooks seen = view;
    if (seen == null
        || seen.heat.sincePs() != simulation.nowPs()
        || viewEvents != simulation.eventsFired()) {
      seen = at(simulation.nowPs());
      view = seen;
      viewEvents = simulation.eventsFired();
    }
    return seen;
  }

  private static double celsius(double kelvin) {
    return kelvin - StackSpec.ZERO_CELSIUS_KELVIN;
  }

  /** The books at a time, as a copy. */
  private ThermalBooks at(long nowPs) {
    ThermalBooks copy = new ThermalBooks(books);
    copy.advanceTo(nowPs, busy);
    copy.integrate(nowPs);
    return copy;
  }

  /**
   * What the temperature allows. While the stack is paused this is what it was at the pause; {@link
   * #resume} brings it up to date.
   */
  public ThermalState state() {
    return state;
  }

  /** Temperature of a node of the stack's network now, in degrees Celsius. Changes nothing. */
  public double temperatureCelsius(int node) {
    long nowPs = simulation.nowPs();
    ThermalTransient heat = books.nextPs() > nowPs ? books.heat : at(nowPs).heat;
    return celsius(heat.temperatureKelvin(node, nowPs));
  }

  /** Temperature of the hottest memory layer now, in degrees Celsius. Changes nothing. */
  public double hottestMemoryCelsius() {
    long nowPs = simulation.nowPs();
    ThermalTransient heat = books.nextPs() > nowPs ? books.heat : at(nowPs).heat;
    double hottest = heat.temperatureKelvin(0, nowPs);
    for (int layer = 1; layer < spec.memoryLayers(); layer++) {
      hottest = Math.max(hottest, heat.temperatureKelvin(layer, nowPs));
    }
    return celsius(hottest);
  }

  /**
   * Until when the state stays as it is and no energy is asked for, unless the device changes its
   * power: a horizon for those who jump over simulated time. {@link Long#MAX_VALUE} if forever.
   */
  public long horizonPs() {
    return books.nextPs();
  }

  /**
   * The device begins to work: from now on changes are told as they happen. Does nothing while it
   * works already.
   */
  public void resume() {
    if (busy) {
      return;
    }
    long nowPs = simulation.nowPs();
    advance(nowPs);
    books.openWindow(nowPs);
    busy = true;
    arm();
  }

  /**
   * Lets everything happen, each at its time, that has become due while the device paused. To be
   * called before somebody looks at what a paused device did; changes nothing that {@link #resume}
   * would not.
   */
  public void catchUp() {
    if (!busy) {
      advance(simulation.nowPs());
    }
  }

  /** The device has nothing to do: no event is pending until it resumes. */
  public void pause() {
    busy = false;
    timer.cancel();
  }

  /**
   * Sets the power of work that a device knows, beside its idle power and what heat sources count:
   * an engine on the logic die, a hot neighbour that heats the lid. That of the logic die is given
   * at full clock and falls with it.
   *
   * @param node of the stack's network
   * @param watts 0 or more
   */
  public void setWorkWatts(int node, double watts) {
    long nowPs = simulation.nowPs();
    advance(nowPs);
    books.setWorkWatts(nowPs, node, watts);
    view = null;
    arm();
    tell(nowPs);
  }

  private void due(long ignored) {
    advance(simulation.nowPs());
    arm();
  }

  private void advance(long nowPs) {
    long atPs = books.nextPs();
    while (atPs <= nowPs) {
      listener.due(atPs);
      books.advanceTo(atPs, busy);
      tell(atPs);
      atPs = books.nextPs();
    }
  }

  private void arm() {
    if (busy) {
      long nextPs = books.nextPs();
      if (nextPs == Long.MAX_VALUE) {
        timer.cancel();
      } else {
        timer.at(nextPs, 0);
      }
    }
  }

  private void tell(long atPs) {
    ThermalState now = books.levels.state();
    if (!now.equals(state)) {
      state = now;
      listener.changed(now, atPs);
    }
  }

  /**
   * Checks that heat is conserved: what was put in is stored or was given off, and what was put in
   * is what idling, stated work and the sources' counts amount to.
   *
   * @return one sentence per broken law; empty if all hold
   */
  public List<String> brokenLaws() {
    long nowPs = simulation.nowPs();
    ThermalBooks now = at(nowPs);
    List<String> broken = new ArrayList<>();
    double in = now.heat.joulesIn(nowPs);
    check(broken, in, now.heat.joulesStored(nowPs) + now.heat.joulesOut(nowPs), "stored or out");
    double entered = now.countedJoules() - now.enteringJoules(nowPs);
    check(broken, in, now.statedJoules() + entered, "idling, stated and counted");
    double pending = now.pendingJoules();
    if (pending < -TAKEN_BACK_SHARE * in - TAKEN_BACK_JOULES) {
      broken.add(path + ": of " + in + " J put in, " + -pending + " J were taken back");
    }
    return broken;
  }

  private void check(List<String> broken, double in, double sum, String what) {
    if (!(Math.abs(in - sum) <= LAW_TOLERANCE_SHARE * (in + 1e-9))) {
      broken.add(path + ": of " + in + " J put in, " + sum + " J are " + what);
    }
  }
}
