package memwall.network.collective;

/**
 * How a hierarchical all-reduce is done: a reduce-scatter inside each group of neighbouring ranks,
 * an all-reduce of each piece among the ranks that have it, one of each group, and an all-gather
 * inside the groups. If the last group is smaller than the others, the first rank of each group
 * gets the sum of its group by a binomial tree, takes part in the all-reduce outside alone, and
 * hands the result down the tree.
 *
 * @param innerRanks ranks of a group, at least 1
 * @param inner how groups scatter and gather
 * @param outer how groups reduce: an algorithm of all-reduce, but not the hierarchical one
 */
public record Hierarchy(int innerRanks, Inner inner, Algorithm outer) {
  /** How a group scatters and gathers. */
  public enum Inner {
    /** From neighbour to neighbour. */
    RING,
    /** Recursive halving and doubling. */
    RECURSIVE,
    /** Everybody with everybody. */
    DIRECT
  }

  /** Checks the ranges given above. */
  public Hierarchy {
    if (innerRanks < 1) {
      throw new IllegalArgumentException("groups of " + innerRanks + " ranks: at least 1");
    }
    if (outer.kind() != CollectiveKind.ALL_REDUCE || outer == Algorithm.ALL_REDUCE_HIERARCHICAL) {
      throw new IllegalArgumentException(outer + " is no all-reduce that groups can do together");
    }
  }

  void allReduce(Steps steps, CollectiveShape shape) {
    int ranks = shape.ranks();
    int size = Math.min(innerRanks, ranks);
    int groups = (ranks + size - 1) / size;
    if (ranks % size != 0) {
      throughLeaders(steps, shape, size, groups);
      return;
    }
    for (int group = 0; group < groups; group++) {
      Group members = new Group(steps, run(group * size, 1, size), 0, shape.bytes());
      switch (inner) {
        case RING -> RingSteps.reduceScatter(members);
        case RECURSIVE -> RecursiveSteps.reduceScatter(members);
        case DIRECT -> DirectSteps.reduceScatter(members);
      }
    }
    Group cut = Group.all(steps, size, shape.bytes());
    for (int i = 0; i < size; i++) {
      int[] members = run(i, size, groups);
      outer.write(new Group(steps, members, cut.begin(i, size), cut.begin(i + 1, size)), shape, 0);
    }
    for (int group = 0; group < groups; group++) {
      Group members = new Group(steps, run(group * size, 1, size), 0, shape.bytes());
      switch (inner) {
        case RING -> RingSteps.allGather(members);
        case RECURSIVE -> RecursiveSteps.allGather(members);
        case DIRECT -> DirectSteps.allGather(members);
      }
    }
  }

  private void throughLeaders(Steps steps, CollectiveShape shape, int size, int groups) {
    int ranks = shape.ranks();
    for (int first = 0; first < ranks; first += size) {
      int[] members = run(first, 1, Math.min(size, ranks - first));
      BinomialSteps.reduce(new Group(steps, members, 0, shape.bytes()), 0);
    }
    outer.write(new Group(steps, run(0, size, groups), 0, shape.bytes()), shape, 0);
    for (int first = 0; first < ranks; first += size) {
      int[] members = run(first, 1, Math.min(size, ranks - first));
      BinomialSteps.broadcast(new Group(steps, members, 0, shape.bytes()), 0);
    }
  }

  private static int[] run(int first, int stride, int count) {
    int[] members = new int[count];
    for (int i = 0; i < count; i++) {
      members[i] = first + i * stride;
    }
    return members;
  }
}
