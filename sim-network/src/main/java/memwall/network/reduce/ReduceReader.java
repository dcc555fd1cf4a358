package memwall.network.reduce;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.stat.Stats;
import memwall.network.aggregation.AggregationSpec;
import memwall.network.aggregation.DeadlineSpec;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.GroupSpec;
import memwall.network.aggregation.TreeTask;

/** Reads what is reduced; all faults with their places. */
final class ReduceReader {
  private static final String AGGREGATION = "aggregation";
  private static final List<Long> SIZES = List.of(64L, 2048L, 65536L);
  private static final int MOST_SIZES = 1 << 10;
  private static final int MOST_SLOTS = 1 << 24;
  private static final int MOST_TREES = 1 << 10;

  /** What a group can do. */
  private enum Doing {
    ALL_REDUCE,
    BROADCAST,
    REDUCE,
    MOE_DISPATCH,
    MOE_COMBINE
  }

  private final Config config;
  private final AggregationSpec network;
  private final Graph graph;

  /** Whether the network could be read: else what does not fit it is no news. */
  private final boolean isSound;

  private final GraphReader reader;

  ReduceReader(Config config) {
    this.config = config;
    Config preset = config.preset(AGGREGATION, AggregationSpec.KIND, "The network that reduces");
    network = AggregationSpec.read(preset);
    graph = network.graph();
    isSound = !config.isPlaceholder(AGGREGATION) && !preset.isPlaceholder("graph");
    reader = new GraphReader(graph, isSound);
  }

  ReduceSpec read() {
    Config reduce = config.section("reduce", "What is reduced, and what goes wrong meanwhile");
    int operations =
        (int) reduce.integer("operations", 1, Tenant.MOST_OPERATIONS, 20, "Of each group and size");
    long gapPs =
        reduce.quantity("gap", Dimension.TIME, "0 ps", "From an end to the next operation's call");
    List<Tenant> tenants = tenants(reduce, operations, gapPs);
    double lossShare =
        reduce.number("loss", 0, Disturbances.MOST_LOSS, 0, "Share of messages lost, on each link");
    List<TimedFault> faults = new ArrayList<>();
    for (Config one : reduce.sections("faults", "What happens at given times")) {
      reader.fault(one, faults);
    }
    List<Long> sizes = sizes(reduce);
    checkCopies(reduce, tenants, sizes);
    return new ReduceSpec(
        network,
        tenants,
        sizes,
        lossShare,
        faults,
        reduce
            .optionalSection("random_faults", "What fails by chance")
            .map(RandomFaults::read)
            .orElse(RandomFaults.NONE),
        reduce
            .optionalSection("stragglers", "Hosts that are late by chance")
            .map(Stragglers::read)
            .orElse(Stragglers.NONE),
        reduce.bool("compare", true, "Whether deadlines are compared with none"),
        reduce.integer("seed", 0, Long.MAX_VALUE, 1, "Seed of all that is drawn"));
  }

  /** Exchanges that are too large to be held are told from their sizes. */
  private static void checkCopies(Config reduce, List<Tenant> tenants, List<Long> sizes) {
    long mostBytes = Collections.max(sizes);
    for (Tenant tenant : tenants) {
      Experts experts = tenant.experts();
      if (experts != null) {
        long pieces = (tenant.sizeBytes(mostBytes) - 1) / tenant.group().chunkBytes() + 1;
        long copies = (long) tenant.group().members().size() * experts.tokens() * experts.topK();
        if (pieces > Experts.MOST_COPIES / copies) {
          reduce.fault(
              "groups",
              "group '"
                  + tenant.group().name()
                  + "': "
                  + copies
                  + " copies of tokens of "
                  + pieces
                  + " chunks: must be at most "
                  + Experts.MOST_COPIES
                  + " together");
        }
      }
    }
  }

  private static List<Long> sizes(Config reduce) {
    List<Long> sizes = new ArrayList<>();
    if (reduce.has("size_range")) {
      Config range = reduce.section("size_range", "Sizes of a vector, from the least on");
      long fromBytes = range.quantity("from", Dimension.SIZE, "The least");
      long toBytes = range.quantity("to", Dimension.SIZE, "None is greater");
      long factor = range.integer("factor", 2, 1 << 20, 2, "From one to the next");
      range.finish();
      if (reduce.has("sizes")) {
        reduce.fault("size_range", "either 'sizes' or 'size_range' is wanted");
        reduce.quantities("sizes", Dimension.SIZE, "Sizes of a vector");
      }
      if (fromBytes < 1 || toBytes < fromBytes) {
        range.fault("from", "must be more than 0 and not above 'to'");
        return SIZES;
      }
      for (long size = fromBytes; ; size *= factor) {
        sizes.add(size);
        if (size > toBytes / factor) {
          return sizes;
        }
      }
    }
    if (!reduce.has("sizes")) {
      return SIZES;
    }
    List<Long> given = reduce.quantities("sizes", Dimension.SIZE, "Sizes of a vector");
    if (given.isEmpty() || given.size() > MOST_SIZES) {
      reduce.fault("sizes", "needs 1 to " + MOST_SIZES + " sizes");
      return SIZES;
    }
    for (long size : given) {
      if (size < 1) {
        reduce.fault("sizes", "must be more than 0");
        return SIZES;
      }
    }
    return given;
  }

  private List<Tenant> tenants(Config reduce, int operations, long gapPs) {
    List<Tenant> tenants = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Config one : reduce.sections("groups", "Who reduces; all hosts, if missing")) {
      Tenant tenant = tenant(one, operations, gapPs);
      if (!names.add(tenant.group().name())) {
        one.fault("name", "there is a group '" + tenant.group().name() + "' before");
      }
      tenants.add(tenant);
    }
    return tenants.isEmpty()
        ? List.of(new Tenant(network.group(), TreeTask.ALL_REDUCE, null, 0, operations, 0, gapPs))
        : tenants;
  }

  private Tenant tenant(Config one, int operations, long gapPs) {
    GroupSpec all = network.group();
    String name = one.text("name", "Name in reports");
    List<Integer> members = all.members();
    if (one.has("members")) {
      members = reader.nodes(one, "members", "Hosts, or FIRST..LAST");
      members = members.isEmpty() ? all.members() : members;
    }
    int most = network.joint().slots();
    int quota = (int) one.integer("quota", 1, MOST_SLOTS, all.quota(), "Slots in each switch");
    if (quota > most) {
      one.fault("quota", "must be at most the " + most + " slots of a switch");
      quota = most;
    }
    GroupSpec group =
        new GroupSpec(
            name,
            members,
            all.form(),
            all.chunkBytes(),
            (int) one.integer("window", 1, MOST_SLOTS, all.window(), "Chunks under way"),
            quota,
            one.choice("admission", all.admission(), "What happens if there are too few slots"),
            all.pull(),
            one.optionalSection("deadline", "How long to wait for contributions")
                .map(DeadlineSpec::read)
                .orElse(all.deadline()),
            one.bool("fall_back", all.mayFallBack(), "Whether hosts may reduce by themselves"),
            reader.spares(one));
    one.variesBy("operation");
    Doing doing = one.choice("operation", Doing.ALL_REDUCE, "What is done, with vectors or tokens");
    TreeTask task = task(one, doing, group);
    boolean isMoe = doing == Doing.MOE_DISPATCH || doing == Doing.MOE_COMBINE;
    Experts experts = isMoe ? experts(one, doing == Doing.MOE_COMBINE, group) : null;
    long sizeBytes = one.has("size") ? one.quantity("size", Dimension.SIZE, "Of a vector") : 0;
    if (one.has("size") && sizeBytes < 1) {
      one.fault("size", "must be more than 0");
    }
    Tenant tenant =
        new Tenant(
            group,
            task,
            experts,
            sizeBytes,
            (int) one.integer("operations", 1, Tenant.MOST_OPERATIONS, operations, "Of each size"),
            one.quantity("start", Dimension.TIME, "0 ps", "When the first is called"),
            one.has("gap") ? one.quantity("gap", Dimension.TIME, "From an end to a call") : gapPs);
    one.finish();
    check(one, group);
    return tenant;
  }

  /** Experts of a group, and what does not fit them. */
  private Experts experts(Config one, boolean combine, GroupSpec group) {
    Config part = one.section("experts", "Experts, and the tokens that are drawn to them");
    int members = group.members().size();
    int count = (int) part.integer("count", 1, Experts.MOST, "Experts on all hosts together");
    int topK = (int) part.integer("top_k", 1, Experts.MOST, "Experts of a token");
    int tokens = (int) part.integer("tokens", 1, Experts.MOST, "Tokens of each host");
    double skew = part.number("skew", 0, 10, 0, "Exponent of Zipf's law; 0: all alike");
    int trees = (int) part.integer("trees", 1, MOST_TREES, 1, "Trees that tokens take in turn");
    part.finish();
    boolean isKnown = isSound && !part.isPlaceholder("count") && !one.isPlaceholder("members");
    if (isKnown && count % members != 0) {
      part.fault("count", count + " experts are not divisible among " + members + " hosts");
    }
    if (topK > count && !part.isPlaceholder("top_k") && !part.isPlaceholder("count")) {
      part.fault("top_k", "must be at most the " + count + " experts");
    }
    if ((long) members * tokens * topK > Experts.MOST_COPIES) {
      part.fault(
          "tokens",
          "must give at most " + Experts.MOST_COPIES + " copies: hosts times tokens times top_k");
      tokens = 1;
      topK = 1;
    }
    if (group.deadline().isOn() || !group.spares().hosts().isEmpty()) {
      one.fault(
          "operation",
          "tokens are exchanged without 'spares', and 'deadline' must be missing or have"
              + " 'substitute: wait'");
    }
    return new Experts(combine, count, Math.min(topK, count), tokens, skew, trees);
  }

  /** What a group does with vectors, and who its root is. */
  private TreeTask task(Config one, Doing doing, GroupSpec group) {
    if (doing != Doing.BROADCAST && doing != Doing.REDUCE) {
      return TreeTask.ALL_REDUCE;
    }
    String name = one.text("root", "The member that sends or gets all");
    int host = reader.node(one, "root", name);
    int root = group.members().indexOf(host);
    if (host >= 0 && root < 0) {
      one.fault("root", "'" + name + "' is not a member of group '" + group.name() + "'");
    }
    if (doing == Doing.BROADCAST && group.deadline().isOn()) {
      one.fault(
          "operation",
          "a broadcast waits for no contributions: 'deadline' must be missing or have 'substitute:"
              + " wait'");
    }
    return doing == Doing.BROADCAST
        ? TreeTask.broadcast(Math.max(root, 0))
        : TreeTask.reduce(Math.max(root, 0));
  }

  /** What the network itself does not like. */
  private void check(Config one, GroupSpec group) {
    if (isSound && !one.isPlaceholder("members") && !one.isPlaceholder("spares")) {
      try {
        network.network(new Simulation(0), new Stats()).group(group);
      } catch (IllegalArgumentException wrong) {
        one.fault("members", String.valueOf(wrong.getMessage()));
      }
    }
  }
}
