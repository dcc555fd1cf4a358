package memwall.network;

/** How long an all-reduce of a group takes on an unloaded network, in closed form. */
public interface AllReduceTime {
  /**
   * Time from the call, at one instant on all ranks, until the last rank has the result.
   *
   * @param bytes of the vector, 0 or more
   * @return picoseconds; 0 in a group of one rank
   */
  long latencyPs(long bytes);
}
