package memwall.core.random;

/**
 * One seed, a named stream per component and purpose: adding a component shifts nobody's numbers.
 */
public final class RandomStreams {
  /** The golden ratio as an odd 64-bit fraction, the step of SplitMix64. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;

  /** All streams derive from this seed. */
  public RandomStreams(long seed) {
    this.seed = seed;
  }

  /**
   * A new stream of a component and purpose, from its beginning; the same seed and names give the
   * same numbers, any other seed or name unrelated ones.
   *
   * @param component path of the component, for example {@code "workload.client3"}
   * @param purpose what the numbers decide, for example {@code "arrivals"}
   */
  public RandomStream stream(String component, String purpose) {
    // Two hashes of 64 bits side by side; the lengths keep ("ab", "c") and ("a", "bc") apart.
    long a = absorb(absorb(mix(seed), component), purpose);
    long b = absorb(absorb(mix(~seed), component), purpose);
    return new RandomStream(mix(a + GOLDEN), mix(b + GOLDEN), mix(a - GOLDEN), mix(b - GOLDEN));
  }

  private static long absorb(long start, String text) {
    long hash = mix(start + text.length());
    for (int i = 0; i < text.length(); i++) {
      hash = mix((hash + GOLDEN) ^ text.charAt(i));
    }
    return hash;
  }

  /** Finaliser of SplitMix64 (Stafford's variant 13): a bijection that spreads every bit. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
