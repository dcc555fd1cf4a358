package memwall.network.aggregation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts spare hosts in the place of members that do not work or are not reached. */
final class SpareHosts {
  private final AggregationNetwork network;
  private final GroupSpec.Spares spec;
  private final int[] hosts;
  private final boolean[] isUsed;

  /**
   * The spares of a group.
   *
   * @param hosts the hosts of its members; replaced here
   */
  SpareHosts(AggregationNetwork network, GroupSpec.Spares spec, int[] hosts) {
    this.network = network;
    this.spec = spec;
    this.hosts = hosts;
    this.isUsed = new boolean[spec.hosts().size()];
  }

  /** Whether all of a tree works but members, and for these a spare is at the same switch. */
  boolean canKeep(AggregationTree tree) {
    for (int inner = 0; inner < tree.nodes(); inner++) {
      for (int place = 0; place < tree.children(inner); place++) {
        int member = tree.childMember(inner, place);
        boolean isDead = member >= 0 && !network.live.isUp(hosts[member]);
        boolean works =
            isDead
                ? freeAt(tree.node(inner)) >= 0
                : network.live.isUsable(tree.path(inner, place)[0]);
        if (!works) {
          return false;
        }
      }
    }
    return true;
  }

  /** Place of a free spare with a link to a switch that works, or -1. */
  private int freeAt(int node) {
    List<Integer> spares = spec.hosts();
    for (int i = 0; i < spares.size(); i++) {
      int link = isUsed[i] ? -1 : network.graph.link(spares.get(i), node);
      if (link >= 0 && network.live.isUsable(link)) {
        return i;
      }
    }
    return -1;
  }

  /** Replaces hosts that do not work; the time until the spares can go on, 0 if there are none. */
  long replaceDead(Operation operation) {
    long longestPs = 0;
    for (int member = 0; member < hosts.length; member++) {
      if (!network.live.isUp(hosts[member])) {
        longestPs = Math.max(longestPs, replace(member, null, operation));
      }
    }
    return longestPs;
  }

  /** Replaces hosts that a tree does not reach by such that are reached from its root. */
  long replaceUnreached(AggregationTree tree, boolean overAdders, Operation operation) {
    Reach reach = network.live.reach(tree.node(0), overAdders);
    long longestPs = 0;
    for (int member = 0; member < hosts.length; member++) {
      if (!tree.reaches(member)) {
        longestPs = Math.max(longestPs, replace(member, reach, operation));
      }
    }
    return longestPs;
  }

  /** Time until a spare can go on in a member's place, at least 1; 0 if there is none. */
  private long replace(int member, @Nullable Reach within, Operation operation) {
    if (spec.hosts().isEmpty()) {
      return 0;
    }
    Reach source = network.live.reach(spec.restoreFrom(), false);
    int chosen = -1;
    for (int link : network.graph.linksOf(hosts[member])) {
      int near = freeAt(network.graph.otherEnd(link, hosts[member]));
      if (chosen < 0 && near >= 0 && isFit(near, source, within)) {
        chosen = near;
      }
    }
    for (int i = 0; i < isUsed.length && chosen < 0; i++) {
      chosen = !isUsed[i] && isFit(i, source, within) ? i : -1;
    }
    if (chosen < 0) {
      return 0;
    }
    isUsed[chosen] = true;
    hosts[member] = spec.hosts().get(chosen);
    operation.forget(member);
    network.stats.sparesUsed.increment();
    return Math.max(1, network.restorePs(source, hosts[member], spec.restoreBytes()));
  }

  private boolean isFit(int spare, Reach source, @Nullable Reach within) {
    int host = spec.hosts().get(spare);
    return network.live.isUp(host)
        && source.reaches(host)
        && (within == null || within.reaches(host));
  }
}
