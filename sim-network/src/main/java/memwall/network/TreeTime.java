package memwall.network;

import java.util.HashMap;
import java.util.Map;
import memwall.network.aggregation.AggregationTree;
import memwall.network.aggregation.GroupSpec;
import memwall.network.aggregation.NumberForm;
import memwall.network.aggregation.TreeFormula;

/**
 * The closed form of all-reduces of a network with trees of switches that add: that of the tree or
 * of the ordinary network, as the specification says. Nothing is late, lost or broken.
 */
final class TreeTime implements CollectiveTime {
  private final TreeNetworkSpec spec;
  private final int ranks;
  private final CollectiveTime plain;
  private final TreeFormula formula;
  private final AggregationTree tree;
  private final Map<Long, Boolean> choices = new HashMap<>();

  /**
   * The closed forms for a group.
   *
   * @param ranks size of the group, 1 to the network's ports
   */
  TreeTime(TreeNetworkSpec spec, int ranks) {
    if (ranks < 1 || ranks > spec.ports()) {
      throw new IllegalArgumentException(
          ranks + " ranks do not fit a network of " + spec.ports() + " ports");
    }
    this.spec = spec;
    this.ranks = ranks;
    this.plain = spec.plain().allReduceTime(ranks);
    this.tree =
        AggregationTree.of(
            spec.aggregation().graph(),
            spec.group(ranks).members(),
            spec.aggregation().joint().mostFanIn());
    this.formula = spec.aggregation().formula(tree);
  }

  @Override
  public long latencyPs(long bytes) {
    return usesTree(bytes) ? treePs(bytes) : plain.latencyPs(bytes);
  }

  /** Whether an all-reduce of this size goes over the tree. */
  boolean usesTree(long bytes) {
    if (ranks == 1 || bytes == 0) {
      return false;
    }
    return spec.always()
        || choices.computeIfAbsent(bytes, size -> treePs(size) < plain.latencyPs(size));
  }

  private long treePs(long bytes) {
    GroupSpec group = spec.group();
    NumberForm form = group.form();
    int window = Math.min(group.window(), group.quota());
    return spec.launchPs()
        + (group.pull()
            ? formula.pullStreamPs(ranks, bytes, group.chunkBytes(), form.headerBytes(), window)
            : formula.streamPs(
                tree.depth(),
                tree.children(0),
                bytes,
                group.chunkBytes(),
                form.headerBytes(),
                window));
  }
}
