package memwall.workloads.execution;

import java.util.function.UnaryOperator;
import memwall.core.leap.StateSink;

/**
 * Whether ranks of a folded machine jump over repeats. Only tests ask for anything but {@link #ON}:
 * they compare with and without, and spoil the states to see that every field matters.
 *
 * @param enabled whether repeats are jumped over
 * @param filter what the states pass through before they are compared, applied once per state
 */
record Leaping(boolean enabled, UnaryOperator<StateSink> filter) {
  /** Jumps, and compares whole states. */
  static final Leaping ON = new Leaping(true, UnaryOperator.identity());

  /** Simulates every repeat. */
  static final Leaping OFF = new Leaping(false, UnaryOperator.identity());
}
