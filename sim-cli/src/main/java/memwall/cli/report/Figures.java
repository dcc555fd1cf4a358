package memwall.cli.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers for readers: three significant digits, a unit that fits, no locale. */
final class Figures {
  private static final MathContext THREE = new MathContext(3, RoundingMode.HALF_EVEN);
  private static final String[] TIME_UNITS = {"ps", "ns", "µs", "ms", "s"};
  private static final String[] LARGE = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] SMALL = {"", "m", "µ", "n", "p"};

  /** What is shown where there is no value. */
  static final String NONE = "–";

  private Figures() {}

  /** A count with separators: {@code 19,366}. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A time given in milliseconds; {@link #NONE} if it is not finite. */
  static String milliseconds(double ms) {
    return duration(ms * 1e9);
  }

  /** A time given in ps: {@code 312 ms}, {@code 2.34 s}, {@code 1 h 2 min}. */
  static String duration(double ps) {
    if (!Double.isFinite(ps)) {
      return NONE;
    }
    double seconds = ps / 1e12;
    if (seconds >= 59.95) {
      return longDuration(seconds);
    }
    double value = ps;
    int unit = 0;
    while (unit < TIME_UNITS.length - 1 && round(value) >= 1000) {
      value /= 1000;
      unit++;
    }
    return digits(value) + ' ' + TIME_UNITS[unit];
  }

  /** A time given in ps, as a count. */
  static String duration(long ps) {
    return duration((double) ps);
  }

  private static String longDuration(double seconds) {
    if (seconds >= 86_400 * 1000.0) {
      return digits(seconds / (365.25 * 86_400)) + " years";
    }
    long whole = Math.round(seconds);
    long days = whole / 86_400;
    long hours = whole / 3600 % 24;
    long minutes = whole / 60 % 60;
    long rest = whole % 60;
    if (days > 0) {
      return pair(days, "d", hours, "h");
    }
    return hours > 0 ? pair(hours, "h", minutes, "min") : pair(minutes, "min", rest, "s");
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    String first = large + " " + largeUnit;
    return small == 0 ? first : first + ' ' + small + ' ' + smallUnit;
  }

  /** An amount with a decimal prefix: {@code 1.23 TB}; {@link #NONE} if it is not finite. */
  static String amount(double value, String unit) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (value == 0) {
      return "0 " + unit;
    }
    double scaled = Math.abs(value);
    int prefix = 0;
    while (prefix < LARGE.length - 1 && round(scaled) >= 1000) {
      scaled /= 1000;
      prefix++;
    }
    if (prefix > 0) {
      return sign(value) + digits(scaled) + ' ' + LARGE[prefix] + unit;
    }
    int small = 0;
    while (small < SMALL.length - 1 && round(scaled) < 1) {
      scaled *= 1000;
      small++;
    }
    return sign(value) + digits(scaled) + ' ' + SMALL[small] + unit;
  }

  /** Bytes with a decimal prefix. A whole number below 1000 is shown as it is. */
  static String bytes(double bytes) {
    return bytes < 999.5 && bytes == Math.rint(bytes) ? (long) bytes + " B" : amount(bytes, "B");
  }

  /** Bytes with a decimal prefix. */
  static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  /** An amount of a unit as named in the summary: {@code bytes} or {@code FLOP}. */
  static String ofUnit(double value, String unit) {
    return unit.equals("bytes") ? bytes(value) : amount(value, unit);
  }

  /** A plain number: three significant digits below 1000, whole with separators above. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (Math.abs(value) >= 1e15) {
      return CsvFiles.number(round(value));
    }
    return Math.abs(value) >= 999.5 ? count(Math.round(value)) : digits(value);
  }

  /** A share in percent, one digit after the point; {@link #NONE} if it is not finite. */
  static String percent(double share) {
    if (!Double.isFinite(share)) {
      return NONE;
    }
    if (share > 0 && share < 0.0005) {
      return "< 0.1 %";
    }
    if (share < 1 && share >= 0.9995) {
      return "> 99.9 %";
    }
    return share == 0 || share == 1
        ? Math.round(share * 100) + " %"
        : String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  /** Three significant digits without an exponent. */
  static String digits(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(THREE);
    if (rounded.scale() > 0 && rounded.precision() < 3) {
      rounded =
          rounded.setScale(rounded.scale() + 3 - rounded.precision(), RoundingMode.UNNECESSARY);
    }
    return rounded.scale() < 0
        ? rounded.setScale(0, RoundingMode.UNNECESSARY).toPlainString()
        : rounded.toPlainString();
  }

  private static String sign(double value) {
    return value < 0 ? "-" : "";
  }

  private static double round(double value) {
    return new BigDecimal(value).round(THREE).doubleValue();
  }
}
