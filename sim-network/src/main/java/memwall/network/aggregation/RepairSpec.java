package memwall.network.aggregation;

/**
 * What is done about lost messages and failed parts.
 *
 * @param timeoutPs after the end of a message until it is sent again if no acknowledgement came, at
 *     least 1
 * @param retries how often a message is sent again before its link is taken for broken, at least 0
 * @param heartbeatPs period in which nodes and links give signs of life, at least 1
 * @param misses signs that must fail to come until the part is taken for broken, at least 1
 * @param rebuildPs from there to a new tree, at least 0
 * @param remapPs instead of it if a host is replaced by one at the same switch and the rest of the
 *     tree stays, at least 0
 * @param mostRebuilds in an operation; one more and the hosts reduce, or the operation fails
 */
public record RepairSpec(
    long timeoutPs,
    int retries,
    long heartbeatPs,
    int misses,
    long rebuildPs,
    long remapPs,
    int mostRebuilds) {
  /** Checks the ranges given above. */
  public RepairSpec {
    if (timeoutPs < 1
        || retries < 0
        || heartbeatPs < 1
        || misses < 1
        || rebuildPs < 0
        || remapPs < 0
        || mostRebuilds < 0) {
      throw new IllegalArgumentException(
          "timeout "
              + timeoutPs
              + " ps, "
              + retries
              + " retries, heartbeat "
              + heartbeatPs
              + " ps, "
              + misses
              + " misses, rebuild "
              + rebuildPs
              + " ps, remap "
              + remapPs
              + " ps, "
              + mostRebuilds
              + " rebuilds: needs timeout, heartbeat and misses >= 1, the rest >= 0");
    }
  }

  /** When a failure at a time is noticed: as the last of so many signs of life fails to come. */
  long noticedPs(long failedPs) {
    return (failedPs / heartbeatPs + misses) * heartbeatPs;
  }
}
