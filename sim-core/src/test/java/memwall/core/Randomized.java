package memwall.core;

import java.util.SplittableRandom;

/**
 * Runs a randomised test over many cases, each from its own seed. The seeds are fixed; a failure
 * prints the one that failed, and {@code -Dmemwall.seed=N} runs that case alone.
 */
public final class Randomized {
  /** System property that names the one seed to run. */
  public static final String SEED_PROPERTY = "memwall.seed";

  private static final long FIRST_SEED = 20_260_104_733L;

  private Randomized() {}

  /** One case of a randomised test. */
  @FunctionalInterface
  public interface Body {
    /**
     * Runs the case; throws if it fails.
     *
     * @param random the only source of randomness of this case
     */
    void run(SplittableRandom random) throws Exception;
  }

  /**
   * Runs a test for so many seeds.
   *
   * @throws AssertionError at the first failure, naming its seed, with the failure as its cause
   */
  public static void check(int cases, Body body) {
    String given = System.getProperty(SEED_PROPERTY);
    if (given != null && !given.isBlank()) {
      run(Long.decode(given.strip()), body);
      return;
    }
    for (int i = 0; i < cases; i++) {
      run(FIRST_SEED + i, body);
    }
  }

  private static void run(long seed, Body body) {
    try {
      body.run(new SplittableRandom(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "failed with seed " + seed + "; run it alone with -D" + SEED_PROPERTY + "=" + seed, e);
    }
  }
}
