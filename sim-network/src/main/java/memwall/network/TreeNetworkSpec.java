package memwall.network;

import java.util.List;
import java.util.Optional;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.stat.Stats;
import memwall.network.aggregation.Admission;
import memwall.network.aggregation.AggregationSpec;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.GroupSpec;
import memwall.network.reduce.Disturbances;
import org.jspecify.annotations.Nullable;

/**
 * A network between the chips of a machine beside which, or in which, switches add: all-reduces go
 * over trees of switches where that is chosen, all else over the ordinary network. Both are
 * simulated by themselves: neither slows the other.
 *
 * @param plain the ordinary network
 * @param aggregation switches that add, hosts, links
 * @param group of all hosts that ranks can be at; rank i is at the i-th. The hosts do not reduce by
 *     themselves: the ordinary network does.
 * @param always whether all all-reduces go over the trees; else those for which the closed form of
 *     the tree is less than that of the ordinary network
 * @param launchPs software time of an all-reduce on the tree, per rank, before its first message
 * @param disturbances what goes wrong on the trees
 */
public record TreeNetworkSpec(
    InterconnectSpec plain,
    AggregationSpec aggregation,
    GroupSpec group,
    boolean always,
    long launchPs,
    Disturbances disturbances)
    implements InterconnectSpec {
  private static final String AGGREGATION = "aggregation";
  private static final String IN_NETWORK = "in_network";

  /** Which all-reduces go over the trees. */
  private enum Use {
    AUTO,
    ALWAYS
  }

  /** Checks the ranges given above. */
  public TreeNetworkSpec {
    if (launchPs < 0) {
      throw new IllegalArgumentException("launch of " + launchPs + " ps: needs at least 0");
    }
    if (plain instanceof TreeNetworkSpec) {
      throw new IllegalArgumentException("the ordinary network of a tree has no trees itself");
    }
  }

  /** All but the ordinary network, or null if the network has no trees. */
  static @Nullable Trees readTrees(Config config) {
    if (!config.has(AGGREGATION)) {
      return null; // What is said about trees is then an unknown key.
    }
    Config preset = config.preset(AGGREGATION, AggregationSpec.KIND, "Switches that add");
    AggregationSpec aggregation = AggregationSpec.read(preset);
    boolean isSound = !config.isPlaceholder(AGGREGATION) && !preset.isPlaceholder("graph");
    Optional<Config> part =
        config.optionalSection(IN_NETWORK, "All-reduces in the switches that add");
    Trees trees =
        part.map(given -> trees(given, aggregation, isSound))
            .orElseGet(
                () ->
                    new Trees(
                        aggregation,
                        group(
                            aggregation.group(),
                            aggregation.group().members(),
                            aggregation.group().spares()),
                        false,
                        0,
                        Disturbances.NONE));
    boolean isRead =
        part.map(given -> !given.isPlaceholder("hosts") && !given.isPlaceholder("spares"))
            .orElse(true);
    if (isSound && isRead) {
      try {
        aggregation.network(new Simulation(0), new Stats()).group(trees.group());
      } catch (IllegalArgumentException wrong) {
        part.orElse(config)
            .fault(part.isPresent() ? "hosts" : AGGREGATION, String.valueOf(wrong.getMessage()));
      }
    }
    return trees;
  }

  private static Trees trees(Config part, AggregationSpec aggregation, boolean isSound) {
    Graph graph = aggregation.graph();
    List<Integer> hosts = aggregation.group().members();
    if (part.has("hosts")) {
      List<Integer> given = Disturbances.hosts(part, "hosts", graph, isSound);
      hosts = given.isEmpty() ? hosts : given;
    }
    GroupSpec.Spares spares = Disturbances.spares(part, graph, isSound);
    Trees trees =
        new Trees(
            aggregation,
            group(aggregation.group(), hosts, spares),
            part.choice("use", Use.AUTO, "Which all-reduces go over the trees") == Use.ALWAYS,
            part.quantity("launch", Dimension.TIME, "0 ps", "Software time before an all-reduce"),
            Disturbances.read(part, graph, isSound));
    part.finish();
    return trees;
  }

  private static GroupSpec group(GroupSpec all, List<Integer> hosts, GroupSpec.Spares spares) {
    return new GroupSpec(
        all.name(),
        hosts,
        all.form(),
        all.chunkBytes(),
        all.window(),
        all.quota(),
        all.admission() == Admission.QUEUE ? Admission.QUEUE : Admission.REFUSE,
        all.pull(),
        all.deadline(),
        false,
        spares);
  }

  /** What is said about trees. */
  record Trees(
      AggregationSpec aggregation,
      GroupSpec group,
      boolean always,
      long launchPs,
      Disturbances disturbances) {
    TreeNetworkSpec beside(InterconnectSpec plain) {
      return new TreeNetworkSpec(plain, aggregation, group, always, launchPs, disturbances);
    }
  }

  /** The group of so many ranks. */
  GroupSpec group(int ranks) {
    return group(group, group.members().subList(0, ranks), group.spares());
  }

  @Override
  public int ports() {
    return Math.min(plain.ports(), group.members().size());
  }

  @Override
  public double linkPjPerBit() {
    return plain.linkPjPerBit();
  }

  @Override
  public CollectiveTime allReduceTime(int ranks) {
    return new TreeTime(this, ranks);
  }

  @Override
  public CollectiveTime allToAllTime(int ranks) {
    return plain.allToAllTime(ranks);
  }

  @Override
  public CollectiveTime messageTime() {
    return plain.messageTime();
  }
}
