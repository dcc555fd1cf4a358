package memwall.workloads.trace;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Decimal numbers of seconds as whole picoseconds: no binary fraction in between. */
final class Decimals {
  private static final int MOST_CHARS = 40;
  private static final int MOST_SCALE = 60;
  private static final int PS_DIGITS = 12;
  private static final int NS_DIGITS = 9;
  private static final long PS_PER_NS = 1_000;
  private static final BigDecimal MOST_NS =
      BigDecimal.valueOf(Request.MAX_ARRIVAL_PS).movePointLeft(PS_DIGITS - NS_DIGITS);

  /** What {@link #secondsPs} gives for what is no time. */
  static final long NONE = -1;

  private Decimals() {}

  /** Seconds, rounded half up to the nanosecond, as picoseconds; NONE for anything else. */
  static long secondsPs(String text) {
    if (text.isEmpty() || text.length() > MOST_CHARS) {
      return NONE;
    }
    try {
      return secondsPs(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return NONE;
    }
  }

  /** The same of a number; NONE if it is negative or later than requests may be. */
  static long secondsPs(BigDecimal seconds) {
    if (seconds.signum() < 0 || seconds.scale() > MOST_SCALE || seconds.scale() < -MOST_SCALE) {
      return NONE;
    }
    BigDecimal ns = seconds.movePointRight(NS_DIGITS).setScale(0, RoundingMode.HALF_UP);
    return ns.compareTo(MOST_NS) > 0 ? NONE : ns.longValueExact() * PS_PER_NS;
  }
}
