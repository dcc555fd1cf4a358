package memwall.core.leap;

/**
 * A component whose behaviour from now on depends only on the state that it describes. If two
 * moments describe the same state and get the same input, what follows is the same; so a repeated
 * period may be jumped over by moving the component forward in time.
 */
public interface Leapable {
  /** Writes everything that its future depends on, times relative to now. */
  void describe(StateSink sink);

  /** Moves every pending instant of the component later by this much. */
  void shift(long deltaPs);
}
