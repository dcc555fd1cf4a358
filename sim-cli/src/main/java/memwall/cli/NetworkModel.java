package memwall.cli;

import memwall.cli.report.NetworkOutcome;
import memwall.network.collective.Schedule;
import memwall.network.graph.GraphSpec;
import memwall.network.graph.LinkGraphRun;
import memwall.network.loggp.LogGopsRun;
import memwall.network.loggp.LogGopsSpec;
import org.jspecify.annotations.Nullable;

/**
 * What carries messages: one of two.
 *
 * @param name how reports call it
 * @param loggp LogGOPS
 * @param graph a graph of links
 * @param resolvedConfig the configuration as YAML
 */
record NetworkModel(
    String name, @Nullable LogGopsSpec loggp, @Nullable GraphSpec graph, String resolvedConfig) {
  NetworkOutcome run(Schedule schedule) {
    if (loggp != null) {
      return new NetworkOutcome(LogGopsRun.run(schedule, loggp), null);
    }
    if (graph != null) {
      return new NetworkOutcome(
          null, LinkGraphRun.run(schedule, graph.of(schedule.ranks()), graph.link()));
    }
    throw new IllegalStateException("neither LogGOPS nor a graph");
  }
}
