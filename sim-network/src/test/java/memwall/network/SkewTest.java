package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import memwall.core.Event;
import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;

/** Ranks that call at different times, against a naive model of the messages. */
class SkewTest {
  private static final long PATH_PS = 500_000;
  private static final Overheads SOFTWARE = new Overheads(0.8, 1_000_000, 250_000, 90_000);
  private static final long RATE = 400_000_000_000L;

  private static long[] simulate(String name, long bytes, long[] callPs) {
    return simulate(Rig.plain().withAllReduce(name), bytes, callPs);
  }

  private static long[] simulate(NetworkSpec spec, long bytes, long[] callPs) {
    Rig rig = new Rig(spec, callPs.length, callPs.length);
    Event call =
        rig.simulation.event(
            "call", rank -> rig.network.allReduce((int) rank, bytes, rig::done, rank));
    for (int rank = 0; rank < callPs.length; rank++) {
      call.at(callPs[rank], rank);
    }
    // The laws hold at any moment, not only at the end.
    for (long atPs = 0; atPs < 6_000_000; atPs += 777_777) {
      rig.simulation.runUntil(atPs);
      assertThat(rig.network.checkLaws()).isEmpty();
    }
    rig.simulation.run();
    assertThat(rig.network.checkLaws()).isEmpty();
    return rig.doneAtPs;
  }

  /** Each step of the ring waits for the previous one of the left neighbour and of itself. */
  private static long[] naiveRing(long bytes, long[] callPs) {
    int n = callPs.length;
    long servicePs = Units.transferPs((bytes + n - 1) / n, RATE);
    long[] sentPs = new long[n];
    long[] arrivedPs = new long[n];
    for (int rank = 0; rank < n; rank++) {
      arrivedPs[rank] = callPs[rank] + SOFTWARE.launchPs();
    }
    for (int step = 0; step < 2 * (n - 1); step++) {
      long[] nextPs = new long[n];
      for (int rank = 0; rank < n; rank++) {
        long startPs =
            Math.max(callPs[rank] + SOFTWARE.launchPs(), Math.max(arrivedPs[rank], sentPs[rank]));
        sentPs[rank] = startPs + SOFTWARE.messagePs() + servicePs;
        nextPs[(rank + 1) % n] = sentPs[rank] + PATH_PS + SOFTWARE.syncPs();
      }
      arrivedPs = nextPs;
    }
    long[] donePs = new long[n];
    for (int rank = 0; rank < n; rank++) {
      donePs[rank] = Math.max(arrivedPs[rank], sentPs[rank]);
    }
    return donePs;
  }

  /** Each rank gets n-1 vectors over one link, in the order of their tails. */
  private static long[] naiveOneShot(long bytes, long[] callPs) {
    int n = callPs.length;
    long servicePs = Units.transferPs(bytes, RATE);
    long[] donePs = new long[n];
    for (int to = 0; to < n; to++) {
      long[] tailPs = new long[n - 1];
      for (int distance = 1; distance < n; distance++) {
        int from = (to - distance + n) % n;
        tailPs[distance - 1] =
            callPs[from]
                + SOFTWARE.launchPs()
                + distance * (SOFTWARE.messagePs() + servicePs)
                + 400_000;
      }
      Arrays.sort(tailPs);
      long freePs = 0;
      for (long tail : tailPs) {
        freePs = Math.max(tail, freePs + servicePs);
      }
      long ownPs = callPs[to] + SOFTWARE.launchPs() + (n - 1) * (SOFTWARE.messagePs() + servicePs);
      donePs[to] = Math.max(ownPs, freePs + 100_000 + SOFTWARE.syncPs());
    }
    return donePs;
  }

  @Test
  void ringFollowsTheRecurrence() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      long[] callPs = randomCalls(random);
      long bytes = Rig.randomBytes(random, 22);
      assertThat(simulate("ring", bytes, callPs))
          .as("%s B, calls at %s", bytes, Arrays.toString(callPs))
          .containsExactly(naiveRing(bytes, callPs));
    }
  }

  @Test
  void oneShotSharesTheLinkDownInOrderOfArrival() {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      long[] callPs = randomCalls(random);
      long bytes = Rig.randomBytes(random, 22);
      assertThat(simulate("one-shot", bytes, callPs))
          .as("%s B, calls at %s", bytes, Arrays.toString(callPs))
          .containsExactly(naiveOneShot(bytes, callPs));
    }
  }

  @Test
  void inNetworkEveryoneWaitsForTheLastContribution() {
    Random random = new Random(5);
    for (int round = 0; round < 100; round++) {
      long[] callPs = randomCalls(random);
      long bytes = Rig.randomBytes(random, 19);
      long lastPs = Arrays.stream(callPs).max().orElseThrow();
      long[] donePs = simulate("in-network", bytes, callPs);
      // 64 slots of 16 KiB and an adder as fast as all links together: the last rank decides, and
      // everybody has the result at once.
      long expectedPs =
          lastPs
              + new AllReduceFormula(Rig.plain().withAllReduce("in-network"), callPs.length)
                  .latencyPs(bytes);
      // Its own last chunk is added in less than all ranks' would be: at most a picosecond each.
      for (long atPs : donePs) {
        assertThat(atPs).isEqualTo(donePs[0]).isBetween(expectedPs - callPs.length, expectedPs);
      }
    }
  }

  @Test
  void nobodyFinishesBeforeTheLastCallAndAllWithinOneMoreAllReduce() {
    Random random = new Random(6);
    for (int round = 0; round < 200; round++) {
      String name = Rig.KINDS_AND_LIBRARY.get(round % Rig.KINDS_AND_LIBRARY.size());
      NetworkSpec spec = Rig.random(random).withAllReduce(name);
      long[] callPs = randomCalls(random);
      long bytes = Rig.randomBytes(random, 17);
      long lastPs = Arrays.stream(callPs).max().orElseThrow();
      long formulaPs = new AllReduceFormula(spec, callPs.length).latencyPs(bytes);
      for (long atPs : simulate(spec, bytes, callPs)) {
        assertThat(atPs).isGreaterThan(lastPs).isLessThanOrEqualTo(lastPs + 2 * formulaPs);
      }
    }
  }

  @Test
  void anEarlyRankMayRunAheadByAnOperation() {
    // Rank 1's vector reaches rank 0 late; rank 0's second vector is on its way meanwhile.
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 4, 4);
      int[] done = new int[4];
      rig.simulation.event("keep alive", word -> {}).at(1_000_000_000_000L, 0);
      for (int rank = 0; rank < 4; rank++) {
        for (int operation = 0; operation < 20; operation++) {
          int expected = operation;
          rig.network.allReduce(
              rank,
              1000 * (operation % 3) + 7,
              word -> assertThat(done[(int) word]++).isEqualTo(expected),
              rank);
        }
        rig.simulation.runUntil(123_456L * (rank + 1));
      }
      rig.simulation.run();
      assertThat(done).containsOnly(20);
      assertThat(rig.network.checkLaws()).isEmpty();
      assertThat(rig.stat("collectives_done")).isEqualTo(80);
    }
  }

  private static long[] randomCalls(Random random) {
    long[] callPs = new long[2 + random.nextInt(7)];
    int spread = 1 + random.nextInt(20_000_000);
    for (int rank = 0; rank < callPs.length; rank++) {
      callPs[rank] = random.nextInt(spread);
    }
    return callPs;
  }
}
