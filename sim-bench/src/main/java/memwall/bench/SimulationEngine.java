package memwall.bench;

import memwall.core.Event;
import memwall.core.Handler;
import memwall.core.Simulation;
import memwall.core.Timer;

/** The component workload's engine on {@link Simulation}. */
final class SimulationEngine implements ComponentWorkload.Engine<Event, Timer> {
  private final Simulation simulation = new Simulation(1);

  @Override
  public Event bindEvent(String name, Handler handler) {
    return simulation.event(name, handler);
  }

  @Override
  public Timer bindTimer(String name, Handler handler) {
    return simulation.timer(name, handler);
  }

  @Override
  public void schedule(Event event, long delayPs, long word) {
    event.in(delayPs, word);
  }

  @Override
  public void arm(Timer timer, long delayPs, long word) {
    timer.in(delayPs, word);
  }

  @Override
  public void cancel(Timer timer) {
    timer.cancel();
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
