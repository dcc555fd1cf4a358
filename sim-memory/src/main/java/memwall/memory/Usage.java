package memwall.memory;

import java.util.Locale;

/** What a region of memory holds; decides where in a device it lies and how traffic is counted. */
public enum Usage {
  /** Model weights: read every step, written once. */
  WEIGHTS,
  /** Key-value cache: read every decode step, appended to by every token. */
  KV,
  /** Activations: short-lived intermediate results. */
  ACTIVATIONS;

  /** Lower-case name for statistics and YAML. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
