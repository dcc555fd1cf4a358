package memwall.memory.stack;

import java.util.Locale;

/**
 * A stack has reached the temperature at which it stops for good, so that what waits for it will
 * never end. The run has failed: the system cannot be cooled like this.
 */
public final class OverheatedException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final double PICOSECOND = 1e-12;

  /**
   * A memory shuts down.
   *
   * @param path of the stack in the statistics
   * @param atPs when
   */
  public static OverheatedException of(
      String path, StackSpec spec, ThermalGovernor governor, long atPs) {
    return of(path, spec, governor, atPs, "");
  }

  /**
   * A memory shuts down that answers what is under way.
   *
   * @param path of the stack in the statistics
   * @param atPs when
   * @param lost what becomes of the work under way, in words; may be empty
   */
  public static OverheatedException of(
      String path, StackSpec spec, ThermalGovernor governor, long atPs, String lost) {
    int hottest = 0;
    for (int node = 1; node <= spec.logicNode(); node++) {
      if (governor.temperatureCelsius(node) > governor.temperatureCelsius(hottest)) {
        hottest = node;
      }
    }
    return new OverheatedException(
        path, spec.network().name(hottest), governor.temperatureCelsius(hottest), atPs, lost);
  }

  /**
   * A memory shuts down.
   *
   * @param path of the stack in the statistics
   * @param die name of its hottest die
   * @param celsius temperature of that die
   * @param atPs when
   * @param lost what becomes of the work under way, in words; may be empty
   */
  public OverheatedException(String path, String die, double celsius, long atPs, String lost) {
    super(
        String.format(
            Locale.ROOT,
            "%s: %s is at %.1f C after %.6f s and the memory shuts down%s;"
                + " cool it better or move less",
            path,
            die,
            celsius,
            atPs * PICOSECOND,
            lost.isEmpty() ? "" : ", " + lost));
  }
}
