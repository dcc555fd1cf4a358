package memwall.network.reduce;

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
}
