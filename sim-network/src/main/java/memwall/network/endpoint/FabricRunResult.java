package memwall.network.endpoint;

import java.util.List;
import memwall.core.stat.Snapshot;

/**
 * A schedule carried out on a network of routers.
 *
 * @param roundPs by round, from its start until the last rank was done
 * @param statistics of the network and the ends, over all rounds
 * @param events events fired
 * @param brokenLaws laws of conservation that do not hold at the end, a sentence each
 */
public record FabricRunResult(
    List<Long> roundPs, Snapshot statistics, long events, List<String> brokenLaws) {}
