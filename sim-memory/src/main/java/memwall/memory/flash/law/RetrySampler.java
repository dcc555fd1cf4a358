package memwall.memory.flash.law;

import memwall.core.random.RandomStream;

/**
 * Draws the retries of pages from a ladder. Page by page with {@link #next}; or, where retries are
 * rare and pages many, with one draw per retried page: {@link #cleanPages} says how many pages come
 * before the next one with a retry (geometric), {@link #nextRetried} its retries. Both give the
 * same distribution. Draws have 53 bits: what is rarer than 10^-16 does not happen. Allocates
 * nothing.
 */
public final class RetrySampler {
  private final RandomStream random;
  private final double[] atLeast;
  private final double logClean;

  /** Draws from a ladder; two samplers may share a stream. */
  public RetrySampler(RetryLadder ladder, RandomStream random) {
    this.random = random;
    this.atLeast = new double[ladder.maxRetries() + 2];
    for (int i = 0; i < atLeast.length; i++) {
      atLeast[i] = ladder.atLeast(i);
    }
    this.logClean = StrictMath.log1p(-ladder.retryProbability());
  }

  /** The retries of a page; one more than the most of the ladder: the page is lost. */
  public int next() {
    return retries(1 - random.nextDouble(), 0);
  }

  /** The retries of a page that has some, at least 1; one more than the most: it is lost. */
  public int nextRetried() {
    if (atLeast[1] == 0) {
      throw new IllegalStateException("no page of this ladder has a retry");
    }
    return retries((1 - random.nextDouble()) * atLeast[1], 1);
  }

  /**
   * How many pages without a retry come before the next one with a retry; {@link Long#MAX_VALUE} if
   * there are none, or more than that.
   */
  public long cleanPages() {
    if (logClean == 0) {
      return Long.MAX_VALUE;
    }
    // P(n or more) = clean^n, inverted; an infinite logarithm makes it 0.
    return (long) (StrictMath.log(1 - random.nextDouble()) / logClean);
  }

  private int retries(double tail, int from) {
    int retries = from;
    while (retries + 1 < atLeast.length && tail <= atLeast[retries + 1]) {
      retries++;
    }
    return retries;
  }
}
