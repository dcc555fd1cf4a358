package memwall.workloads.analytic.study;

import memwall.core.config.Config;

/**
 * How far values of a group may be from the published ones.
 *
 * @param name of the group
 * @param measure how deviations are counted
 * @param median most that the median of all deviations, signs left out, may be
 * @param p90 most that their 90th percentile may be
 */
public record GroupLaw(String name, Measure measure, double median, double p90) {
  private static final double MOST = 1000;

  /** How deviations are counted. */
  public enum Measure {
    /** In per cent of the published value. */
    PERCENT,
    /** As differences, times 100 for ratios. */
    POINTS
  }

  static GroupLaw read(Config config) {
    GroupLaw law =
        new GroupLaw(
            config.text("name", "Name of the group"),
            config.choice("measure", Measure.PERCENT, "How deviations are counted"),
            config.number("median", 0, MOST, "Most that the median may be"),
            config.number("p90", 0, MOST, "Most that the 90th percentile may be"));
    config.finish();
    return law;
  }
}
