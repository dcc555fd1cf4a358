package memwall.memory.flash.error;

import java.util.ArrayList;
import java.util.List;

/**
 * Retries that are distributed as given, for example as measured, whatever the block.
 *
 * @param failures probability that sense number i fails if those before it did, each 0 to 1; 1 to
 *     {@value #MOST_RETRIES} + 1
 */
public record RetryTable(List<Double> failures) implements SenseErrors {
  /** Most retries of a page. */
  public static final int MOST_RETRIES = 1000;

  /** Checks the ranges and copies the list. */
  public RetryTable {
    failures = List.copyOf(failures);
    if (failures.isEmpty() || failures.size() > MOST_RETRIES + 1) {
      throw new IllegalArgumentException(failures.size() + " senses; must be 1 to 1001");
    }
    for (double failure : failures) {
      if (!(failure >= 0 && failure <= 1)) {
        throw new IllegalArgumentException("a probability of " + failure);
      }
    }
  }

  /**
   * From shares of pages.
   *
   * @param shares of the pages with 0, 1, 2, ... retries, 0 or more
   * @param lost share of the pages that are lost after as many retries as the last of those; with
   *     the others it makes more than 0
   */
  public static RetryTable ofShares(List<Double> shares, double lost) {
    // Pages with at least so many retries, the few that have most first.
    List<Double> atLeast = new ArrayList<>();
    double sum = lost;
    atLeast.add(sum);
    for (int i = shares.size() - 1; i >= 0; i--) {
      sum += shares.get(i);
      atLeast.add(0, sum);
    }
    List<Double> failures = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      double before = atLeast.get(i);
      failures.add(before == 0 ? 0 : atLeast.get(i + 1) / before);
    }
    return new RetryTable(failures);
  }

  @Override
  public double strain(double cycles, double hours, double reads) {
    return 0;
  }

  @Override
  public double failure(double strain, int sense) {
    return failures.get(sense);
  }

  @Override
  public int maxRetries() {
    return failures.size() - 1;
  }

  @Override
  public boolean ages() {
    return false;
  }
}
