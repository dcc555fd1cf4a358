package memwall.memory.flash.error;

/**
 * How likely a sense of a page fails, so that the page has to be sensed again. Each sense fails or
 * succeeds by itself; a page whose last retry fails is lost.
 */
public sealed interface SenseErrors permits CleanSenses, RetryTable, BitErrors {

  /**
   * The one number of a block's state that failures depend on, and grow with; it grows with each of
   * its arguments. For {@link BitErrors} it is the raw bit error rate.
   *
   * @param cycles P/E cycles of the block, 0 or more
   * @param hours age of the data at the reference temperature, 0 or more
   * @param reads of the block since it was erased, 0 or more
   */
  double strain(double cycles, double hours, double reads);

  /**
   * Probability that a sense fails if those before it did.
   *
   * @param strain of the block
   * @param sense 0 for the first, up to {@link #maxRetries}
   */
  double failure(double strain, int sense);

  /** How often a page is sensed again at most. */
  int maxRetries();

  /** Whether it matters how old the data are. */
  boolean ages();
}
