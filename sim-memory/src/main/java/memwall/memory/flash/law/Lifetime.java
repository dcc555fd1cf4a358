package memwall.memory.flash.law;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;

/**
 * How long flash lasts under a rate of writes, all blocks worn alike, and what would have to change
 * for it to last longer. One balance, a year of 365.25 days:
 *
 * <pre>capacity x (cycles - years x (refresh + disturb)) = years x host writes x amplification
 * </pre>
 *
 * where refresh and disturb are P/E cycles a year that periodic rewriting and read disturb use up.
 *
 * @param capacityBytes physical bytes that share the wear, at least 1
 * @param cycleLimit P/E cycles that each block endures, above 0
 * @param writeAmplification bytes programmed per byte of the host, at least 1
 * @param refreshIntervalHours hours after which all data is rewritten, or 0 for never
 * @param disturbCyclesPerYear cycles a year by {@link ReadDisturb#cyclesPerYear}, or 0
 */
public record Lifetime(
    long capacityBytes,
    double cycleLimit,
    double writeAmplification,
    double refreshIntervalHours,
    double disturbCyclesPerYear) {
  private static final double SECONDS_PER_DAY = 86_400;
  private static final int BISECTIONS = 200;

  /** Checks the ranges. */
  public Lifetime {
    Args.positive("capacityBytes", capacityBytes);
    Args.positive("cycleLimit", cycleLimit);
    if (Args.positive("writeAmplification", writeAmplification) < 1) {
      throw new IllegalArgumentException(
          "writeAmplification " + writeAmplification + " must be at least 1");
    }
    Args.notNegative("refreshIntervalHours", refreshIntervalHours);
    Args.notNegative("disturbCyclesPerYear", disturbCyclesPerYear);
  }

  /** P/E cycles a year of rewriting everything at the refresh interval. */
  public double refreshCyclesPerYear() {
    return refreshIntervalHours == 0 ? 0 : Args.HOURS_PER_YEAR / refreshIntervalHours;
  }

  private double idleCyclesPerYear() {
    return refreshCyclesPerYear() + disturbCyclesPerYear;
  }

  private double hostCyclesPerYear(double hostWriteBytesPerSec) {
    return Args.notNegative("hostWriteBytesPerSec", hostWriteBytesPerSec)
        * writeAmplification
        * Args.SECONDS_PER_YEAR
        / capacityBytes;
  }

  /** Years until the cycles are used up; infinite if nothing is ever written. */
  public double years(double hostWriteBytesPerSec) {
    return cycleLimit / (hostCyclesPerYear(hostWriteBytesPerSec) + idleCyclesPerYear());
  }

  /** The rate at which the host may write for so many years; 0 if refresh alone wears more. */
  public double hostWriteBytesPerSec(double years) {
    double left = cycleLimit / Args.positive("years", years) - idleCyclesPerYear();
    return Math.max(0, left) * capacityBytes / (writeAmplification * Args.SECONDS_PER_YEAR);
  }

  /** Full writes of the capacity a day that the host may do for so many years. */
  public double driveWritesPerDay(double years) {
    return hostWriteBytesPerSec(years) * SECONDS_PER_DAY / capacityBytes;
  }

  /**
   * Where the cycles go, as shares of 1; all 0 if nothing wears.
   *
   * @param host pages that the host writes
   * @param cleaning pages that garbage collection moves
   * @param refresh periodic rewriting
   * @param disturb rewriting because of reads
   */
  public record Shares(double host, double cleaning, double refresh, double disturb) {}

  /** Where the cycles go at a rate of writes. */
  public Shares shares(double hostWriteBytesPerSec) {
    double programs = hostCyclesPerYear(hostWriteBytesPerSec);
    double all = programs + idleCyclesPerYear();
    if (all == 0) {
      return new Shares(0, 0, 0, 0);
    }
    double host = programs / writeAmplification;
    return new Shares(
        host / all,
        (programs - host) / all,
        refreshCyclesPerYear() / all,
        disturbCyclesPerYear / all);
  }

  /**
   * What would have to be, all else as it is, to last so many years. Empty: no value of that alone
   * is enough.
   *
   * @param writeAmplification at most, 1 or more
   * @param capacityBytes at least, rounded up, the disturb per block staying as it is
   * @param cycleLimit at least
   * @param hostWriteBytesPerSec at most, above 0
   * @param refreshIntervalHours at least; infinite where no refresh may be
   */
  public record Needed(
      OptionalDouble writeAmplification,
      OptionalLong capacityBytes,
      OptionalDouble cycleLimit,
      OptionalDouble hostWriteBytesPerSec,
      OptionalDouble refreshIntervalHours) {}

  /**
   * What would have to change to last so many years at a rate of writes; where it already lasts
   * longer, how far each could be relaxed.
   *
   * @param hostWriteBytesPerSec above 0
   */
  public Needed needed(double years, double hostWriteBytesPerSec) {
    Args.positive("years", years);
    Args.positive("hostWriteBytesPerSec", hostWriteBytesPerSec);
    double perYear = cycleLimit / years;
    double left = perYear - idleCyclesPerYear();
    double programs = hostCyclesPerYear(hostWriteBytesPerSec);
    double amplification = left * writeAmplification / programs;
    double refresh = perYear - disturbCyclesPerYear - programs;
    return new Needed(
        when(amplification >= 1, amplification),
        left > 0 ? upTo(capacityBytes * programs / left) : OptionalLong.empty(),
        OptionalDouble.of(years * (programs + idleCyclesPerYear())),
        when(left > 0, hostWriteBytesPerSec(years)),
        when(refresh >= 0, Args.HOURS_PER_YEAR / refresh));
  }

  private static OptionalDouble when(boolean reachable, double value) {
    return reachable ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private static OptionalLong upTo(double bytes) {
    return OptionalLong.of((long) StrictMath.ceil(bytes));
  }

  /**
   * The highest fullness (user over physical bytes, see {@link WriteAmplification}) at which this
   * physical capacity lasts so many years at a rate of writes; its {@link #writeAmplification()} is
   * not used. Empty if even an empty device does not.
   *
   * @param law amplification by fullness, rising
   */
  public OptionalDouble neededFullness(
      double years, double hostWriteBytesPerSec, DoubleUnaryOperator law) {
    OptionalDouble most = needed(years, hostWriteBytesPerSec).writeAmplification();
    if (most.isEmpty()) {
      return most;
    }
    return OptionalDouble.of(bisect(fullness -> law.applyAsDouble(fullness) <= most.orElseThrow()));
  }

  /**
   * The physical bytes, over-provisioning included and rounded up, with which so many user bytes
   * last so many years: more spare space spreads the wear and lowers the amplification as well.
   * Neither {@link #capacityBytes()} nor {@link #writeAmplification()} is used. Empty if refresh
   * and disturb alone wear it out before.
   *
   * @param userBytes at least 1
   * @param law amplification by fullness, rising
   */
  public OptionalLong neededPhysicalBytes(
      double years, double hostWriteBytesPerSec, long userBytes, DoubleUnaryOperator law) {
    Args.positive("userBytes", userBytes);
    double left = cycleLimit / Args.positive("years", years) - idleCyclesPerYear();
    if (left <= 0) {
      return OptionalLong.empty();
    }
    double writes = Args.positive("hostWriteBytesPerSec", hostWriteBytesPerSec);
    double scale = writes * Args.SECONDS_PER_YEAR / (left * userBytes);
    return upTo(
        userBytes / bisect(fullness -> fullness * law.applyAsDouble(fullness) * scale <= 1));
  }

  /** Tells whether a fullness will do. */
  private interface Enough {
    boolean holds(double fullness);
  }

  /** The highest fullness for which something holds that holds for all lower ones. */
  private static double bisect(Enough enough) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (enough.holds(middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
