package memwall.core;

/**
 * The cancellable, re-armable form of an event: at most one occurrence is pending. Arming an armed
 * timer moves it, and counts as scheduling it anew; arming and cancelling cost O(1) and allocate
 * nothing.
 *
 * <p>Cancelling, and arming for later than the timer was armed before, do not touch the queue of
 * events: the timer only notes when it is due. Its entry in the queue comes up at the earlier time
 * and is added again if the timer is armed then. So a timeout that is armed and cancelled many
 * times before it would be due costs about one entry per timeout's length.
 */
public final class Timer {
  /** {@link #duePs} of a timer that is not armed. */
  static final long NOT_ARMED = -1;

  /** {@link #entryPs} of a timer without entry: nothing is due later. */
  static final long NO_ENTRY = Long.MAX_VALUE;

  private final Simulation simulation;

  // The rest belongs to the simulation. It lies here, because then arming and cancelling touch one
  // place in memory.

  /** When the pending occurrence is due, or {@link #NOT_ARMED}. */
  long duePs = NOT_ARMED;

  /** The word of the pending occurrence. */
  long word;

  /** The order of scheduling of the pending occurrence, as in {@link EntryId}. */
  long order;

  /**
   * The id of this timer's entry in the ladder; entries with another one are orphans. Holds the
   * number of the handler always.
   */
  long entryId;

  /** The time of this timer's entry, or {@link #NO_ENTRY}; not after {@link #duePs} if armed. */
  long entryPs = NO_ENTRY;

  Timer(Simulation simulation, int handlerId) {
    this.simulation = simulation;
    this.entryId = EntryId.TIMER | handlerId;
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
    simulation.armIn(this, delayPs, word);
  }

  /**
   * Arms or moves the timer to an absolute time.
   *
   * @param timePs picoseconds of simulated time, not before now
   * @param word passed to the handler
   * @throws IllegalArgumentException if the time lies in the past
   */
  public void at(long timePs, long word) {
    simulation.armAt(this, timePs, word);
  }

  /** Takes the pending occurrence back; does nothing if none is pending. */
  public void cancel() {
    simulation.disarm(this);
  }

  /** Whether an occurrence is pending; no longer inside the handler that it called. */
  public boolean isArmed() {
    return duePs != NOT_ARMED;
  }

  /**
   * The time of the pending occurrence.
   *
   * @throws IllegalStateException if none is pending
   */
  public long duePs() {
    if (!isArmed()) {
      throw new IllegalStateException(
          "timer '" + simulation.name(EntryId.handler(entryId)) + "' is not armed");
    }
    return duePs;
  }
}
