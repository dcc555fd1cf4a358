package memwall.network.router;

import java.util.ArrayList;
import java.util.List;

/**
 * What fails in a network of routers, and what is done about it.
 *
 * @param timeoutPs from a packet's begin until it is sent again if no acknowledgement came, at
 *     least 1
 * @param retries how often it is sent again before its message is given up, at least 0
 * @param ackPs from a packet's arrival until its sender knows; acknowledgements take no channels
 *     and are not lost
 * @param heartbeatPs period of signs of life of channels, or 0: then failures are suspected when
 *     packets are sent in vain
 * @param misses signs of life that must fail to come, or timeouts of one packet, until a failure is
 *     known, at least 1
 * @param rebuildPs from there until nodes are held back for new routes, at least 0
 * @param faults at given times
 * @param linkSeconds mean time between failures of the channels between two routers, in seconds;
 *     infinite for never
 * @param repairSeconds mean time until they work again
 * @param routerSeconds mean time until a router fails for good
 */
public record FabricFaultSpec(
    long timeoutPs,
    int retries,
    long ackPs,
    long heartbeatPs,
    int misses,
    long rebuildPs,
    List<FabricFault.Timed> faults,
    double linkSeconds,
    double repairSeconds,
    double routerSeconds) {
  /** Channels are not slower than this share of their rate. */
  public static final double LEAST_FACTOR = 0.001;

  /** Nothing fails; packets have 100 us, and are sent seven times again. */
  public static final FabricFaultSpec HEALTHY =
      new FabricFaultSpec(
          100_000_000,
          7,
          0,
          0,
          3,
          0,
          List.of(),
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY);

  /** Checks the ranges given above. */
  public FabricFaultSpec {
    faults = List.copyOf(faults);
    if (timeoutPs < 1 || retries < 0 || ackPs < 0 || heartbeatPs < 0 || misses < 1) {
      throw new IllegalArgumentException(
          "timeout "
              + timeoutPs
              + " ps, "
              + retries
              + " retries, acknowledged after "
              + ackPs
              + " ps, heartbeat "
              + heartbeatPs
              + " ps, "
              + misses
              + " misses: needs a timeout and misses of at least 1, the rest at least 0");
    }
    if (rebuildPs < 0 || !(linkSeconds > 0 && repairSeconds > 0 && routerSeconds > 0)) {
      throw new IllegalArgumentException(
          "new routes after "
              + rebuildPs
              + " ps, links fail after "
              + linkSeconds
              + " s for "
              + repairSeconds
              + " s, routers after "
              + routerSeconds
              + " s: needs at least 0 ps and more than 0 s");
    }
  }

  /** The same with more faults at given times. */
  public FabricFaultSpec with(List<FabricFault.Timed> more) {
    List<FabricFault.Timed> all = new ArrayList<>(faults);
    all.addAll(more);
    return new FabricFaultSpec(
        timeoutPs,
        retries,
        ackPs,
        heartbeatPs,
        misses,
        rebuildPs,
        all,
        linkSeconds,
        repairSeconds,
        routerSeconds);
  }

  /**
   * Checks that what fails is there.
   *
   * @return what is wrong, or an empty text
   */
  public static String misfit(FabricFault fault, FabricSpec fabric) {
    return misfit(fault, fabric.shape().topology());
  }

  static String misfit(FabricFault fault, Topology topology) {
    if (fault instanceof FabricFault.NodeDown down) {
      return node(down.node(), topology);
    }
    if (fault instanceof FabricFault.NodeUp up) {
      return node(up.node(), topology);
    }
    if (fault instanceof FabricFault.RouterDown down) {
      return router(down.router(), topology);
    }
    if (fault instanceof FabricFault.LinkDown down) {
      return link(down.router(), down.other(), topology);
    }
    if (fault instanceof FabricFault.LinkUp up) {
      return link(up.router(), up.other(), topology);
    }
    FabricFault.LinkRate rate = (FabricFault.LinkRate) fault;
    if (!(rate.factor() >= LEAST_FACTOR && rate.factor() <= 1)) {
      return "a rate of " + rate.factor() + " must be from " + LEAST_FACTOR + " to 1";
    }
    return link(rate.router(), rate.other(), topology);
  }

  private static String node(int node, Topology topology) {
    return node >= 0 && node < topology.nodes()
        ? ""
        : "there is no node " + node + ", nodes are 0 to " + (topology.nodes() - 1);
  }

  private static String router(int router, Topology topology) {
    return router >= 0 && router < topology.routers()
        ? ""
        : "there is no router " + router + ", routers are 0 to " + (topology.routers() - 1);
  }

  private static String link(int router, int other, Topology topology) {
    String wrong = router(router, topology) + router(other, topology);
    if (!wrong.isEmpty()) {
      return wrong;
    }
    for (int port = router * topology.radix(); port < (router + 1) * topology.radix(); port++) {
      if (topology.toRouter(port) && topology.peer(port) / topology.radix() == other) {
        return "";
      }
    }
    return "there is no channel between routers " + router + " and " + other;
  }
}
