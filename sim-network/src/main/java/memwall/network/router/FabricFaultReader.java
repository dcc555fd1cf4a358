package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/** Reads what fails in a network of routers. */
public final class FabricFaultReader {
  private static final int MOST_TIMES = 1 << 20;
  private static final int MOST_PARTS = 1 << 26;

  private FabricFaultReader() {}

  /** What happens. */
  private enum What {
    LINK_DOWN,
    LINK_UP,
    LINK_RATE,
    NODE_DOWN,
    NODE_UP,
    ROUTER_DOWN
  }

  /**
   * Reads a section {@code faults}; faults of the text are recorded there.
   *
   * @param isPlaceholder whether the network could not be read: then nothing is compared with it
   */
  public static FabricFaultSpec read(Config config, FabricSpec fabric, boolean isPlaceholder) {
    long timeoutPs =
        config.quantity("timeout", Dimension.TIME, "100 us", "Until a packet is sent again");
    if (timeoutPs < 1) {
      config.fault("timeout", "must be more than 0");
      timeoutPs = 1;
    }
    int retries = (int) config.integer("retries", 0, MOST_TIMES, 7, "How often it is sent again");
    long ackPs = config.quantity("ack", Dimension.TIME, "0 ps", "Until a sender knows");
    long heartbeatPs =
        config.quantity("heartbeat", Dimension.TIME, "0 ps", "Period of signs of life; 0: none");
    int misses =
        (int) config.integer("misses", 1, MOST_TIMES, 3, "Signs or timeouts that mean a failure");
    long rebuildPs =
        config.quantity("rebuild", Dimension.TIME, "0 ps", "From a failure known to new ways");
    Topology topology = fabric.shape().topology();
    List<FabricFault.Timed> faults = new ArrayList<>();
    for (Config one : config.sections("given", "What happens at given times")) {
      long atPs = one.quantity("at", Dimension.TIME, "When");
      What what = one.choice("what", What.class, "What happens");
      FabricFault fault = fault(one, what);
      one.finish();
      String wrong = FabricFaultSpec.misfit(fault, topology);
      if (wrong.isEmpty()) {
        faults.add(new FabricFault.Timed(atPs, fault));
      } else if (!isPlaceholder) {
        boolean ofNode = what == What.NODE_DOWN || what == What.NODE_UP;
        one.fault(ofNode ? "node" : "router", wrong);
      }
    }
    double[] seconds = {
      Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY
    };
    config
        .optionalSection("random", "What fails by chance; mean times, exponential")
        .ifPresent(
            part -> {
              seconds[0] = seconds(part, "links", "Until a link fails");
              seconds[1] = seconds(part, "repair", "Until it works again; missing: never");
              seconds[2] = seconds(part, "routers", "Until a router fails for good");
              part.finish();
            });
    config.finish();
    return new FabricFaultSpec(
        timeoutPs,
        retries,
        ackPs,
        heartbeatPs,
        misses,
        rebuildPs,
        faults,
        seconds[0],
        seconds[1],
        seconds[2]);
  }

  private static FabricFault fault(Config one, What what) {
    one.variesBy("what");
    return switch (what) {
      case LINK_DOWN -> new FabricFault.LinkDown(router(one), other(one));
      case LINK_UP -> new FabricFault.LinkUp(router(one), other(one));
      case LINK_RATE ->
          new FabricFault.LinkRate(
              router(one),
              other(one),
              one.number("factor", FabricFaultSpec.LEAST_FACTOR, 1, "Share of the full rate"));
      case NODE_DOWN -> new FabricFault.NodeDown(node(one));
      case NODE_UP -> new FabricFault.NodeUp(node(one));
      case ROUTER_DOWN -> new FabricFault.RouterDown(router(one));
    };
  }

  private static int router(Config one) {
    return (int) one.integer("router", 0, MOST_PARTS, "The router, or that at one end");
  }

  private static int other(Config one) {
    return (int) one.integer("to", 0, MOST_PARTS, "The router at the other end");
  }

  private static int node(Config one) {
    return (int) one.integer("node", 0, MOST_PARTS, "The node");
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
