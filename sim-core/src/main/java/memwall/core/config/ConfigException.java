package memwall.core.config;

import java.util.List;

/**
 * Everything that is wrong with a configuration, found in one pass. Each fault names the place,
 * what was given and what is allowed.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> faults;

  /** One line per fault, in order of place. */
  public ConfigException(List<String> faults) {
    super(String.join("\n", faults));
    this.faults = List.copyOf(faults);
  }

  /** One line per fault. */
  public List<String> faults() {
    return faults;
  }
}
