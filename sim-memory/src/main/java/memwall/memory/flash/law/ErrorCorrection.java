package memwall.memory.flash.law;

/**
 * A code that corrects up to so many wrong bits in a codeword. Bits are wrong independently of each
 * other, so their number is binomial; Poisson is the usual approximation (within 5 % above 10^-9).
 *
 * @param codewordBits data and parity, at least 1
 * @param correctableBits t, from 0 to less than the bits
 */
public record ErrorCorrection(int codewordBits, int correctableBits) {
  /** Terms of a sum that are this much less than the sum no longer change it. */
  private static final double NEGLIGIBLE = 1e-18;

  /** Checks the ranges. */
  public ErrorCorrection {
    Args.positive("codewordBits", (long) codewordBits);
    if (correctableBits < 0 || correctableBits >= codewordBits) {
      throw new IllegalArgumentException(
          "correctableBits "
              + correctableBits
              + " must be from 0 to less than codewordBits "
              + codewordBits);
    }
  }

  /**
   * The probability that a codeword cannot be corrected: more than t of its bits are wrong.
   * Relative error below 10^-9 down to 10^-300; what is less may be 0.
   *
   * @param bitErrorRate probability of a wrong bit, 0 to 1
   */
  public double failureProbability(double bitErrorRate) {
    Args.probability("bitErrorRate", bitErrorRate);
    if (bitErrorRate == 0) {
      return 0;
    }
    if (bitErrorRate == 1) {
      return 1;
    }
    double odds = bitErrorRate / (1 - bitErrorRate);
    int n = codewordBits;
    // Sum the tail that does not contain the mean: its terms fall from the first one on.
    if (correctableBits + 1 > n * bitErrorRate) {
      int k = correctableBits + 1;
      double ratioSum = 1;
      double term = 1;
      for (int i = k; i < n && term > NEGLIGIBLE * ratioSum; i++) {
        term *= (double) (n - i) / (i + 1) * odds;
        ratioSum += term;
      }
      return Math.min(1, binomial(k, bitErrorRate) * ratioSum);
    }
    int k = correctableBits;
    double ratioSum = 1;
    double term = 1;
    for (int i = k; i > 0 && term > NEGLIGIBLE * ratioSum; i--) {
      term *= i / ((n - i + 1) * odds);
      ratioSum += term;
    }
    return 1 - Math.min(1, binomial(k, bitErrorRate) * ratioSum);
  }

  private double binomial(int k, double p) {
    int n = codewordBits;
    return StrictMath.exp(
        Special.logFactorial(n)
            - Special.logFactorial(k)
            - Special.logFactorial(n - k)
            + k * StrictMath.log(p)
            + (n - k) * StrictMath.log1p(-p));
  }

  /** The same probability by the approximation of Poisson. */
  public double failureByPoisson(double bitErrorRate) {
    double mean = codewordBits * Args.probability("bitErrorRate", bitErrorRate);
    if (mean == 0) {
      return 0;
    }
    if (correctableBits + 1 > mean) {
      int k = correctableBits + 1;
      double ratioSum = 1;
      double term = 1;
      for (int i = k + 1; term > NEGLIGIBLE * ratioSum; i++) {
        term *= mean / i;
        ratioSum += term;
      }
      return Math.min(1, poisson(k, mean) * ratioSum);
    }
    int k = correctableBits;
    double ratioSum = 1;
    double term = 1;
    for (int i = k; i > 0 && term > NEGLIGIBLE * ratioSum; i--) {
      term *= i / mean;
      ratioSum += term;
    }
    return 1 - Math.min(1, poisson(k, mean) * ratioSum);
  }

  private static double poisson(int k, double mean) {
    return StrictMath.exp(k * StrictMath.log(mean) - mean - Special.logFactorial(k));
  }

  /**
   * The probability that at least one codeword of a page cannot be corrected.
   *
   * @param codewordsPerPage at least 1
   */
  public double pageFailureProbability(double bitErrorRate, int codewordsPerPage) {
    Args.positive("codewordsPerPage", (long) codewordsPerPage);
    double one = failureProbability(bitErrorRate);
    // 1 - (1 - p)^n without losing a small p.
    return codewordsPerPage == 1
        ? one
        : -StrictMath.expm1(codewordsPerPage * StrictMath.log1p(-one));
  }

  /**
   * The highest bit error rate at which a codeword fails at most so often, by bisection.
   *
   * @param failureProbability between 0 and 1
   */
  public double bitErrorRateFor(double failureProbability) {
    Args.inside("failureProbability", failureProbability);
    double low = 0;
    double high = 1;
    while (true) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        return low;
      }
      if (failureProbability(middle) <= failureProbability) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }
}
