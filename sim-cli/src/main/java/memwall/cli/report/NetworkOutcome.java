package memwall.cli.report;

import memwall.network.graph.LinkGraphResult;
import memwall.network.loggp.LogGopsResult;
import org.jspecify.annotations.Nullable;

/**
 * What came of messages: under LogGOPS or on a graph of links, one of the two.
 *
 * @param loggp under LogGOPS
 * @param graph on links
 */
public record NetworkOutcome(@Nullable LogGopsResult loggp, @Nullable LinkGraphResult graph) {
  private LinkGraphResult links() {
    if (graph == null) {
      throw new IllegalStateException("no result");
    }
    return graph;
  }

  /** When the last rank has finished. */
  public long totalPs() {
    return loggp != null ? loggp.totalPs() : links().totalPs();
  }

  /** When a rank has finished. */
  public long finishPs(int rank) {
    return loggp != null ? loggp.finishPs(rank) : links().finishPs(rank);
  }

  /** How many messages arrived. */
  public long messages() {
    return loggp != null ? loggp.messages() : links().messages();
  }

  /** Events of the simulation. */
  public long events() {
    return loggp != null ? loggp.events() : links().events();
  }

  /** Fingerprint of the simulation. */
  public long fingerprint() {
    return loggp != null ? loggp.fingerprint() : links().fingerprint();
  }
}
