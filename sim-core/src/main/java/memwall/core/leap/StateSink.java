package memwall.core.leap;

/**
 * Takes a component's canonical state, field by field, always in the same order. Times are given
 * relative to now, so that two moments with the same future have the same state.
 */
public interface StateSink {
  /** Adds one field. */
  void put(long value);
}
