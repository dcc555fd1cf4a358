package memwall.network.router;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;

/** A topology with the way packets take in it, as data. */
public final class FabricShape {
  /** Families of topologies. */
  private enum Kind {
    MESH,
    TORUS,
    RING,
    HYPERCUBE,
    SWITCH,
    FULLY_CONNECTED,
    FAT_TREE,
    FLAT_BUTTERFLY,
    DRAGONFLY,
    EDGE_LIST
  }

  private enum CubeRouting {
    DIMENSION_ORDER,
    VALIANT
  }

  private enum TreeRouting {
    NEAREST_COMMON_ANCESTOR,
    ADAPTIVE
  }

  private enum DetourRouting {
    MINIMAL,
    VALIANT,
    UGAL
  }

  private enum EdgeRouting {
    UP_DOWN,
    MINIMAL
  }

  private static final int LARGEST = 1 << 20;

  private final String text;
  private final Routing routing;
  private final Supplier<Topology> topology;
  private final int nodes;
  private final List<Integer> grid;
  private final int groupNodes;

  private FabricShape(
      String text,
      Routing routing,
      Supplier<Topology> topology,
      int nodes,
      List<Integer> grid,
      int groupNodes) {
    this.text = text;
    this.routing = routing;
    this.topology = topology;
    this.nodes = nodes;
    this.grid = List.copyOf(grid);
    this.groupNodes = groupNodes;
  }

  /** In words, for reports. */
  public String text() {
    return text;
  }

  /** Nodes. */
  public int nodes() {
    return nodes;
  }

  /** Fewest virtual channels that routing needs. */
  public int leastChannels() {
    return routing.leastChannels();
  }

  Routing routing() {
    return routing;
  }

  Topology topology() {
    return topology.get();
  }

  /** Routers in each dimension of a mesh or torus, else empty. */
  List<Integer> grid() {
    return grid;
  }

  /** Nodes of a dragonfly's group, else 0. */
  int groupNodes() {
    return groupNodes;
  }

  static FabricShape cube(
      List<Integer> sizes, boolean wraps, boolean valiant, int nodeCycles, int channelCycles) {
    return cube(sizes, wraps, valiant, Cube.Ties.RANDOM, nodeCycles, channelCycles);
  }

  static FabricShape cube(
      List<Integer> sizes,
      boolean wraps,
      boolean valiant,
      Cube.Ties ties,
      int nodeCycles,
      int channelCycles) {
    int[] array = sizes.stream().mapToInt(Integer::intValue).toArray();
    Cube cube = new Cube(array, wraps, valiant, ties);
    return new FabricShape(
        (wraps ? "torus " : "mesh ")
            + String.join(" x ", sizes.stream().map(String::valueOf).toList())
            + (valiant ? ", Valiant" : ", dimension order")
            + (wraps && ties == Cube.Ties.PARITY ? ", ties by parity" : ""),
        cube,
        () -> cube.topology(nodeCycles, channelCycles),
        cube.routers(),
        sizes,
        0);
  }

  static FabricShape tree(
      int down, int up, int levels, boolean adaptive, int nodeCycles, int channelCycles) {
    FatTree tree = new FatTree(down, up, levels, adaptive);
    String name =
        levels == 1
            ? "switch of " + down + " ports"
            : "fat tree of "
                + levels
                + " levels, "
                + down
                + " ports down and "
                + up
                + " up"
                + (adaptive ? ", adaptive" : ", random way up");
    return new FabricShape(
        name, tree, () -> tree.topology(nodeCycles, channelCycles), tree.nodes(), List.of(), 0);
  }

  static FabricShape flat(
      int perRouter,
      int size,
      int dimensions,
      FlatButterfly.Choice choice,
      int thresholdFlits,
      int nodeCycles,
      int channelCycles) {
    FlatButterfly flat = new FlatButterfly(perRouter, size, dimensions, choice, thresholdFlits);
    return new FabricShape(
        "flattened butterfly of "
            + dimensions
            + " dimensions of "
            + size
            + " routers, "
            + perRouter
            + " nodes each, "
            + choice.name().toLowerCase(Locale.ROOT),
        flat,
        () -> flat.topology(nodeCycles, channelCycles),
        flat.nodes(),
        List.of(),
        0);
  }

  static FabricShape dragonfly(
      int perRouter,
      int perGroup,
      int global,
      Dragonfly.Choice choice,
      int thresholdFlits,
      int nodeCycles,
      int localCycles,
      int globalCycles) {
    Dragonfly dragonfly = new Dragonfly(perRouter, perGroup, global, choice, thresholdFlits);
    return new FabricShape(
        "dragonfly of "
            + dragonfly.nodes()
            + " nodes in groups of "
            + dragonfly.nodesPerGroup()
            + ", "
            + choice.name().toLowerCase(Locale.ROOT),
        dragonfly,
        () -> dragonfly.topology(nodeCycles, localCycles, globalCycles),
        dragonfly.nodes(),
        List.of(),
        dragonfly.nodesPerGroup());
  }

  static FabricShape edges(EdgeList list, EdgeList.Ways ways) {
    EdgeList routed = list.with(ways);
    Topology topology = list.topology();
    return new FabricShape(
        "list of channels, "
            + topology.routers()
            + " routers, "
            + (ways == EdgeList.Ways.MINIMAL ? "shortest ways" : "up, then down"),
        routed,
        () -> topology,
        topology.nodes(),
        List.of(),
        0);
  }

  /** Reads the section {@code topology}; faults are recorded. */
  static FabricShape read(Config config) {
    Kind kind = config.choice("kind", Kind.class, "Family of topologies");
    int node =
        kind == Kind.EDGE_LIST
            ? 1
            : cycles(config, "node_channel_cycles", "Cycles from a node to its router or back");
    try {
      FabricShape shape =
          switch (kind) {
            case MESH, TORUS -> readCube(config, kind == Kind.TORUS, node);
            case RING ->
                cube(
                    List.of(count(config, "nodes", 2, "Routers, a node at each")),
                    true,
                    false,
                    node,
                    channel(config));
            case HYPERCUBE ->
                cube(
                    java.util.Collections.nCopies(
                        (int) config.integer("dimensions", 1, 20, "Dimensions of two routers"), 2),
                    false,
                    routing(config, CubeRouting.DIMENSION_ORDER) == CubeRouting.VALIANT,
                    node,
                    channel(config));
            case SWITCH ->
                tree(count(config, "ports", 1, "Nodes at the switch"), 1, 1, false, node, 1);
            case FULLY_CONNECTED ->
                flat(
                    1,
                    count(config, "nodes", 2, "Routers, a node at each"),
                    1,
                    FlatButterfly.Choice.MINIMAL,
                    0,
                    node,
                    channel(config));
            case FAT_TREE -> readTree(config, node);
            case FLAT_BUTTERFLY -> readFlat(config, node);
            case DRAGONFLY -> readDragonfly(config, node);
            case EDGE_LIST -> readEdgeList(config);
          };
      config.finish();
      return shape;
    } catch (IllegalArgumentException e) {
      config.fault("kind", String.valueOf(e.getMessage()));
      config.finish();
      return tree(2, 1, 1, false, 1, 1);
    }
  }

  private static FabricShape readCube(Config config, boolean wraps, int nodeCycles) {
    List<Integer> sizes =
        config.integers("sizes", 2, LARGEST, "Routers in each dimension").stream()
            .map(Long::intValue)
            .toList();
    if (sizes.isEmpty()) {
      config.fault("sizes", "needs at least one dimension");
      sizes = List.of(2);
    }
    boolean valiant = routing(config, CubeRouting.DIMENSION_ORDER) == CubeRouting.VALIANT;
    Cube.Ties ties =
        wraps
            ? config.choice("ties", Cube.Ties.RANDOM, "Ways round a ring that are equally long")
            : Cube.Ties.RANDOM;
    return cube(sizes, wraps, valiant, ties, nodeCycles, channel(config));
  }

  private static FabricShape readTree(Config config, int nodeCycles) {
    int down = count(config, "down", 1, "Ports down of a switch");
    int up = (int) config.integer("up", 1, Topology.MAX_RADIX, down, "Ports up of a switch; taper");
    int levels = (int) config.integer("levels", 1, 24, "Levels of switches");
    boolean adaptive = routing(config, TreeRouting.NEAREST_COMMON_ANCESTOR) == TreeRouting.ADAPTIVE;
    return tree(down, up, levels, adaptive, nodeCycles, channel(config));
  }

  private static FabricShape readFlat(Config config, int nodeCycles) {
    int perRouter = count(config, "nodes_per_router", 1, "Nodes at a router");
    int size = count(config, "size", 2, "Routers in each dimension");
    int dimensions = (int) config.integer("dimensions", 1, 20, "Dimensions");
    DetourRouting routing = routing(config, DetourRouting.MINIMAL);
    return flat(
        perRouter,
        size,
        dimensions,
        FlatButterfly.Choice.valueOf(routing.name()),
        threshold(config),
        nodeCycles,
        channel(config));
  }

  private static FabricShape readDragonfly(Config config, int nodeCycles) {
    int perRouter = count(config, "nodes_per_router", 1, "Nodes at a router");
    int perGroup = count(config, "routers_per_group", 1, "Routers of a group");
    int global = count(config, "global_channels", 1, "Channels of a router to other groups");
    DetourRouting routing = routing(config, DetourRouting.MINIMAL);
    return dragonfly(
        perRouter,
        perGroup,
        global,
        Dragonfly.Choice.valueOf(routing.name()),
        threshold(config),
        nodeCycles,
        cycles(config, "local_channel_cycles", "Cycles of a channel inside a group"),
        cycles(config, "global_channel_cycles", "Cycles of a channel between groups"));
  }

  private static FabricShape readEdgeList(Config config) {
    Path file = config.file("file", "The list of channels");
    EdgeRouting routing = routing(config, EdgeRouting.UP_DOWN);
    int channelCycles = channel(config);
    if (config.isPlaceholder("file")) {
      return tree(2, 1, 1, false, 1, 1);
    }
    try {
      return edges(EdgeListReader.read(file, channelCycles), EdgeList.Ways.valueOf(routing.name()));
    } catch (ConfigException e) {
      e.faults().forEach(fault -> config.fault("file", fault));
      return tree(2, 1, 1, false, 1, 1);
    }
  }

  private static int threshold(Config config) {
    return (int)
        config.integer(
            "ugal_threshold_flits",
            0,
            LARGEST,
            0,
            "Flits by which the minimal way may be worse before a detour is taken");
  }

  private static <E extends Enum<E>> E routing(Config config, E defaultValue) {
    return config.choice("routing", defaultValue, "The way packets take");
  }

  private static int channel(Config config) {
    return cycles(config, "channel_cycles", "Cycles of a channel between routers");
  }

  private static int cycles(Config config, String key, String sentence) {
    return (int) config.integer(key, 1, Topology.MAX_CHANNEL_CYCLES, 1, sentence);
  }

  private static int count(Config config, String key, int least, String sentence) {
    return (int) config.integer(key, least, LARGEST, sentence);
  }
}
