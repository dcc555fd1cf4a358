package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.stat.Stats;

/**
 * A network of switches that add, and the group of all its hosts, as data.
 *
 * @param name in reports
 * @param graph star or leaves and spines
 * @param joint what all switches have in common
 * @param host what all hosts have in common
 * @param repair what is done about losses and failures
 * @param group of all hosts
 */
public record AggregationSpec(
    String name, Graph graph, SwitchSpec joint, HostSpec host, RepairSpec repair, GroupSpec group) {
  /** Kind of presets. */
  public static final String KIND = "aggregation";

  private static final long MOST_HOSTS = 1 << 16;
  private static final long MOST_SLOTS = 1 << 24;
  private static final long ROOMY_BYTES = 1L << 50;
  private static final long MOST_TIMES = 1 << 20;

  /** What a graph may be. */
  private enum Shape {
    STAR,
    TWO_LEVEL,
    LINKS
  }

  /** Where the sum of a chunk goes. */
  private enum Way {
    PUSH,
    PULL
  }

  /**
   * Reads a preset of kind {@link #KIND}. Faults are recorded in the configuration; the result is
   * only meaningful if there are none.
   */
  public static AggregationSpec read(Config config) {
    String name = config.text("name", "Name in reports");
    Graph graph = graph(config.section("graph", "Hosts, switches and links"));
    SwitchSpec joint = joint(config.section("switch", "What all switches have in common"));
    Config ends = config.section("host", "What all hosts have in common");
    HostSpec host =
        new HostSpec(
            ends.quantity("overhead", Dimension.TIME, "Of sending and of getting a message, each"),
            positive(ends, "add_rate", Dimension.BYTE_RATE, "Operand bytes a host adds a second"));
    ends.finish();
    RepairSpec repair = repair(config.section("repair", "What is done about losses and failures"));
    DeadlineSpec deadline =
        config
            .optionalSection("deadline", "How long to wait for contributions")
            .map(DeadlineSpec::read)
            .orElse(DeadlineSpec.NONE);
    Config part = config.section("group", "How the hosts reduce");
    GroupSpec group = group(part, graph, joint, deadline);
    part.finish();
    config.finish();
    return new AggregationSpec(name, graph, joint, host, repair, group);
  }

  private static long positive(Config config, String key, Dimension dimension, String sentence) {
    long value = config.quantity(key, dimension, sentence);
    if (value < 1) {
      config.fault(key, "must be more than 0");
      return 1;
    }
    return value;
  }

  private static Wire wire(Config config) {
    Wire wire =
        new Wire(
            positive(config, "rate", Dimension.BYTE_RATE, "Bytes per second in each direction"),
            config.quantity("latency", Dimension.TIME, "From end to end"));
    config.finish();
    return wire;
  }

  private static Graph graph(Config config) {
    config.variesBy("kind");
    Shape shape = config.choice("kind", Shape.class, "What is joined to what");
    if (shape == Shape.LINKS) {
      return listed(config);
    }
    int hosts = (int) config.integer("hosts", 1, MOST_HOSTS, "Hosts");
    Wire low = wire(config.section("link", "Links of hosts"));
    int fanIn = hosts;
    int spines = 0;
    Wire high = low;
    if (shape == Shape.TWO_LEVEL) {
      fanIn = (int) config.integer("fan_in", 1, MOST_HOSTS, "Hosts of a leaf switch");
      spines = (int) config.integer("spines", 1, MOST_HOSTS, "Switches above all leaves");
      high = wire(config.section("up_link", "Links between switches"));
    }
    config.finish();
    return Graph.twoLevel(hosts, fanIn, spines, low, high);
  }

  private static Graph listed(Config config) {
    Graph.Builder builder = new Graph.Builder();
    for (String name : config.texts("host_names", "Hosts")) {
      tryTo(config, "host_names", () -> builder.host(name));
    }
    for (Config one : config.sections("switches", "Switches")) {
      String name = one.text("name", "Name of the switch");
      int ports = (int) one.integer("ports", 1, MOST_HOSTS, "Links that may end there");
      boolean adds = one.bool("adds", true, "Whether it can add");
      tryTo(one, "name", () -> builder.join(name, ports, adds));
      one.finish();
    }
    for (Config one : config.sections("links", "Links")) {
      String from = one.text("from", "Node at one end");
      String to = one.text("to", "Node at the other end");
      long rate = positive(one, "rate", Dimension.BYTE_RATE, "Bytes per second, each way");
      long latencyPs = one.quantity("latency", Dimension.TIME, "From end to end");
      Wire wire = new Wire(rate, latencyPs);
      tryTo(one, "from", () -> builder.link(from, to, wire));
      one.finish();
    }
    Graph[] built = {Graph.star(1, new Wire(1, 0))};
    tryTo(
        config,
        "links",
        () -> {
          Graph graph = builder.build();
          graph.checkMembers(hosts(graph));
          built[0] = graph;
        });
    config.finish();
    return built[0];
  }

  /** Does something; what it does not like is a fault of the configuration. */
  private static void tryTo(Config config, String key, Runnable what) {
    try {
      what.run();
    } catch (IllegalArgumentException wrong) {
      config.fault(key, String.valueOf(wrong.getMessage()));
    }
  }

  private static List<Integer> hosts(Graph graph) {
    List<Integer> hosts = new ArrayList<>();
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.isHost(node)) {
        hosts.add(node);
      }
    }
    return hosts;
  }

  private static SwitchSpec joint(Config config) {
    long slotBytes = config.quantity("slot_size", Dimension.SIZE, "Room of a slot for sums");
    if (slotBytes < 1 || config.isPlaceholder("slot_size")) {
      config.fault("slot_size", "must be more than 0");
      slotBytes = ROOMY_BYTES; // That nothing fits is no further fault.
    }
    int slots = (int) config.integer("slots", 1, MOST_SLOTS, "Sums that a switch can hold");
    SwitchSpec joint =
        new SwitchSpec(
            config.quantity("latency", Dimension.TIME, "From arrival to the way out or the adder"),
            positive(config, "add_rate", Dimension.BYTE_RATE, "Operand bytes added, all ports"),
            config.quantity("add_latency", Dimension.TIME, "Pipeline from last operand to sum"),
            config.isPlaceholder("slots") ? (int) MOST_SLOTS : slots,
            slotBytes,
            (int) config.integer("fan_in", 1, MOST_HOSTS, "Children of a switch in a tree, most"),
            config.bool("ordered", false, "Whether operands are added in the children's order"));
    config.finish();
    return joint;
  }

  private static RepairSpec repair(Config config) {
    RepairSpec repair =
        new RepairSpec(
            positive(config, "timeout", Dimension.TIME, "Until a message is sent again"),
            (int) config.integer("retries", 0, MOST_TIMES, "How often it is sent again"),
            positive(config, "heartbeat", Dimension.TIME, "Period of signs of life"),
            (int) config.integer("misses", 1, MOST_TIMES, "Missing signs that mean a failure"),
            config.quantity("rebuild", Dimension.TIME, "From a failure noticed to a new tree"),
            config.quantity("remap", Dimension.TIME, "The same if a spare is at the same switch"),
            (int) config.integer("most_rebuilds", 0, MOST_TIMES, "New trees in an operation"));
    config.finish();
    return repair;
  }

  private static GroupSpec group(
      Config config, Graph graph, SwitchSpec joint, DeadlineSpec deadline) {
    NumberForm form =
        new NumberForm(
            positive(config, "wire_number", Dimension.SIZE, "A number on the links"),
            positive(config, "sum_number", Dimension.SIZE, "A number in a slot"),
            config.quantity("header", Dimension.SIZE, "0 B", "Of each message beside the numbers"));
    long chunkBytes =
        positive(config, "chunk", Dimension.SIZE, "Bytes on the links of a message's numbers");
    boolean isRead = !config.isPlaceholder("chunk") && !config.isPlaceholder("wire_number");
    if (chunkBytes % form.wireBytes() != 0) {
      if (isRead) {
        config.fault("chunk", "must be whole numbers of " + form.wireBytes() + " B");
      }
      chunkBytes = form.wireBytes();
    }
    long most = form.mostChunkBytes(joint.slotBytes());
    if (isRead && !config.isPlaceholder("sum_number") && chunkBytes > most) {
      config.fault(
          "chunk",
          chunkBytes
              + " B do not fit a slot of "
              + joint.slotBytes()
              + " B, which holds "
              + most
              + " B on the links");
    }
    int quota = (int) config.integer("quota", 1, MOST_SLOTS, "Slots of the group in each switch");
    if (quota > joint.slots() && !config.isPlaceholder("quota")) {
      config.fault("quota", "must be at most the " + joint.slots() + " slots of a switch");
    }
    return new GroupSpec(
        "all",
        hosts(graph),
        form,
        chunkBytes,
        (int) config.integer("window", 1, MOST_SLOTS, "Chunks that a host may have under way"),
        quota,
        config.choice("admission", Admission.QUEUE, "What happens if there are too few slots"),
        config.choice("result", Way.PUSH, "Whether the root sends it, or a host gets it first")
            == Way.PULL,
        deadline,
        config.bool("fall_back", true, "Whether the hosts may reduce by themselves"),
        GroupSpec.Spares.NONE);
  }

  /** A network in which nothing has happened. */
  public AggregationNetwork network(Simulation simulation, Stats stats) {
    return new AggregationNetwork(simulation, stats, graph, joint, host, repair);
  }

  /** The closed form for this network. */
  public TreeFormula formula() {
    Wire low = graph.wire(0);
    return new TreeFormula(joint, host, low, graph.wire(graph.links() - 1));
  }

  /**
   * The closed form for one tree of this network: with the least rate of its links, the greatest
   * latency of those of hosts and of those between switches. So it is exact where these are equal.
   */
  public TreeFormula formula(AggregationTree tree) {
    long bytesPerSec = Long.MAX_VALUE;
    long lowPs = 0;
    long highPs = 0;
    for (int inner = 0; inner < tree.nodes(); inner++) {
      for (int place = 0; place < tree.children(inner); place++) {
        for (int link : tree.path(inner, place)) {
          Wire wire = graph.wire(link);
          bytesPerSec = Math.min(bytesPerSec, wire.bytesPerSec());
          if (tree.childMember(inner, place) >= 0) {
            lowPs = Math.max(lowPs, wire.latencyPs());
          } else {
            highPs = Math.max(highPs, wire.latencyPs());
          }
        }
      }
    }
    return new TreeFormula(
        joint, host, new Wire(bytesPerSec, lowPs), new Wire(bytesPerSec, highPs));
  }
}
