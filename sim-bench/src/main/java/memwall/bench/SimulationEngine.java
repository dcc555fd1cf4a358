package memwall.bench;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Event;
import memwall.core.Handler;
import memwall.core.Simulation;
import memwall.core.Timer;

/** The component workload's engine on {@link Simulation}. */
final class SimulationEngine implements ComponentWorkload.Engine {
  private final Simulation simulation = new Simulation(1);
  private final List<Event> bound = new ArrayList<>();
  private Event[] events = new Event[0];
  private final List<Timer> boundTimers = new ArrayList<>();
  private Timer[] timers = new Timer[0];

  @Override
  public int bindEvent(String name, Handler handler) {
    bound.add(simulation.event(name, handler));
    return bound.size() - 1;
  }

  @Override
  public int bindTimer(String name, Handler handler) {
    boundTimers.add(simulation.timer(name, handler));
    return boundTimers.size() - 1;
  }

  private void freeze() {
    events = bound.toArray(new Event[0]);
    timers = boundTimers.toArray(new Timer[0]);
  }

  @Override
  public void schedule(int event, long delayPs, long word) {
    if (events.length != bound.size()) {
      freeze();
    }
    events[event].in(delayPs, word);
  }

  @Override
  public void arm(int timer, long delayPs, long word) {
    if (timers.length != boundTimers.size()) {
      freeze();
    }
    timers[timer].in(delayPs, word);
  }

  @Override
  public void cancel(int timer) {
    timers[timer].cancel();
  }

  @Override
  public void run(long count) {
    simulation.stopAfter(count);
    simulation.run();
  }

  @Override
  public long fingerprint() {
    return simulation.fingerprint();
  }
}
