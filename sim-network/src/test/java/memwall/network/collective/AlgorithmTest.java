package memwall.network.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Each algorithm keeps its promise for every number of ranks and odd sizes, and sends what its
 * textbook says.
 */
class AlgorithmTest {
  private static final int MOST_RANKS = 33;

  private static long all(int ranks) {
    return (1L << ranks) - 1;
  }

  private static long begin(int index, int ranks, long bytes) {
    return bytes / ranks * index + Math.min(index, bytes % ranks);
  }

  /** Bytes of the vector that belong to chunk i: between begin(i) and begin(i+1). */
  private static boolean inChunk(long at, int index, int ranks, long bytes) {
    return begin(index, ranks, bytes) <= at && at < begin(index + 1, ranks, bytes);
  }

  private static Schedule check(Algorithm algorithm, CollectiveShape shape) {
    SplittableRandom random = new SplittableRandom(shape.ranks() * 1_000L + shape.bytes());
    int ranks = shape.ranks();
    int bytes = (int) shape.bytes();
    CollectiveKind kind = algorithm.kind();
    boolean exchanges = kind == CollectiveKind.ALL_TO_ALL;
    SymbolicRun run = new SymbolicRun(ranks, exchanges ? ranks * bytes : bytes);
    for (int rank = 0; rank < ranks; rank++) {
      for (int at = 0; at < run.held[rank].length; at++) {
        boolean has =
            switch (kind) {
              case ALL_REDUCE, REDUCE_SCATTER, REDUCE -> true;
              case ALL_GATHER -> inChunk(at, rank, ranks, bytes);
              case BROADCAST -> rank == shape.root();
              case ALL_TO_ALL -> at / bytes == rank;
            };
        run.held[rank][at] = has ? 1L << rank : 0;
      }
    }
    algorithm.write(run, shape);
    Schedule schedule = run.run(random);
    for (int rank = 0; rank < ranks; rank++) {
      for (int at = 0; at < run.held[rank].length; at++) {
        long wanted =
            switch (kind) {
              case ALL_REDUCE -> all(ranks);
              case REDUCE_SCATTER -> inChunk(at, rank, ranks, bytes) ? all(ranks) : -1;
              case REDUCE -> rank == shape.root() ? all(ranks) : -1;
              case ALL_GATHER -> 1L << owner(at, ranks, bytes);
              case BROADCAST -> 1L << shape.root();
              case ALL_TO_ALL -> inChunk(at % bytes, rank, ranks, bytes) ? 1L << (at / bytes) : -1;
            };
        if (wanted != -1) {
          assertThat(run.held[rank][at])
              .as("%s, %s: rank %d, byte %d", algorithm, shape, rank, at)
              .isEqualTo(wanted);
        }
      }
    }
    return schedule;
  }

  private static int owner(int at, int ranks, long bytes) {
    int index = 0;
    while (!inChunk(at, index, ranks, bytes)) {
      index++;
    }
    return index;
  }

  private static int[] sizes(int ranks) {
    return new int[] {0, 1, 2, ranks - 1, ranks, ranks + 1, 2 * ranks + 3, 61};
  }

  @Test
  void everyRankHasWhatWasPromisedEachContributionOnce() {
    for (Algorithm algorithm : Algorithm.values()) {
      for (int ranks = 1; ranks <= MOST_RANKS; ranks++) {
        for (int bytes : sizes(ranks)) {
          check(algorithm, CollectiveShape.of(ranks, bytes).withPipelineChunks(3));
        }
      }
    }
  }

  @Test
  void anyRoot() {
    for (Algorithm algorithm :
        List.of(
            Algorithm.BROADCAST_BINOMIAL,
            Algorithm.BROADCAST_SCATTER_RING,
            Algorithm.REDUCE_BINOMIAL)) {
      for (int ranks = 1; ranks <= 17; ranks++) {
        for (int root = 0; root < ranks; root++) {
          check(algorithm, CollectiveShape.of(ranks, 2 * ranks + 3).withRoot(root));
        }
      }
    }
  }

  @Test
  void anyGroupsOfTheHierarchy() {
    for (Algorithm outer : Algorithm.of(CollectiveKind.ALL_REDUCE)) {
      if (outer == Algorithm.ALL_REDUCE_HIERARCHICAL) {
        continue;
      }
      for (Hierarchy.Inner inner : Hierarchy.Inner.values()) {
        for (int ranks : new int[] {1, 2, 6, 7, 12, 16, 18, 30}) {
          for (int group = 1; group <= ranks; group++) {
            Hierarchy hierarchy = new Hierarchy(group, inner, outer);
            check(
                Algorithm.ALL_REDUCE_HIERARCHICAL,
                CollectiveShape.of(ranks, 41).withHierarchy(hierarchy));
          }
        }
      }
    }
  }

  @Test
  void anyNumberOfChunksOfTheTrees() {
    for (int ranks : new int[] {2, 3, 8, 13, 16, 25}) {
      for (int chunks : new int[] {1, 2, 7, 40}) {
        check(
            Algorithm.ALL_REDUCE_DOUBLE_TREE,
            CollectiveShape.of(ranks, 37).withPipelineChunks(chunks));
      }
    }
  }

  /** Without the dependencies on what was received, something is left out. */
  @Test
  void symbolicRunNoticesMissingDependencies() {
    SymbolicRun run = new SymbolicRun(4, 4);
    for (int rank = 0; rank < 4; rank++) {
      java.util.Arrays.fill(run.held[rank], 1L << rank);
    }
    ScheduleWriter careless =
        new ScheduleWriter() {
          @Override
          public void range(long fromBytes, long toBytes) {
            run.range(fromBytes, toBytes);
          }

          @Override
          public int transfer(int from, int to, boolean add, int sendAfter, int receiveAfter) {
            return run.transfer(from, to, add, NONE, NONE);
          }

          @Override
          public int join(int rank) {
            return run.join(rank);
          }

          @Override
          public void after(int operation, int earlier) {
            run.after(operation, earlier);
          }
        };
    Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING.write(careless, CollectiveShape.of(4, 4));
    run.run(new SplittableRandom(1));
    assertThat(run.held[0][0]).isNotEqualTo(all(4));
  }

  @Test
  void symbolicRunNoticesWhatCountsTwice() {
    SymbolicRun run = new SymbolicRun(2, 1);
    run.held[0][0] = 1;
    run.held[1][0] = 2;
    for (int i = 0; i < 2; i++) {
      run.range(0, 1);
      run.transfer(0, 1, true, ScheduleWriter.NONE, ScheduleWriter.NONE);
    }
    assertThatThrownBy(() -> run.run(new SplittableRandom(1))).hasMessageContaining("counts twice");
  }

  // ---- bytes

  private static long[] sent(Algorithm algorithm, CollectiveShape shape) {
    Schedule schedule = algorithm.schedule(shape);
    long[] sent = new long[shape.ranks()];
    for (int i = 0; i < schedule.operations(); i++) {
      if (schedule.kind(i) == Schedule.SEND) {
        sent[schedule.rank(i)] += schedule.bytes(i);
      }
    }
    return sent;
  }

  private static long most(Algorithm algorithm, int ranks, long bytes) {
    long most = 0;
    for (long sent : sent(algorithm, CollectiveShape.of(ranks, bytes))) {
      most = Math.max(most, sent);
    }
    return most;
  }

  private static long sum(Algorithm algorithm, int ranks, long bytes) {
    long sum = 0;
    for (long sent : sent(algorithm, CollectiveShape.of(ranks, bytes))) {
      sum += sent;
    }
    return sum;
  }

  /** With chunks of 100 bytes: what the busiest rank sends. */
  @Test
  void bytesOfTheBusiestRankAreThoseOfTheTextbooks() {
    for (int ranks = 2; ranks <= 64; ranks++) {
      long m = 100L * ranks;
      long others = 100L * (ranks - 1);
      int lg = 32 - Integer.numberOfLeadingZeros(ranks - 1);
      assertThat(most(Algorithm.ALL_REDUCE_RING, ranks, m)).isEqualTo(2 * others);
      assertThat(most(Algorithm.ALL_REDUCE_ONE_SHOT, ranks, m)).isEqualTo((ranks - 1) * m);
      assertThat(most(Algorithm.ALL_REDUCE_TWO_SHOT, ranks, m)).isEqualTo(2 * others);
      assertThat(most(Algorithm.REDUCE_SCATTER_RING, ranks, m)).isEqualTo(others);
      assertThat(most(Algorithm.REDUCE_SCATTER_DIRECT, ranks, m)).isEqualTo(others);
      assertThat(most(Algorithm.ALL_GATHER_RING, ranks, m)).isEqualTo(others);
      assertThat(most(Algorithm.ALL_GATHER_DIRECT, ranks, m)).isEqualTo(others);
      assertThat(most(Algorithm.ALL_GATHER_BRUCK, ranks, m)).isEqualTo(others);
      assertThat(most(Algorithm.BROADCAST_BINOMIAL, ranks, m)).isEqualTo(lg * m);
      assertThat(most(Algorithm.REDUCE_BINOMIAL, ranks, m)).isEqualTo(m);
      assertThat(most(Algorithm.ALL_TO_ALL_DIRECT, ranks, m)).isEqualTo(others);
      if (Integer.bitCount(ranks) == 1) {
        assertThat(most(Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING, ranks, m)).isEqualTo(lg * m);
        assertThat(most(Algorithm.ALL_REDUCE_RABENSEIFNER, ranks, m)).isEqualTo(2 * others);
        assertThat(most(Algorithm.REDUCE_SCATTER_RECURSIVE_HALVING, ranks, m)).isEqualTo(others);
        assertThat(most(Algorithm.ALL_GATHER_RECURSIVE_DOUBLING, ranks, m)).isEqualTo(others);
        assertThat(most(Algorithm.ALL_TO_ALL_BRUCK, ranks, m)).isEqualTo(lg * m / 2);
      }
    }
  }

  /** What all send together, where it is known for any number of ranks. */
  @Test
  void bytesOfAllRanksAreThoseOfTheTextbooks() {
    for (int ranks = 2; ranks <= 64; ranks++) {
      long m = 100L * ranks;
      // Every contribution has to move once, every result once.
      long others = ranks - 1L;
      long least = 2 * others * m;
      int actors = Integer.highestOneBit(ranks);
      long folded = 2L * (ranks - actors) * m;
      assertThat(sum(Algorithm.ALL_REDUCE_RING, ranks, m)).isEqualTo(least);
      assertThat(sum(Algorithm.ALL_REDUCE_TWO_SHOT, ranks, m)).isEqualTo(least);
      assertThat(sum(Algorithm.ALL_REDUCE_BINOMIAL, ranks, m)).isEqualTo(least);
      assertThat(sum(Algorithm.ALL_REDUCE_DOUBLE_TREE, ranks, m)).isEqualTo(least);
      assertThat(sum(Algorithm.ALL_REDUCE_RECURSIVE_DOUBLING, ranks, m))
          .isEqualTo(folded + m * actors * Integer.numberOfTrailingZeros(actors));
      assertThat(sum(Algorithm.ALL_REDUCE_RABENSEIFNER, ranks, m))
          .isEqualTo(folded + 2L * (actors - 1) * m);
      assertThat(sum(Algorithm.ALL_REDUCE_ONE_SHOT, ranks, m)).isEqualTo(ranks * others * m);
      assertThat(sum(Algorithm.BROADCAST_BINOMIAL, ranks, m)).isEqualTo((ranks - 1) * m);
      assertThat(sum(Algorithm.REDUCE_BINOMIAL, ranks, m)).isEqualTo((ranks - 1) * m);
      long blocks = 0; // from each rank, over each bit of the way
      for (int toGo = 1; toGo < ranks; toGo++) {
        blocks += Integer.bitCount(toGo);
      }
      assertThat(sum(Algorithm.ALL_TO_ALL_BRUCK, ranks, m)).isEqualTo(100L * ranks * blocks);
    }
  }

  /** Nobody but the root of one tree has two children in both. */
  @Test
  void treesShareTheLoad() {
    for (int ranks = 2; ranks <= 64; ranks++) {
      long m = 200;
      long[] sent =
          sent(
              Algorithm.ALL_REDUCE_DOUBLE_TREE, CollectiveShape.of(ranks, m).withPipelineChunks(1));
      for (long bytes : sent) {
        // Up in both trees and down to two children in one: m / 2 each.
        assertThat(bytes)
            .as("%d ranks", ranks)
            .isLessThanOrEqualTo(m + m + (ranks % 2 == 0 ? 0 : m));
      }
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> CollectiveShape.of(0, 1))
        .hasMessageStartingWith("collective of 0 ranks and 1 bytes: needs 1 to 65536 ranks");
    assertThatThrownBy(() -> CollectiveShape.of(4, -1)).hasMessageContaining("-1 bytes");
    assertThatThrownBy(() -> CollectiveShape.of(4, 1).withRoot(4))
        .hasMessageStartingWith("root 4 of 4 ranks");
    assertThatThrownBy(
            () -> new Hierarchy(2, Hierarchy.Inner.RING, Algorithm.ALL_REDUCE_HIERARCHICAL))
        .hasMessageContaining("no all-reduce that groups can do together");
    assertThatThrownBy(
            () ->
                Algorithm.ALL_REDUCE_RING.write(
                    new ScheduleBuilder(4, 20), CollectiveShape.of(4, 100)))
        .hasMessage("more than 20 operations");
    ScheduleBuilder small = new ScheduleBuilder(1, 2);
    int first = small.compute(0, 5);
    int second = small.compute(0, 5);
    small.after(second, first);
    small.afterStart(second, first);
    assertThatThrownBy(() -> small.after(second, first)).hasMessage("more than 2 dependencies");
  }
}
