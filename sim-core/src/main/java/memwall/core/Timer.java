package memwall.core;

/**
 * The cancellable, re-armable form of an event: at most one occurrence is pending. Arming an armed
 * timer moves it, and counts as scheduling it anew; arming and cancelling cost O(1) and allocate
 * nothing. The occurrences taken back stay in the queue as dead entries; the simulation sweeps them
 * out before they outnumber the living.
 */
public final class Timer {
  private final Simulation simulation;
  private final int handlerId;

  /** When the pending occurrence is due; means nothing while none is pending. */
  private long duePs;

  Timer(Simulation simulation, int handlerId) {
    this.simulation = simulation;
    this.handlerId = handlerId;
  }

  /**
   * Arms or moves the timer.
   *
   * @param delayPs picoseconds from now, 0 or more; 0 fires after everything already scheduled for
   *     this instant
   * @param word passed to the handler
   * @throws IllegalArgumentException if the delay is negative
   * @throws ArithmeticException if the time exceeds {@link Long#MAX_VALUE} ps
   */
  public void in(long delayPs, long word) {
    duePs = simulation.armIn(delayPs, handlerId, word);
  }

  /**
   * Arms or moves the timer to an absolute time.
   *
   * @param timePs picoseconds of simulated time, not before now
   * @param word passed to the handler
   * @throws IllegalArgumentException if the time lies in the past
   */
  public void at(long timePs, long word) {
    simulation.armAt(timePs, handlerId, word);
    duePs = timePs;
  }

  /** Takes the pending occurrence back; does nothing if none is pending. */
  public void cancel() {
    simulation.disarm(handlerId);
  }

  /** Whether an occurrence is pending; no longer inside the handler that it called. */
  public boolean isArmed() {
    return simulation.isArmed(handlerId);
  }

  /**
   * The time of the pending occurrence.
   *
   * @throws IllegalStateException if none is pending
   */
  public long duePs() {
    if (!isArmed()) {
      throw new IllegalStateException("timer '" + simulation.name(handlerId) + "' is not armed");
    }
    return duePs;
  }
}
