package memwall.memory.flash.law;

/** Ranges of arguments; the messages say what was given and what is allowed. */
final class Args {
  /** Seconds of a Julian year of 365.25 days. */
  static final double SECONDS_PER_YEAR = 31_557_600;

  /** Hours of a Julian year of 365.25 days. */
  static final double HOURS_PER_YEAR = 8_766;

  private static final double PS_PER_SECOND = 1e12;

  private Args() {}

  /** Above 0 and finite. */
  static double positive(String name, double value) {
    if (value > 0 && value <= Double.MAX_VALUE) {
      return value;
    }
    throw wrong(name, value, "a number above 0");
  }

  /** Above 0. */
  static long positive(String name, long value) {
    if (value > 0) {
      return value;
    }
    throw new IllegalArgumentException(name + " " + value + " must be at least 1");
  }

  /** 0 or more and finite. */
  static double notNegative(String name, double value) {
    if (value >= 0 && value <= Double.MAX_VALUE) {
      return value;
    }
    throw wrong(name, value, "a number from 0");
  }

  /** 0 or more. */
  static long notNegative(String name, long value) {
    if (value >= 0) {
      return value;
    }
    throw new IllegalArgumentException(name + " " + value + " must be at least 0");
  }

  /** From 0 to 1, both allowed. */
  static double probability(String name, double value) {
    if (value >= 0 && value <= 1) {
      return value;
    }
    throw wrong(name, value, "from 0 to 1");
  }

  /** Between 0 and 1, neither allowed. */
  static double inside(String name, double value) {
    if (value > 0 && value < 1) {
      return value;
    }
    throw wrong(name, value, "between 0 and 1");
  }

  static double seconds(long ps) {
    return ps / PS_PER_SECOND;
  }

  private static IllegalArgumentException wrong(String name, double value, String allowed) {
    return new IllegalArgumentException(name + " " + value + " must be " + allowed);
  }
}
