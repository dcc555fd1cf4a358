package memwall.core;

/**
 * The cancellable, re-armable form of an event: at most one occurrence is pending. Arming an armed
 * timer moves it; cancelling costs O(1).
 */
public final class Timer {
  private final Simulation simulation;
  private final int handlerId;
  private final Event event;
  private final Handler target;
  private long generation;
  private boolean armed;
  private long duePs;
  private long word;

  Timer(Simulation simulation, String name, Handler target) {
    this.simulation = simulation;
    this.target = target;
    this.event = simulation.event(name, this::fire);
    this.handlerId = 0;
  }

  private void fire(long firedGeneration) {
    if (armed && firedGeneration == generation) {
      armed = false;
      target.fire(word);
    }
  }

  /** Arms or moves the timer; see {@link Event#in}. */
  public void in(long delayPs, long newWord) {
    at(Math.addExact(simulation.nowPs(), delayPs) + handlerId, newWord);
  }

  /** Arms or moves the timer; see {@link Event#at}. */
  public void at(long timePs, long newWord) {
    generation++;
    armed = true;
    duePs = timePs;
    word = newWord;
    event.at(timePs, generation);
  }

  /** Takes the pending occurrence back; does nothing if none is pending. */
  public void cancel() {
    armed = false;
    generation++;
  }

  /** Whether an occurrence is pending. */
  public boolean isArmed() {
    return armed;
  }

  /**
   * The time of the pending occurrence.
   *
   * @throws IllegalStateException if none is pending
   */
  public long duePs() {
    if (!armed) {
      throw new IllegalStateException("timer is not armed");
    }
    return duePs;
  }
}
