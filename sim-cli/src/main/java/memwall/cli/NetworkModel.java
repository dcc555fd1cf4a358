package memwall.cli;

import java.util.List;
import memwall.cli.report.NetworkOutcome;
import memwall.network.collective.Schedule;
import memwall.network.endpoint.FabricRun;
import memwall.network.endpoint.FabricRunSpec;
import memwall.network.endpoint.MessageDeadline;
import memwall.network.endpoint.NodeFailures;
import memwall.network.graph.GraphSpec;
import memwall.network.graph.LinkGraphRun;
import memwall.network.loggp.LogGopsRun;
import memwall.network.loggp.LogGopsSpec;
import org.jspecify.annotations.Nullable;

/**
 * What carries messages: one of three.
 *
 * @param name how reports call it
 * @param loggp LogGOPS
 * @param graph a graph of links
 * @param fabric a network of routers
 * @param resolvedConfig the configuration as YAML
 */
record NetworkModel(
    String name,
    @Nullable LogGopsSpec loggp,
    @Nullable GraphSpec graph,
    @Nullable FabricRunSpec fabric,
    String resolvedConfig) {
  /** Why so many ranks cannot be carried, or null. */
  @Nullable String misfit(int ranks) {
    if (fabric == null) {
      return null;
    }
    if (ranks > fabric.fabric().nodes()) {
      return ranks + " ranks do not fit a network of " + fabric.fabric().nodes() + " nodes";
    }
    NodeFailures failures = fabric.nodeFailures();
    for (int spare : failures == null ? List.<Integer>of() : failures.spares()) {
      if (spare < ranks) {
        return "node_failures.spares: node "
            + spare
            + " has a rank, it cannot be a spare of "
            + ranks
            + " ranks";
      }
    }
    return null;
  }

  /** Whether there are several operations, or messages without receive: deadlines count them. */
  boolean isStream() {
    return fabric != null && fabric.isStream();
  }

  NetworkOutcome run(Schedule schedule) {
    if (loggp != null) {
      return new NetworkOutcome(LogGopsRun.run(schedule, loggp), null, null);
    }
    if (graph != null) {
      return new NetworkOutcome(
          null, LinkGraphRun.run(schedule, graph.of(schedule.ranks()), graph.link()), null);
    }
    if (fabric != null) {
      MessageDeadline deadline = fabric.deadline();
      return new NetworkOutcome(
          null,
          null,
          FabricRun.run(schedule, fabric),
          deadline != null && deadline.isOn() ? FabricRun.run(schedule, fabric.waiting()) : null);
    }
    throw new IllegalStateException("no model");
  }
}
