package memwall.memory;

/**
 * How a number of access units is spread over identical lanes (channels or stacks): evenly, the
 * first lanes taking one more each. So lane 0 always carries the most, is never idle while another
 * works, and is the last to finish: it can stand for all.
 */
public final class Striping {
  private Striping() {}

  /** Units that a lane carries. */
  public static long unitsOfLane(long units, int lane, int lanes) {
    return units / lanes + (lane < units % lanes ? 1 : 0);
  }
}
