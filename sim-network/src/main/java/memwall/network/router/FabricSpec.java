package memwall.network.router;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Dimension;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.random.RandomStream;
import org.jspecify.annotations.Nullable;

/**
 * A network of routers as data.
 *
 * @param name of the preset or file
 * @param shape what is joined to what, and the way packets take
 * @param router virtual channels and buffers
 * @param cyclePs length of a cycle, at least 1
 * @param flitBytes bytes of a flit, at least 1
 */
public record FabricSpec(
    String name, FabricShape shape, RouterSpec router, long cyclePs, long flitBytes) {
  /** Kind of presets. */
  public static final String KIND = "fabric";

  /** Most places in the buffers of all ports together. */
  public static final long MAX_PLACES = 1L << 28;

  /** Checks the ranges given above. */
  public FabricSpec {
    if (cyclePs < 1 || flitBytes < 1) {
      throw new IllegalArgumentException(
          "cycle " + cyclePs + " ps, flit " + flitBytes + " B: needs at least 1 of each");
    }
  }

  /**
   * Reads a preset of kind {@link #KIND}. Faults are recorded in the configuration; the result is
   * only meaningful if there are none.
   */
  public static FabricSpec read(Config config) {
    String name = config.text("name", "Name in reports");
    long cyclePs = config.quantity("cycle", Dimension.TIME, "Length of a router's cycle");
    if (cyclePs < 1) {
      config.fault("cycle", "must be at least 1 ps");
      cyclePs = 1;
    }
    long flitBytes = config.quantity("flit", Dimension.SIZE, "Bytes that a channel takes a cycle");
    if (flitBytes < 1) {
      config.fault("flit", "must be at least 1 B");
      flitBytes = 1;
    }
    FabricShape shape = FabricShape.read(config.section("topology", "What is joined to what"));
    Config part = config.section("router", "What all routers have in common");
    RouterSpec router =
        new RouterSpec(
            (int)
                part.integer(
                    "virtual_channels", 1, RouterSpec.MAX_CHANNELS, "Virtual channels of a port"),
            (int)
                part.integer(
                    "buffer_flits",
                    1,
                    RouterSpec.MAX_BUFFER_FLITS,
                    "Flits that the buffer of a virtual channel holds"),
            part.bool("hold_switch", false, "Whether a packet keeps its way through the switch"));
    int least = shape.leastChannels();
    if (router.channels() < least && !part.isPlaceholder("virtual_channels")) {
      part.fault(
          "virtual_channels",
          "must be at least "
              + least
              + " for this topology and routing, given are "
              + router.channels());
      router = new RouterSpec(least, router.bufferFlits(), router.holdSwitch());
    }
    long ports = ports(shape, config);
    if (Lanes.places(ports, router) > MAX_PLACES && !part.isPlaceholder("buffer_flits")) {
      part.fault(
          "buffer_flits",
          ports
              + " ports of "
              + router.channels()
              + " virtual channels of "
              + router.bufferFlits()
              + " flits need "
              + Lanes.places(ports, router)
              + " places, more than "
              + MAX_PLACES);
      router = new RouterSpec(router.channels(), 1, router.holdSwitch());
    }
    part.finish();
    config.finish();
    return new FabricSpec(name, shape, router, cyclePs, flitBytes);
  }

  private static long ports(FabricShape shape, Config config) {
    try {
      Topology topology = shape.topology();
      return (long) topology.routers() * topology.radix();
    } catch (IllegalArgumentException e) {
      config.fault("topology", String.valueOf(e.getMessage()));
      return 1;
    }
  }

  /**
   * A preset that comes with Memwall.
   *
   * @param name such as {@code torus-8x8}
   * @throws memwall.core.config.ConfigException if there is none of that name
   */
  public static FabricSpec builtIn(String name) {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            KIND, KIND + ": \"" + name + "\"\n", List.of(), Presets.builtIn(), faults);
    FabricSpec spec = read(root.preset(KIND, KIND, "The network"));
    root.finish();
    faults.throwIfAny();
    return spec;
  }

  /** The same network with another router. */
  public FabricSpec withRouter(RouterSpec other) {
    return new FabricSpec(name, shape, other, cyclePs, flitBytes);
  }

  /** Nodes. */
  public int nodes() {
    return shape.nodes();
  }

  /** By node, the router that it hangs at. */
  public int[] routersOfNodes() {
    Topology topology = shape.topology();
    int[] routers = new int[topology.nodes()];
    for (int node = 0; node < routers.length; node++) {
      routers[node] = topology.nodePort(node) / topology.radix();
    }
    return routers;
  }

  FabricPlan plan() {
    return new FabricPlan(shape.topology(), shape.routing(), router);
  }

  Traffic traffic(LoadSpec load, RandomStream random) {
    return new Traffic(
        load.pattern(),
        nodes(),
        shape.grid().stream().mapToInt(Integer::intValue).toArray(),
        shape.groupNodes(),
        load.hotShare(),
        random);
  }

  /** Why traffic of this pattern cannot be had here, or null. */
  @Nullable String misfit(TrafficPattern pattern) {
    return Traffic.misfit(pattern, nodes(), !shape.grid().isEmpty(), shape.groupNodes());
  }
}
