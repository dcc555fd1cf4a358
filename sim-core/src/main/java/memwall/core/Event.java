package memwall.core;

/** A kind of event: a handler bound once, of which any number of occurrences can be scheduled. */
public final class Event {
  private final Simulation simulation;
  private final int handlerId;

  Event(Simulation simulation, int handlerId) {
    this.simulation = simulation;
    this.handlerId = handlerId;
  }

  /**
   * Schedules an occurrence.
   *
   * @param delayPs picoseconds from now, 0 or more; 0 fires after everything already scheduled for
   *     this instant
   * @param word passed to the handler
   * @throws IllegalArgumentException if the delay is negative
   * @throws ArithmeticException if the time exceeds {@link Long#MAX_VALUE} ps
   */
  public void in(long delayPs, long word) {
    simulation.scheduleIn(delayPs, handlerId, word);
  }

  /**
   * Schedules an occurrence at an absolute time.
   *
   * @param timePs picoseconds of simulated time, not before now
   * @param word passed to the handler
   * @throws IllegalArgumentException if the time lies in the past
   */
  public void at(long timePs, long word) {
    simulation.scheduleAt(timePs, handlerId, word);
  }
}
