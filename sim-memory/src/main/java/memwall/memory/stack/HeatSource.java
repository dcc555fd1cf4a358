package memwall.memory.stack;

/**
 * Something that turns energy into heat while it works and can say how much so far. It counts
 * integers (bytes, commands) while running and multiplies by their costs only when asked.
 */
@FunctionalInterface
public interface HeatSource {
  /**
   * Adds the energy that became heat since the start of the simulation.
   *
   * @param joules by node of {@link StackSpec#network}: memory layers from the logic die on, logic
   *     die, lid
   */
  void addJoules(double[] joules);
}
