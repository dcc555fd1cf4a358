package memwall.memory.flash.law;

/**
 * How often a page has to be sensed: sense number i (from 0) sees the raw bit error rate times
 * factor^i, since each retry shifts the read voltages closer, and a page that still cannot be
 * corrected after the last retry is lost. Each sense succeeds or fails by itself, so that the
 * probability of at least i retries is the product of the failures before.
 */
public final class RetryLadder {
  /** Probability of at least so many retries; the last is that of a loss. */
  private final double[] atLeast;

  private RetryLadder(double[] atLeast) {
    this.atLeast = atLeast;
  }

  /**
   * The ladder of pages at one bit error rate.
   *
   * @param code of a codeword
   * @param codewordsPerPage all of which have to be corrected, at least 1
   * @param bitErrorRate of the first sense, 0 to 1
   * @param retryFactor by which each retry lowers the rate, 0 to 1
   * @param maxRetries 0 to 1000
   */
  public static RetryLadder of(
      ErrorCorrection code,
      int codewordsPerPage,
      double bitErrorRate,
      double retryFactor,
      int maxRetries) {
    Args.probability("retryFactor", retryFactor);
    double[] failures = new double[checkedRetries(maxRetries) + 1];
    double rate = bitErrorRate;
    for (int i = 0; i <= maxRetries; i++) {
      failures[i] = code.pageFailureProbability(rate, codewordsPerPage);
      rate *= retryFactor;
    }
    return ofFailures(failures);
  }

  /**
   * A ladder whose failures are known, for example from a measured table.
   *
   * @param failureProbabilities of the first sense and of each retry, each 0 to 1
   */
  public static RetryLadder ofFailures(double... failureProbabilities) {
    checkedRetries(failureProbabilities.length - 1);
    double[] atLeast = new double[failureProbabilities.length + 1];
    atLeast[0] = 1;
    for (int i = 0; i < failureProbabilities.length; i++) {
      atLeast[i + 1] = atLeast[i] * Args.probability("failureProbability", failureProbabilities[i]);
    }
    return new RetryLadder(atLeast);
  }

  private static int checkedRetries(int maxRetries) {
    if (maxRetries < 0 || maxRetries > 1000) {
      throw new IllegalArgumentException("maxRetries " + maxRetries + " must be from 0 to 1000");
    }
    return maxRetries;
  }

  /** The most retries. */
  public int maxRetries() {
    return atLeast.length - 2;
  }

  /**
   * The probability of at least so many retries; of one more than {@link #maxRetries}, that the
   * page is lost.
   *
   * @param retries 0 to one more than the most
   */
  public double atLeast(int retries) {
    return atLeast[retries];
  }

  /** The probability that the first sense is not enough. */
  public double retryProbability() {
    return atLeast[1];
  }

  /** The probability that a page is lost after all retries. */
  public double lossProbability() {
    return atLeast[atLeast.length - 1];
  }

  /** The mean number of retries; a lost page has had all of them. */
  public double meanRetries() {
    double sum = 0;
    for (int i = maxRetries(); i > 0; i--) {
      sum += atLeast[i]; // The small ones first.
    }
    return sum;
  }

  /**
   * The fewest retries that so many of all pages do not exceed.
   *
   * @param quantile 0 to 1
   */
  public int quantileRetries(double quantile) {
    Args.probability("quantile", quantile);
    int retries = 0;
    while (retries < maxRetries() && 1 - atLeast[retries + 1] < quantile) {
      retries++;
    }
    return retries;
  }

  /**
   * Mean time of sensing a page, in seconds.
   *
   * @param sensePs of the first sense (tR)
   * @param retryPs of each retry
   */
  public double meanSenseSeconds(long sensePs, long retryPs) {
    return Args.seconds(Args.positive("sensePs", sensePs))
        + meanRetries() * Args.seconds(Args.positive("retryPs", retryPs));
  }

  /** The time of sensing that so many of all pages do not exceed. */
  public long quantileSensePs(double quantile, long sensePs, long retryPs) {
    return Args.positive("sensePs", sensePs)
        + quantileRetries(quantile) * Args.positive("retryPs", retryPs);
  }
}
