package memwall.network.aggregation;

import java.util.Arrays;
import memwall.core.unit.Units;

/**
 * What an exchange of tokens puts on the links when nothing is lost and no slot is missing, counted
 * link by link, and the time of the busiest link, which no exchange is faster than.
 *
 * @param hostLinkBytes on links of hosts, both directions
 * @param switchLinkBytes between switches
 * @param busiestPs serialisation time of the busiest direction of a link
 */
public record TokenTraffic(long hostLinkBytes, long switchLinkBytes, long busiestPs) {
  /**
   * Counts.
   *
   * @param trees that tokens take in turn, at most: one copy goes over each link of a tree between
   *     a token's home and its holders. 0, or no tree: each copy and part goes by itself.
   * @throws IllegalArgumentException if the group's members are not joined
   */
  public static TokenTraffic of(
      Graph graph,
      int mostFanIn,
      GroupSpec group,
      boolean combine,
      TokenSets tokens,
      long tokenBytes,
      int trees) {
    graph.checkMembers(group.members());
    int[] hosts = group.members().stream().mapToInt(Integer::intValue).toArray();
    LiveGraph live = new LiveGraph(graph);
    TokenRoutes found = trees == 0 ? null : TokenRoutes.trees(live, hosts, mostFanIn, trees);
    TokenRoutes routes = found == null ? TokenRoutes.shortest(live, hosts) : found;
    long[] count = new long[2 * graph.links()];
    int[] stamp = new int[count.length];
    Arrays.fill(stamp, -1);
    for (int token = 0; token < tokens.tokens(); token++) {
      for (int i = 0; i < tokens.others(token); i++) {
        int home = tokens.home(token);
        int other = tokens.other(token, i);
        int to = combine ? home : other;
        for (int node = hosts[combine ? other : home]; node != hosts[to]; ) {
          int link = routes.of(token).link(node, to);
          int half = graph.half(link, node);
          if (!routes.isTree || stamp[half] != token) {
            stamp[half] = token;
            count[half]++;
          }
          node = graph.otherEnd(link, node);
        }
      }
    }
    return sum(graph, group, tokenBytes, count);
  }

  private static TokenTraffic sum(Graph graph, GroupSpec group, long tokenBytes, long[] count) {
    long before = (tokenBytes - 1) / group.chunkBytes();
    long header = group.form().headerBytes();
    long lastBytes = tokenBytes - before * group.chunkBytes() + header;
    long eachBytes = tokenBytes + (before + 1) * header;
    long hostBytes = 0;
    long switchBytes = 0;
    long busiestPs = 0;
    for (int half = 0; half < count.length; half++) {
      int link = half / 2;
      boolean isHostLink = graph.isHost(graph.end(link, 0)) || graph.isHost(graph.end(link, 1));
      hostBytes += isHostLink ? count[half] * eachBytes : 0;
      switchBytes += isHostLink ? 0 : count[half] * eachBytes;
      long rate = graph.wire(link).bytesPerSec();
      long eachPs =
          before * Units.transferPs(group.chunkBytes() + header, rate)
              + Units.transferPs(lastBytes, rate);
      busiestPs = Math.max(busiestPs, count[half] * eachPs);
    }
    return new TokenTraffic(hostBytes, switchBytes, busiestPs);
  }

  /** On all links. */
  public long bytes() {
    return hostLinkBytes + switchLinkBytes;
  }
}
