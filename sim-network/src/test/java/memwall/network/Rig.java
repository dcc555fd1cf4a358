package memwall.network;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import memwall.core.Simulation;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;

/** A network in a simulation of its own, and specs to test it with. */
final class Rig {
  final Simulation simulation = new Simulation(1);
  final Stats stats = new Stats();
  final StarNetwork network;
  final long[] doneAtPs;

  Rig(NetworkSpec spec, int ranks, int simulatedRanks) {
    this(spec, ranks, simulatedRanks, simulatedRanks == 1);
  }

  /** A network that simulates every message, or one that reserves undisturbed operations. */
  Rig(NetworkSpec spec, int ranks, int simulatedRanks, boolean reserves) {
    network =
        new StarNetwork(simulation, stats.child("net"), spec, ranks, simulatedRanks, reserves);
    doneAtPs = new long[simulatedRanks];
    Arrays.fill(doneAtPs, -1);
  }

  /** Every simulated rank calls an all-reduce now; completion times go to {@link #doneAtPs}. */
  void allReduce(long bytes) {
    collective(Collective.ALL_REDUCE, bytes);
  }

  void collective(Collective collective, long bytes) {
    Arrays.fill(doneAtPs, -1);
    for (int rank = 0; rank < network.simulatedRanks(); rank++) {
      network.collective(collective, rank, bytes, this::done, rank);
    }
  }

  void done(long rank) {
    if (doneAtPs[(int) rank] != -1) {
      throw new AssertionError("rank " + rank + " completes twice");
    }
    doneAtPs[(int) rank] = simulation.nowPs();
  }

  /** Runs to the end; the time that the all-reduce took, the same for all ranks. */
  long runPs(long bytes) {
    long startPs = simulation.nowPs();
    allReduce(bytes);
    simulation.run();
    for (long atPs : doneAtPs) {
      if (atPs != doneAtPs[0]) {
        throw new AssertionError("ranks differ: " + Arrays.toString(doneAtPs));
      }
    }
    return doneAtPs[0] - startPs;
  }

  Snapshot snapshot() {
    return stats.snapshot(simulation.nowPs());
  }

  double stat(String name) {
    return snapshot().number("net." + name);
  }

  /** A spec with one all-reduce of each kind, named after it. */
  static NetworkSpec spec(
      long rate, long linkPs, long switchPs, Overheads overheads, ReductionSpec reduction) {
    return new NetworkSpec(
        NetworkSpec.Topology.STAR,
        64,
        rate,
        linkPs,
        switchPs,
        1.5,
        overheads,
        List.of(
            new AllReduceSpec("ring", AllReduceKind.RING, overheads, 2, Long.MAX_VALUE),
            new AllReduceSpec("one-shot", AllReduceKind.ONE_SHOT, overheads, 2, Long.MAX_VALUE),
            new AllReduceSpec("two-shot", AllReduceKind.TWO_SHOT, overheads, 2, Long.MAX_VALUE),
            new AllReduceSpec(
                "in-network", AllReduceKind.IN_NETWORK, overheads, 2, Long.MAX_VALUE)),
        NetworkSpec.AUTO,
        List.of(),
        reduction);
  }

  /** 400 GB/s after efficiency, 0.5 us of path, some software, an adder that does not limit. */
  static NetworkSpec plain() {
    return spec(
        500_000_000_000L,
        100_000,
        300_000,
        new Overheads(0.8, 1_000_000, 250_000, 90_000),
        new ReductionSpec(32_000_000_000_000L, 50_000, 64, 16_384));
  }

  /** Odd rates and latencies, adders and windows that limit or do not. */
  static NetworkSpec random(Random random) {
    long rate = 1_000_000_000L + (random.nextLong() >>> 1) % 900_000_000_000L;
    Overheads overheads =
        new Overheads(
            0.05 + 0.95 * random.nextDouble(),
            random.nextInt(2_000_000),
            random.nextInt(4) == 0 ? 0 : random.nextInt(3_000_000),
            random.nextInt(3) == 0 ? 0 : random.nextInt(200_000));
    long adderRate = Math.max(1, (long) (rate * StrictMath.exp(3 * random.nextGaussian() + 1)));
    ReductionSpec reduction =
        new ReductionSpec(
            adderRate, random.nextInt(400_000), 1 + random.nextInt(12), 1 + random.nextInt(40_000));
    NetworkSpec spec =
        spec(rate, random.nextInt(500_000), random.nextInt(500_000), overheads, reduction);
    return spec.withLibraries(libraries(new Random(adderRate)));
  }

  /** Two libraries with all that a library can have. */
  static List<LibrarySpec> libraries(Random random) {
    int all = Integer.MAX_VALUE;
    long any = Long.MAX_VALUE;
    LibraryRule rings =
        new LibraryRule(2, all, any, List.of("ring", "in-network"), 900_000, 0, any);
    List<LibraryRule> rules =
        List.of(
            new LibraryRule(
                2, 3, 1 + random.nextInt(9_000), List.of("ring"), 0, 0, 1 + random.nextInt(10_000)),
            new LibraryRule(
                2, all, 30_000, List.of("one-shot", "two-shot"), random.nextInt(6_000_000), 0, any),
            new LibraryRule(
                4, 8, 90_000, List.of("in-network"), random.nextInt(40_000_000), 7, 3_000_000_000L),
            new LibraryRule(
                2, all, any, List.of("rings"), random.nextInt(9_000_000), 500, 90_000_000_000L));
    return List.of(new LibrarySpec("rings", List.of(rings)), new LibrarySpec("library", rules));
  }

  /** Spread evenly over the orders of magnitude, with small sizes and neighbours of powers. */
  static long randomBytes(Random random, int maxPower) {
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextInt(40);
      case 1 -> Math.max(1, (1L << random.nextInt(maxPower)) + random.nextInt(3) - 1);
      default -> 1 + (random.nextLong() >>> 1) % (1L << (1 + random.nextInt(maxPower)));
    };
  }

  static final List<String> KINDS = List.of("ring", "one-shot", "two-shot", "in-network");

  /** The kinds, and a library of those specs that have one. */
  static final List<String> KINDS_AND_LIBRARY =
      List.of("ring", "one-shot", "two-shot", "in-network", "library");
}
