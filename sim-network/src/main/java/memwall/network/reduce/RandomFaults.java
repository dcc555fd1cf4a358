package memwall.network.reduce;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * Failures by chance: each part fails after an exponentially distributed time.
 *
 * @param linkSeconds mean time between failures of a link, in seconds; infinite for never
 * @param repairSeconds mean time until it works again, exponential; infinite for never
 * @param switchSeconds mean time until a switch fails for good
 * @param hostSeconds mean time until a host fails for good
 */
public record RandomFaults(
    double linkSeconds, double repairSeconds, double switchSeconds, double hostSeconds) {
  /** Nothing fails by chance. */
  public static final RandomFaults NONE =
      new RandomFaults(
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY);

  /** What comes later than this never comes. */
  static final long MOST_PS = 1L << 60;

  /** Checks that times are more than 0. */
  public RandomFaults {
    if (!(linkSeconds > 0 && repairSeconds > 0 && switchSeconds > 0 && hostSeconds > 0)) {
      throw new IllegalArgumentException(
          "links fail after "
              + linkSeconds
              + " s, are repaired after "
              + repairSeconds
              + " s, switches fail after "
              + switchSeconds
              + " s, hosts after "
              + hostSeconds
              + " s: must be more than 0");
    }
  }

  /** Reads a section {@code random_faults}; faults are recorded there. */
  public static RandomFaults read(Config part) {
    RandomFaults faults =
        new RandomFaults(
            seconds(part, "links", "Mean time between failures of a link"),
            seconds(part, "repair", "Mean time until it works again"),
            seconds(part, "switches", "Mean time until a switch fails for good"),
            seconds(part, "hosts", "Mean time until a host fails for good"));
    part.finish();
    return faults;
  }

  /** A mean time; infinite if it is missing. */
  private static double seconds(Config part, String key, String sentence) {
    if (!part.has(key)) {
      return Double.POSITIVE_INFINITY;
    }
    double seconds = part.reportQuantity(key, Dimension.MEAN_TIME, sentence);
    if (!(seconds > 0)) {
      part.fault(key, "must be more than 0");
      return Double.POSITIVE_INFINITY;
    }
    return seconds;
  }
}
