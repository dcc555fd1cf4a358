package memwall.core;

/** What happens when an event fires. Bound once, at construction, usually as a method reference. */
@FunctionalInterface
public interface Handler {
  /**
   * Called at the event's time.
   *
   * @param word the value given when the event was scheduled
   */
  void fire(long word);
}
