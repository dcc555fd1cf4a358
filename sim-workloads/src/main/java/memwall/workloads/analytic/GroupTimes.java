package memwall.workloads.analytic;

import memwall.network.CollectiveTime;
import memwall.workloads.operator.OperatorKind;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.ScaleOutSpec;
import memwall.workloads.system.SystemSpec;
import org.jspecify.annotations.Nullable;

/**
 * Closed forms of what the ranks of a sharded model say to each other. Ranks are numbered tensor
 * first, then replicas, then stages, and fill one node after the other; a tensor-parallel group
 * never leaves its node.
 *
 * <p>An all-to-all of a stage that spans nodes takes the longer of its two parts (inside the node,
 * over the ports between nodes); they go on at the same time. What crosses a stage boundary goes
 * over the ports where the boundary lies between nodes.
 */
final class GroupTimes {
  private final CollectiveTime allReduce;
  private final CollectiveTime allToAll;
  private final CollectiveTime message;
  private final @Nullable ScaleOutSpec scaleOut;
  private final int stageRanks;
  private final int inNode;

  /** Of the boundaries between stages, the share that lies between nodes. */
  private final double crossing;

  GroupTimes(SystemSpec system, ShardingPlan sharding) {
    this.stageRanks = sharding.stageRanks();
    this.inNode = Math.min(stageRanks, system.chips());
    this.allReduce = system.network().allReduceTime(sharding.tensorParallel());
    this.allToAll = system.network().allToAllTime(inNode);
    this.message = system.network().messageTime();
    this.scaleOut = system.scaleOut();
    int boundaries = sharding.pipelineParallel() - 1;
    int between = 0;
    for (int boundary = 1; boundary <= boundaries; boundary++) {
      // The last rank of a stage and its like of the next one are on different nodes.
      long last = (long) boundary * stageRanks - 1;
      between += last / system.chips() != (last + stageRanks) / system.chips() ? 1 : 0;
    }
    this.crossing = boundaries == 0 ? 0 : (double) between / boundaries;
  }

  /** Time of an operator that communicates, for the bytes that each rank gives. */
  double latencyPs(OperatorKind kind, long bytes) {
    return switch (kind) {
      case ALL_REDUCE -> allReduce.latencyPs(bytes);
      case ALL_TO_ALL -> allToAllPs(bytes);
      case SEND -> sendPs(bytes);
      default -> throw new IllegalArgumentException(kind + " does not communicate");
    };
  }

  private double allToAllPs(long bytes) {
    if (stageRanks == inNode) {
      return allToAll.latencyPs(bytes);
    }
    // Of what a rank gives, each rank gets an equal part, itself included.
    long insideBytes = (bytes * inNode + stageRanks - 1) / stageRanks;
    return Math.max(allToAll.latencyPs(insideBytes), ports().exchangePs(bytes - insideBytes));
  }

  private double sendPs(long bytes) {
    double insidePs = crossing == 1 ? 0 : message.latencyPs(bytes);
    double betweenPs = crossing == 0 ? 0 : ports().exchangePs(bytes);
    return insidePs * (1 - crossing) + betweenPs * crossing;
  }

  private ScaleOutSpec ports() {
    if (scaleOut == null) {
      throw new IllegalStateException("ranks on several nodes that are not connected");
    }
    return scaleOut;
  }
}
