package memwall.memory.flash.error;

import memwall.memory.flash.law.ErrorCorrection;
import memwall.memory.flash.law.RawBitErrors;

/**
 * Retries that follow from raw bit errors: a sense fails if a codeword has more wrong bits than its
 * code corrects, and each retry lowers the bit error rate, since it shifts the read voltages closer
 * (see {@link memwall.memory.flash.law.RetryLadder}).
 *
 * @param rate by wear, age and reads
 * @param code of a codeword
 * @param codewordsPerPage all of which have to be corrected, 1 or more
 * @param retryFactor by which each retry lowers the rate, 0 to 1
 * @param maxRetries 0 to {@value RetryTable#MOST_RETRIES}
 */
public record BitErrors(
    RawBitErrors rate,
    ErrorCorrection code,
    int codewordsPerPage,
    double retryFactor,
    int maxRetries)
    implements SenseErrors {

  /** Checks the ranges. */
  public BitErrors {
    if (codewordsPerPage < 1 || maxRetries < 0 || maxRetries > RetryTable.MOST_RETRIES) {
      throw new IllegalArgumentException(
          codewordsPerPage + " codewords and " + maxRetries + " retries of a page");
    }
    if (!(retryFactor >= 0 && retryFactor <= 1)) {
      throw new IllegalArgumentException("a retry factor of " + retryFactor);
    }
  }

  @Override
  public double strain(double cycles, double hours, double reads) {
    return rate.rate(cycles, hours, reads);
  }

  @Override
  public double failure(double strain, int sense) {
    double lowered = strain;
    for (int i = 0; i < sense; i++) {
      lowered *= retryFactor;
    }
    return code.pageFailureProbability(lowered, codewordsPerPage);
  }

  @Override
  public boolean ages() {
    return rate.ageFactor() > 0;
  }
}
