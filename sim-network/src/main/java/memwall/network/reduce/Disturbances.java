package memwall.network.reduce;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.network.aggregation.Graph;
import memwall.network.aggregation.GroupSpec;

/**
 * What goes wrong on a network whose switches add, beside what its groups do.
 *
 * @param lossShare of messages and acknowledgements, on each link, in [0, 1)
 * @param faults at given times
 * @param randomFaults by chance
 * @param stragglers hosts that are late by chance
 */
public record Disturbances(
    double lossShare, List<TimedFault> faults, RandomFaults randomFaults, Stragglers stragglers) {
  /** Nothing goes wrong. */
  public static final Disturbances NONE =
      new Disturbances(0, List.of(), RandomFaults.NONE, Stragglers.NONE);

  /** The most that can be lost. */
  static final double MOST_LOSS = 0.99;

  /** Copies the list, checks the share. */
  public Disturbances {
    faults = List.copyOf(faults);
    if (!(lossShare >= 0 && lossShare < 1)) {
      throw new IllegalArgumentException("loss of " + lossShare + ": must be in [0, 1)");
    }
  }

  /**
   * Reads the keys {@code loss}, {@code faults}, {@code random_faults}, {@code stragglers}; all may
   * be missing.
   *
   * @param isSound whether the graph could be read: else what does not fit it is no news
   */
  public static Disturbances read(Config part, Graph graph, boolean isSound) {
    GraphReader reader = new GraphReader(graph, isSound);
    double lossShare = part.number("loss", 0, MOST_LOSS, 0, "Share of messages lost, on each link");
    List<TimedFault> faults = new ArrayList<>();
    for (Config one : part.sections("faults", "What happens at given times")) {
      reader.fault(one, faults);
    }
    return new Disturbances(
        lossShare,
        faults,
        part.optionalSection("random_faults", "What fails by chance")
            .map(RandomFaults::read)
            .orElse(RandomFaults.NONE),
        part.optionalSection("stragglers", "Hosts that are late by chance")
            .map(Stragglers::read)
            .orElse(Stragglers.NONE));
  }

  /**
   * Reads hosts of a graph by name, or {@code FIRST..LAST}; empty if there are faults.
   *
   * @param key given
   */
  public static List<Integer> hosts(Config part, String key, Graph graph, boolean isSound) {
    return new GraphReader(graph, isSound).nodes(part, key, "Hosts, or FIRST..LAST");
  }

  /** Reads the key {@code spares}, which may be missing. */
  public static GroupSpec.Spares spares(Config part, Graph graph, boolean isSound) {
    return new GraphReader(graph, isSound).spares(part);
  }

  /** Whether links and nodes fail, or messages are lost. */
  public boolean breaks() {
    return lossShare > 0 || !faults.isEmpty() || !randomFaults.equals(RandomFaults.NONE);
  }

  /** Whether hosts are late. */
  public boolean hasStragglers() {
    return stragglers.share() > 0;
  }
}
