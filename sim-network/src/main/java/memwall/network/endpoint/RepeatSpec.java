package memwall.network.endpoint;

import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * How often the same is done, one operation after the other.
 *
 * @param count operations, 1 to {@link #MOST}
 * @param gapPs from the end of one on all ranks to the beginning of the next, 0 or more
 */
public record RepeatSpec(int count, long gapPs) {
  /** Most operations. */
  public static final int MOST = 1_000_000;

  /** One operation. */
  public static final RepeatSpec ONCE = new RepeatSpec(1, 0);

  /** Checks the ranges given above. */
  public RepeatSpec {
    if (count < 1 || count > MOST || gapPs < 0) {
      throw new IllegalArgumentException(
          count + " operations, " + gapPs + " ps apart: allowed are 1 to " + MOST + ", 0 or more");
    }
  }

  /** Reads a section {@code repeat}; faults are recorded there. */
  public static RepeatSpec read(Config config) {
    RepeatSpec spec =
        new RepeatSpec(
            (int) config.integer("count", 1, MOST, "Operations, one after the other"),
            config.quantity("gap", Dimension.TIME, "0 ps", "From an end to the next beginning"));
    config.finish();
    return spec;
  }
}
