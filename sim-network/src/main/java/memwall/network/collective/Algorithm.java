package memwall.network.collective;

import java.util.ArrayList;
import java.util.List;

/** The algorithms of collectives; each writes a schedule for any number of ranks and bytes. */
public enum Algorithm {
  /** Reduce-scatter and all-gather around the ring. */
  ALL_REDUCE_RING(CollectiveKind.ALL_REDUCE, "ring"),
  /** Everything between pairs, lg P steps. */
  ALL_REDUCE_RECURSIVE_DOUBLING(CollectiveKind.ALL_REDUCE, "recursive-doubling"),
  /** Rabenseifner's: recursive halving, then doubling. */
  ALL_REDUCE_RABENSEIFNER(CollectiveKind.ALL_REDUCE, "rabenseifner"),
  /** Binomial reduce to rank 0, then binomial broadcast. */
  ALL_REDUCE_BINOMIAL(CollectiveKind.ALL_REDUCE, "binomial"),
  /** Two binary trees, pipelined. */
  ALL_REDUCE_DOUBLE_TREE(CollectiveKind.ALL_REDUCE, "double-tree"),
  /** Everybody sends everything to all. */
  ALL_REDUCE_ONE_SHOT(CollectiveKind.ALL_REDUCE, "one-shot"),
  /** Direct reduce-scatter, then direct all-gather. */
  ALL_REDUCE_TWO_SHOT(CollectiveKind.ALL_REDUCE, "two-shot"),
  /** Inside groups, between groups, inside groups: {@link Hierarchy}. */
  ALL_REDUCE_HIERARCHICAL(CollectiveKind.ALL_REDUCE, "hierarchical"),
  /** Around the ring. */
  REDUCE_SCATTER_RING(CollectiveKind.REDUCE_SCATTER, "ring"),
  /** Recursive halving. */
  REDUCE_SCATTER_RECURSIVE_HALVING(CollectiveKind.REDUCE_SCATTER, "recursive-halving"),
  /** Everybody with everybody. */
  REDUCE_SCATTER_DIRECT(CollectiveKind.REDUCE_SCATTER, "direct"),
  /** Around the ring. */
  ALL_GATHER_RING(CollectiveKind.ALL_GATHER, "ring"),
  /** Between pairs, lg P steps. */
  ALL_GATHER_RECURSIVE_DOUBLING(CollectiveKind.ALL_GATHER, "recursive-doubling"),
  /** Bruck's, lg P steps for any number of ranks. */
  ALL_GATHER_BRUCK(CollectiveKind.ALL_GATHER, "bruck"),
  /** Everybody with everybody. */
  ALL_GATHER_DIRECT(CollectiveKind.ALL_GATHER, "direct"),
  /** Down a binomial tree. */
  BROADCAST_BINOMIAL(CollectiveKind.BROADCAST, "binomial"),
  /** Scatter down a binomial tree, then all-gather around the ring. */
  BROADCAST_SCATTER_RING(CollectiveKind.BROADCAST, "scatter-ring"),
  /** Up a binomial tree. */
  REDUCE_BINOMIAL(CollectiveKind.REDUCE, "binomial"),
  /** Everybody to everybody, in rotated order. */
  ALL_TO_ALL_DIRECT(CollectiveKind.ALL_TO_ALL, "direct"),
  /** Bruck's, lg P steps. */
  ALL_TO_ALL_BRUCK(CollectiveKind.ALL_TO_ALL, "bruck");

  private final CollectiveKind kind;
  private final String label;

  Algorithm(CollectiveKind kind, String label) {
    this.kind = kind;
    this.label = label;
  }

  /** What it does. */
  public CollectiveKind kind() {
    return kind;
  }

  /** How users write it; differs between algorithms of one kind. */
  public String label() {
    return label;
  }

  /** The algorithms of a kind, in the order above. */
  public static List<Algorithm> of(CollectiveKind kind) {
    List<Algorithm> all = new ArrayList<>();
    for (Algorithm algorithm : values()) {
      if (algorithm.kind == kind) {
        all.add(algorithm);
      }
    }
    return all;
  }

  /**
   * Writes the schedule of a collective.
   *
   * @throws IllegalArgumentException if it has more than {@link ScheduleBuilder#MOST} operations
   */
  public Schedule schedule(CollectiveShape shape) {
    ScheduleBuilder builder = new ScheduleBuilder(shape.ranks());
    write(builder, shape);
    return builder.build();
  }

  void write(ScheduleWriter writer, CollectiveShape shape) {
    Steps steps = new Steps(writer, shape.ranks());
    if (this == ALL_REDUCE_HIERARCHICAL) {
      shape.hierarchy().allReduce(steps, shape);
    } else {
      write(Group.all(steps, shape.ranks(), shape.bytes()), shape, shape.root());
    }
  }

  /** Writes what a group does, which has a root of its own. */
  void write(Group group, CollectiveShape shape, int root) {
    switch (this) {
      case ALL_REDUCE_RING -> {
        RingSteps.reduceScatter(group);
        RingSteps.allGather(group);
      }
      case ALL_REDUCE_RECURSIVE_DOUBLING -> RecursiveSteps.allReduce(group);
      case ALL_REDUCE_RABENSEIFNER -> RecursiveSteps.rabenseifner(group);
      case ALL_REDUCE_BINOMIAL -> {
        BinomialSteps.reduce(group, 0);
        BinomialSteps.broadcast(group, 0);
      }
      case ALL_REDUCE_DOUBLE_TREE -> DoubleTree.allReduce(group, shape.pipelineChunks());
      case ALL_REDUCE_ONE_SHOT -> DirectSteps.allReduce(group);
      case ALL_REDUCE_TWO_SHOT -> {
        DirectSteps.reduceScatter(group);
        DirectSteps.allGather(group);
      }
      case REDUCE_SCATTER_RING -> RingSteps.reduceScatter(group);
      case REDUCE_SCATTER_RECURSIVE_HALVING -> RecursiveSteps.reduceScatter(group);
      case REDUCE_SCATTER_DIRECT -> DirectSteps.reduceScatter(group);
      case ALL_GATHER_RING -> RingSteps.allGather(group);
      case ALL_GATHER_RECURSIVE_DOUBLING -> RecursiveSteps.allGather(group);
      case ALL_GATHER_BRUCK -> BruckSteps.allGather(group);
      case ALL_GATHER_DIRECT -> DirectSteps.allGather(group);
      case BROADCAST_BINOMIAL -> BinomialSteps.broadcast(group, root);
      case BROADCAST_SCATTER_RING -> {
        BinomialSteps.scatter(group, root);
        RingSteps.allGather(group);
      }
      case REDUCE_BINOMIAL -> BinomialSteps.reduce(group, root);
      case ALL_TO_ALL_DIRECT -> DirectSteps.allToAll(group);
      case ALL_TO_ALL_BRUCK -> BruckSteps.allToAll(group);
      case ALL_REDUCE_HIERARCHICAL ->
          throw new IllegalStateException("groups do not have groups: " + this);
    }
  }
}
