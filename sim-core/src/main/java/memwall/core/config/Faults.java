package memwall.core.config;

import java.util.ArrayList;
import java.util.List;

/** Collects the faults of one configuration, so that all are reported in one pass. */
public final class Faults {
  private final List<String> faults = new ArrayList<>();

  /** Creates an empty collection. */
  public Faults() {}

  /** Adds a fault: {@code place: what was given, what is allowed}. */
  public void add(String fault) {
    faults.add(fault);
  }

  /** Whether nothing is wrong so far. */
  public boolean isEmpty() {
    return faults.isEmpty();
  }

  /**
   * Ends the pass.
   *
   * @throws ConfigException if any fault was added
   */
  public void throwIfAny() {
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }
}
