package memwall.network;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Hierarchy;
import memwall.network.endpoint.EndpointSpec;
import memwall.network.endpoint.FabricRunSpec;
import memwall.network.router.FabricSpec;
import memwall.network.router.MessageSpec;
import org.jspecify.annotations.Nullable;

/**
 * A network of routers between the chips of a machine.
 *
 * @param fabric the routers and links
 * @param messages how messages become packets
 * @param endpoint what messages cost at their ends
 * @param nodeStride rank i is at node i x this, at least 1
 * @param launchPs software time of a collective per rank, before its first message
 * @param allReduce algorithm of all-reduces; null for the one whose closed form is least at the
 *     size in question
 * @param reduceScatter algorithm of reduce-scatters
 * @param allGather algorithm of all-gathers
 * @param allToAll algorithm of all-to-alls
 * @param pipelineChunks pieces of each half of the vector in the double binary tree
 * @param groupRanks neighbouring ranks that the hierarchical all-reduce takes together
 * @param linkPjPerBit energy of one bit over one channel, those of nodes included
 */
public record FabricNetworkSpec(
    FabricSpec fabric,
    MessageSpec messages,
    EndpointSpec endpoint,
    int nodeStride,
    long launchPs,
    @Nullable Algorithm allReduce,
    Algorithm reduceScatter,
    Algorithm allGather,
    Algorithm allToAll,
    int pipelineChunks,
    int groupRanks,
    double linkPjPerBit)
    implements InterconnectSpec {
  private static final int MOST_CHUNKS = 1 << 16;

  /** Checks the ranges given above. */
  public FabricNetworkSpec {
    if (nodeStride < 1 || launchPs < 0 || pipelineChunks < 1 || groupRanks < 1) {
      throw new IllegalArgumentException(
          "stride "
              + nodeStride
              + ", launch "
              + launchPs
              + " ps, "
              + pipelineChunks
              + " chunks, groups of "
              + groupRanks
              + ": needs a launch of 0 ps or more, at least 1 of the others");
    }
    if (!(linkPjPerBit >= 0 && linkPjPerBit < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("link energy " + linkPjPerBit + " pJ/bit is not >= 0");
    }
  }

  /** Reads a preset of kind {@code network} with a key {@code fabric}. */
  static FabricNetworkSpec read(Config config) {
    FabricSpec fabric =
        FabricSpec.read(config.preset("fabric", FabricSpec.KIND, "Routers and links"));
    MessageSpec messages = FabricRunSpec.readMessages(config);
    EndpointSpec endpoint = FabricRunSpec.readEndpoint(config);
    int stride =
        (int) config.integer("node_stride", 1, 1 << 20, 1, "Rank i is at node i times this");
    double linkPjPerBit =
        config.reportQuantity("link_energy", Dimension.ENERGY_PER_BIT, "One bit over one channel");
    Config part = config.section("collectives", "How ranks communicate collectively");
    FabricNetworkSpec spec =
        new FabricNetworkSpec(
            fabric,
            messages,
            endpoint,
            stride,
            part.quantity("launch", Dimension.TIME, "0 ps", "Software time before a collective"),
            readAllReduce(part),
            algorithm(part, "reduce_scatter", Algorithm.REDUCE_SCATTER_RING),
            algorithm(part, "all_gather", Algorithm.ALL_GATHER_RING),
            algorithm(part, "all_to_all", Algorithm.ALL_TO_ALL_DIRECT),
            (int) part.integer("pipeline_chunks", 1, MOST_CHUNKS, 8, "Pieces in the double tree"),
            (int) part.integer("group", 1, 1 << 20, 8, "Ranks that the hierarchy takes together"),
            linkPjPerBit);
    part.finish();
    config.finish();
    return spec;
  }

  private static @Nullable Algorithm readAllReduce(Config part) {
    if (!part.has("all_reduce")
        || part.text("all_reduce", "Algorithm, or 'auto'").equals(NetworkSpec.AUTO)) {
      return null;
    }
    return algorithm(part, "all_reduce", Algorithm.ALL_REDUCE_RING);
  }

  private static Algorithm algorithm(Config part, String key, Algorithm otherwise) {
    List<Algorithm> all = Algorithm.of(otherwise.kind());
    String name = part.text(key, otherwise.label(), "Algorithm");
    List<String> known = new ArrayList<>();
    for (Algorithm each : all) {
      if (each.label().equals(name)) {
        return each;
      }
      known.add(each.label());
    }
    if (key.equals("all_reduce")) {
      known.add(NetworkSpec.AUTO);
    }
    part.fault(key, "is '" + name + "', allowed are " + String.join(", ", known));
    return otherwise;
  }

  @Override
  public int ports() {
    return (fabric.nodes() - 1) / nodeStride + 1;
  }

  @Override
  public CollectiveTime allReduceTime(int ranks) {
    return new FabricFormula(this, ranks);
  }

  @Override
  public CollectiveTime allToAllTime(int ranks) {
    FabricFormula formula = new FabricFormula(this, ranks);
    return bytes -> formula.latencyPs(Collective.ALL_TO_ALL, bytes);
  }

  @Override
  public CollectiveTime messageTime() {
    return new FabricFormula(this, Math.min(2, ports()))::messagePs;
  }

  /** Algorithms among which an operation may choose: one, or for 'auto' all of its kind. */
  List<Algorithm> candidates(Collective collective) {
    return switch (collective) {
      case ALL_REDUCE ->
          allReduce == null ? Algorithm.of(CollectiveKind.ALL_REDUCE) : List.of(allReduce);
      case REDUCE_SCATTER -> List.of(reduceScatter);
      case ALL_GATHER -> List.of(allGather);
      case ALL_TO_ALL -> List.of(allToAll);
    };
  }

  /** The size of an operation of a group. */
  CollectiveShape shape(int ranks, long bytes) {
    return CollectiveShape.of(ranks, bytes)
        .withPipelineChunks(pipelineChunks)
        .withHierarchy(
            new Hierarchy(groupRanks, Hierarchy.Inner.DIRECT, Algorithm.ALL_REDUCE_RING));
  }
}
