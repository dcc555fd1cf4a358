package memwall.workloads.trace;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is kept of a trace and how fast it is played. In this order: arrivals are spread, those of a
 * window of time are kept, some of them by chance, the rate is changed, the first are kept.
 *
 * @param jitterPs each arrival is put off by a time drawn evenly from 0 to before this, 0 or more:
 *     for timestamps that are coarse
 * @param fromPs keep arrivals from here on, 0 or more; becomes time 0
 * @param toPs keep arrivals before this, more than {@code fromPs}
 * @param share of the requests that are kept, each by chance, in (0, 1]
 * @param rateNumerator the rate is multiplied by this, 1 to 10^9 ...
 * @param rateDenominator ... and divided by this, 1 to 10^9
 * @param maxRequests keep no more than this many, at least 1
 * @param seed of what is drawn
 */
public record TraceEdit(
    long jitterPs,
    long fromPs,
    long toPs,
    double share,
    long rateNumerator,
    long rateDenominator,
    long maxRequests,
    long seed) {
  /** Keeps everything as it is. */
  public static final TraceEdit NONE =
      new TraceEdit(0, 0, Long.MAX_VALUE, 1, 1, 1, Long.MAX_VALUE, 1);

  private static final long MAX_FACTOR = 1_000_000_000L;
  private static final Pattern FRACTION = Pattern.compile("(\\d{1,10})/(\\d{1,10})");
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,10}(\\.\\d{1,9})?");

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with what is allowed
   */
  public TraceEdit {
    if (maxRequests < 1) {
      throw new IllegalArgumentException(maxRequests + " requests, allowed are 1 or more");
    }
    if (jitterPs < 0 || jitterPs > Request.MAX_ARRIVAL_PS) {
      throw new IllegalArgumentException(
          "a jitter of " + jitterPs + " ps, allowed is 0 to 53 days");
    }
    if (fromPs < 0 || toPs <= fromPs) {
      throw new IllegalArgumentException(
          "a window from " + fromPs + " to " + toPs + " ps, the end must come after the begin");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share of " + share + ", allowed is more than 0 to 1");
    }
    if (rateNumerator < 1
        || rateNumerator > MAX_FACTOR
        || rateDenominator < 1
        || rateDenominator > MAX_FACTOR) {
      throw new IllegalArgumentException(
          "a rate factor of "
              + rateNumerator
              + "/"
              + rateDenominator
              + ", allowed are numbers from 1 to "
              + MAX_FACTOR);
    }
  }

  /** A copy that spreads arrivals. */
  public TraceEdit withJitter(long ps) {
    return new TraceEdit(
        ps, fromPs, toPs, share, rateNumerator, rateDenominator, maxRequests, seed);
  }

  /** A copy with another window. */
  public TraceEdit withWindow(long begin, long end) {
    return new TraceEdit(
        jitterPs, begin, end, share, rateNumerator, rateDenominator, maxRequests, seed);
  }

  /** A copy that keeps another share. */
  public TraceEdit withShare(double kept) {
    return new TraceEdit(
        jitterPs, fromPs, toPs, kept, rateNumerator, rateDenominator, maxRequests, seed);
  }

  /**
   * A copy with another rate.
   *
   * @param factor as {@code A/B}, or a number with up to nine decimals
   * @throws IllegalArgumentException if it is neither
   */
  public TraceEdit withRate(String factor) {
    Matcher fraction = FRACTION.matcher(factor);
    if (fraction.matches()) {
      return withRate(Long.parseLong(fraction.group(1)), Long.parseLong(fraction.group(2)));
    }
    if (!DECIMAL.matcher(factor).matches()) {
      throw new IllegalArgumentException(
          "'" + factor + "' is neither a number nor a fraction A/B of two whole numbers");
    }
    BigDecimal number = new BigDecimal(factor);
    BigInteger above = number.unscaledValue();
    BigInteger below = BigInteger.TEN.pow(number.scale());
    BigInteger both = above.gcd(below);
    return both.signum() == 0
        ? withRate(0, 1)
        : withRate(above.divide(both).longValueExact(), below.divide(both).longValueExact());
  }

  private TraceEdit withRate(long numerator, long denominator) {
    return new TraceEdit(jitterPs, fromPs, toPs, share, numerator, denominator, maxRequests, seed);
  }

  /** A copy that keeps no more than so many requests. */
  public TraceEdit withMost(long requests) {
    return new TraceEdit(
        jitterPs, fromPs, toPs, share, rateNumerator, rateDenominator, requests, seed);
  }

  /** A copy with another seed. */
  public TraceEdit withSeed(long other) {
    return new TraceEdit(
        jitterPs, fromPs, toPs, share, rateNumerator, rateDenominator, maxRequests, other);
  }

  /** Whether arrivals move, so that measured times no longer belong to them. */
  boolean moves() {
    return jitterPs != 0 || fromPs != 0 || rateNumerator != rateDenominator;
  }

  /** Whether anything but the number of requests changes. */
  public boolean changes() {
    return moves() || toPs != Long.MAX_VALUE || share != 1;
  }
}
