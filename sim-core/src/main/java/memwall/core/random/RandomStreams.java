package memwall.core.random;

/**
 * One seed, a named stream per component and purpose: adding a component shifts nobody's numbers.
 */
public final class RandomStreams {
  private final long seed;

  /** All streams derive from this seed. */
  public RandomStreams(long seed) {
    this.seed = seed;
  }

  /**
   * The stream of a component and purpose; the same names give the same numbers.
   *
   * @param component path of the component, for example {@code "workload.client3"}
   * @param purpose what the numbers decide, for example {@code "arrivals"}
   */
  public RandomStream stream(String component, String purpose) {
    long hash = seed;
    String name = component + '\n' + purpose;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return new RandomStream(hash);
  }
}
