package memwall.cli.report;

import java.util.ArrayList;
import java.util.List;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.graph.LinkGraphResult;
import memwall.network.loggp.LogGopsResult;
import org.jspecify.annotations.Nullable;

/**
 * What came of messages: under LogGOPS, on a graph of links or on routers, one of the three.
 *
 * @param loggp under LogGOPS
 * @param graph on links
 * @param fabric on routers
 * @param withoutDeadline on routers too, but receivers wait for late messages
 */
public record NetworkOutcome(
    @Nullable LogGopsResult loggp,
    @Nullable LinkGraphResult graph,
    @Nullable FabricRunResult fabric,
    @Nullable FabricRunResult withoutDeadline) {
  /** Without a comparison. */
  public NetworkOutcome(
      @Nullable LogGopsResult loggp,
      @Nullable LinkGraphResult graph,
      @Nullable FabricRunResult fabric) {
    this(loggp, graph, fabric, null);
  }

  /** Exactly one is given. */
  public NetworkOutcome {
    if ((loggp == null ? 0 : 1) + (graph == null ? 0 : 1) + (fabric == null ? 0 : 1) != 1) {
      throw new IllegalArgumentException("one result is needed");
    }
  }

  private FabricRunResult routers() {
    if (fabric == null) {
      throw new IllegalStateException("no result");
    }
    return fabric;
  }

  /** When the last rank has finished; the median where there are several operations. */
  public long totalPs() {
    return loggp != null
        ? loggp.totalPs()
        : graph != null ? graph.totalPs() : routers().roundPs(0.5);
  }

  /** When a rank has finished. */
  public long finishPs(int rank) {
    return loggp != null
        ? loggp.finishPs(rank)
        : graph != null ? graph.finishPs(rank) : routers().finishPs().get(rank);
  }

  /** How many messages arrived. */
  public long messages() {
    return loggp != null
        ? loggp.messages()
        : graph != null ? graph.messages() : routers().messages();
  }

  /** Ranks that wait for messages that cannot be delivered. */
  public int unfinishedRanks() {
    return fabric != null ? fabric.unfinishedRanks() : 0;
  }

  /** Events of the simulation. */
  public long events() {
    return loggp != null ? loggp.events() : graph != null ? graph.events() : routers().events();
  }

  /** Fingerprint of the simulation. */
  public long fingerprint() {
    return loggp != null
        ? loggp.fingerprint()
        : graph != null ? graph.fingerprint() : routers().fingerprint();
  }

  /** Laws of conservation that do not hold, a sentence each. */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    if (fabric != null) {
      broken.addAll(fabric.brokenLaws());
    }
    if (withoutDeadline != null) {
      withoutDeadline.brokenLaws().forEach(law -> broken.add("without deadline: " + law));
    }
    return broken;
  }
}
