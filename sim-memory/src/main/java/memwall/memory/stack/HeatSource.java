package memwall.memory.stack;

/**
 * Something that turns energy into heat while it works and can say how much so far. It counts
 * integers (bytes, commands) while running and multiplies by their costs only when asked.
 */
@FunctionalInterface
public interface HeatSource {
  /**
   * Adds the energy that became heat from the start of the simulation to the time that was told
   * last by {@link ThermalGovernor.Listener#due}; a source that counts at once may add all of it up
   * to now.
   *
   * @param joules by node of {@link StackSpec#network}: memory layers from the logic die on, logic
   *     die, lid
   */
  void addJoules(double[] joules);

  /** As {@link #addJoules}, up to now; for statistics. */
  default void addJoulesNow(double[] joules) {
    addJoules(joules);
  }
}
