package memwall.network;

import memwall.core.config.Config;

/** What connects the chips of a machine, as data: a preset of kind {@code network}. */
public sealed interface InterconnectSpec permits NetworkSpec, FabricNetworkSpec, TreeNetworkSpec {
  /** Most ranks that can be attached, at least 1. */
  int ports();

  /** Energy of one bit over one link, in picojoules. */
  double linkPjPerBit();

  /**
   * The closed form of its all-reduce.
   *
   * @param ranks size of the group, 1 to {@link #ports}
   */
  CollectiveTime allReduceTime(int ranks);

  /**
   * The closed form of its all-to-all; bytes are those that each rank gives, as for {@link
   * Collective#ALL_TO_ALL}.
   *
   * @param ranks size of the group, 1 to {@link #ports}
   */
  CollectiveTime allToAllTime(int ranks);

  /** The closed form of a message of each rank to its neighbour. */
  CollectiveTime messageTime();

  /**
   * Reads a preset of kind {@code network}: with a key {@code fabric}, a network of routers, else a
   * star; with a key {@code aggregation}, trees of switches that add beside it. Faults are recorded
   * in the configuration.
   */
  static InterconnectSpec read(Config config) {
    TreeNetworkSpec.Trees trees = TreeNetworkSpec.readTrees(config);
    InterconnectSpec plain =
        config.has("fabric") ? FabricNetworkSpec.read(config) : NetworkSpec.read(config);
    return trees == null ? plain : trees.beside(plain);
  }
}
