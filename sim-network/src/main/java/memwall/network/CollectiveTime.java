package memwall.network;

/** How long a collective of a group, or a message, takes on an unloaded network, in closed form. */
public interface CollectiveTime {
  /**
   * Time from the call, at one instant on all ranks, until the last rank has the result.
   *
   * @param bytes of the vector or message, 0 or more
   * @return picoseconds; 0 in a group of one rank
   */
  long latencyPs(long bytes);
}
