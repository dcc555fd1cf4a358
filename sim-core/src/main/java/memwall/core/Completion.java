package memwall.core;

/** Called once, when an operation completes. */
@FunctionalInterface
public interface Completion {
  /**
   * Called at the simulated time of completion.
   *
   * @param word the value given when the operation was submitted
   */
  void complete(long word);
}
