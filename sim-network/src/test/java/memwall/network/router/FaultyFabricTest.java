package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;

/** Messages over networks whose parts fail, to the cycle. */
final class FaultyFabricTest {
  private static final double NEVER = Double.POSITIVE_INFINITY;
  private static final long CYCLE_PS = 1_000;

  static FabricFaultSpec faults(
      long timeout, int retries, long heartbeat, int misses, FabricFault.Timed... given) {
    return new FabricFaultSpec(
        timeout * CYCLE_PS,
        retries,
        10 * CYCLE_PS,
        heartbeat * CYCLE_PS,
        misses,
        50 * CYCLE_PS,
        List.of(given),
        NEVER,
        NEVER,
        NEVER);
  }

  static FabricFault.Timed at(long cycle, FabricFault fault) {
    return new FabricFault.Timed(cycle * CYCLE_PS, fault);
  }

  /** A network and what came of its messages. */
  static final class Rig {
    final Simulation simulation = new Simulation(5);
    final Stats stats = new Stats();
    final FaultyFabric fabric;
    final List<String> ends = new ArrayList<>();
    private final List<long[]> sends = new ArrayList<>();
    private final Event send;

    Rig(FabricShape shape, RouterSpec router, FabricFaultSpec faults) {
      FabricSpec spec = new FabricSpec("test", shape, router, CYCLE_PS, 16);
      fabric = new FaultyFabric(simulation, stats, "net", spec, new MessageSpec(256, 16), faults);
      send = simulation.event("send", this::send);
    }

    void send(long cycle, int from, int to, long bytes) {
      sends.add(new long[] {from, to, bytes});
      send.at(cycle * CYCLE_PS, sends.size() - 1);
    }

    private void send(long i) {
      long[] one = sends.get((int) i);
      fabric.send(
          (int) one[0],
          (int) one[1],
          one[2],
          word -> ends.add(word + " arrived " + simulation.nowPs() / CYCLE_PS),
          word -> ends.add(word + " given up " + simulation.nowPs() / CYCLE_PS),
          i);
    }

    List<String> run() {
      simulation.run();
      assertThat(fabric.checkLaws()).isEmpty();
      assertThat(fabric.waitingCount()).isZero();
      return ends;
    }

    long count(String name) {
      return (long) stats.snapshot(0).number(name);
    }
  }

  private static final FabricShape SQUARE = FabricShape.cube(List.of(2, 2), false, false, 1, 1);
  private static final RouterSpec ROUTER = new RouterSpec(2, 32, false);

  /** Cycles of a message of one packet that is alone, over so many routers. */
  private static long aloneCycles(int hops, int flits) {
    return 1 + 4L * hops + (hops - 1) + 1 + (flits - 1) + 1;
  }

  @Test
  void nothingFails() {
    Rig rig = new Rig(SQUARE, ROUTER, faults(1_000, 3, 100, 3));
    rig.send(7, 0, 3, 256);
    rig.send(7, 2, 2, 5);
    assertThat(rig.run())
        .containsExactlyInAnyOrder("0 arrived " + (7 + aloneCycles(3, 17)), "1 arrived 7");
    assertThat(rig.count("retransmissions")).isZero();
    assertThat(rig.count("channel_flits")).isEqualTo(34);
  }

  /** The same times as of messages whose network cannot fail, in the first episode. */
  @Test
  void withoutFaultsAsMessageFabric() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FabricPlan plan = FabricOracleTest.plan(random);
      FabricShape shape =
          seed % 2 == 0
              ? FabricShape.cube(List.of(3, 4), true, false, 2, 3)
              : FabricShape.dragonfly(2, 2, 1, Dragonfly.Choice.UGAL, 3, 1, 5, 20);
      RouterSpec router = new RouterSpec(4, plan.router().bufferFlits(), seed % 3 == 0);
      Rig rig = new Rig(shape, router, faults(100_000, 3, 0, 3));
      Simulation simulation = new Simulation(5);
      MessageFabric plain =
          new MessageFabric(
              simulation,
              new Stats(),
              "net",
              new FabricSpec("test", shape, router, CYCLE_PS, 16),
              new MessageSpec(256, 16),
              false);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int from = random.nextInt(shape.nodes());
        int to = random.nextInt(shape.nodes());
        long bytes = random.nextInt(900);
        rig.send(0, from, to, bytes);
        plain.send(
            from,
            to,
            bytes,
            word -> expected.add(word + " arrived " + simulation.nowPs() / CYCLE_PS),
            i);
      }
      simulation.run();
      assertThat(rig.run()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /** Down for good without another way: sent four times, each after the last one's timeout. */
  @Test
  void aLinkWithoutAnotherWay() {
    FabricShape line = FabricShape.cube(List.of(2), false, false, 1, 1);
    Rig rig = new Rig(line, ROUTER, faults(500, 3, 100, 3, at(5, new FabricFault.LinkDown(0, 1))));
    rig.send(10, 0, 1, 256);
    rig.send(10, 0, 0, 256);
    assertThat(rig.run()).containsExactlyInAnyOrder("0 given up " + (10 + 4 * 500), "1 arrived 10");
    assertThat(rig.count("retransmissions")).isEqualTo(3);
    assertThat(rig.count("packets_lost")).isEqualTo(4);
    assertThat(rig.count("messages_undeliverable")).isEqualTo(1);
    assertThat(rig.count("bytes_undeliverable")).isEqualTo(256);
  }

  /**
   * Dimension order takes 0 - 1; known at 400, new ways at 450; sent again at 510: 0 - 2 - 3 - 1.
   */
  @Test
  void waysAroundAfterSignsOfLife() {
    Rig rig =
        new Rig(SQUARE, ROUTER, faults(500, 3, 100, 4, at(5, new FabricFault.LinkDown(0, 1))));
    rig.send(10, 0, 1, 256);
    assertThat(rig.run()).containsExactly("0 arrived " + (510 + aloneCycles(4, 17)));
    assertThat(rig.count("reroutes")).isEqualTo(1);
    assertThat(rig.count("packets_lost")).isEqualTo(1);
  }

  /** Without signs of life: two timeouts of a packet, 50 cycles for new ways, the third arrives. */
  @Test
  void waysAroundAfterTimeouts() {
    Rig rig = new Rig(SQUARE, ROUTER, faults(500, 3, 0, 2, at(5, new FabricFault.LinkDown(0, 1))));
    rig.send(10, 0, 1, 256);
    assertThat(rig.run()).containsExactly("0 arrived " + (1_510 + aloneCycles(4, 17)));
    assertThat(rig.count("retransmissions")).isEqualTo(3);
  }

  /** When all works again the network's own ways are taken again. */
  @Test
  void repaired() {
    Rig rig =
        new Rig(
            SQUARE,
            ROUTER,
            faults(
                500,
                3,
                100,
                1,
                at(5, new FabricFault.LinkDown(0, 1)),
                at(5_000, new FabricFault.LinkUp(1, 0))));
    rig.send(3_000, 0, 1, 256);
    rig.send(6_000, 0, 1, 256);
    assertThat(rig.run())
        .containsExactly(
            "0 arrived " + (3_000 + aloneCycles(4, 17)),
            "1 arrived " + (6_000 + aloneCycles(2, 17)));
    assertThat(rig.count("reroutes")).isEqualTo(2);
    assertThat(rig.count("retransmissions")).isZero();
  }

  /** A packet of which flits have crossed goes on as a ghost; its message needs another one. */
  @Test
  void spoiledOnTheWay() {
    for (long failsAt = 11; failsAt < 60; failsAt++) {
      FabricShape line = FabricShape.cube(List.of(2), false, false, 1, 4);
      Rig rig =
          new Rig(
              line,
              ROUTER,
              faults(
                  500,
                  3,
                  0,
                  3,
                  at(failsAt, new FabricFault.LinkDown(0, 1)),
                  at(failsAt + 1, new FabricFault.LinkUp(0, 1))));
      rig.send(10, 0, 1, 256);
      rig.run();
      assertThat(rig.count("packets_spoiled") + rig.count("packets_lost"))
          .as("at %d", failsAt)
          .isEqualTo(rig.count("retransmissions"));
      // The head passes the first router's switch in cycle 15, its tail has crossed in 38.
      if (failsAt > 20 && failsAt < 35) {
        assertThat(rig.count("packets_spoiled")).as("at %d", failsAt).isEqualTo(1);
      }
      if (failsAt < 14 || failsAt > 42) {
        assertThat(rig.count("retransmissions")).as("at %d", failsAt).isZero();
      }
    }
  }

  /**
   * Half the rate: each flit behind the first takes two cycles. The second router's two cycles for
   * the head alone are over by then.
   */
  @Test
  void slowLink() {
    for (double factor : new double[] {0.5, 0.1, 2.0 / 3}) {
      for (boolean hold : new boolean[] {false, true}) {
        Rig rig =
            new Rig(
                SQUARE,
                new RouterSpec(2, 32, hold),
                faults(5_000, 3, 100, 3, at(0, new FabricFault.LinkRate(1, 0, factor))));
        rig.send(10, 0, 1, 256);
        rig.send(5_000, 2, 3, 256);
        long moreCycles = (long) StrictMath.ceil(16 / factor - 1e-3) - 16 - 2;
        assertThat(rig.run())
            .containsExactly(
                "0 arrived " + (10 + aloneCycles(2, 17) + moreCycles),
                "1 arrived " + (5_000 + aloneCycles(2, 17)));
        assertThat(rig.count("reroutes")).isZero();
      }
    }
  }

  @Test
  void nodesAndRouters() {
    Rig rig =
        new Rig(
            SQUARE,
            ROUTER,
            faults(
                500,
                1,
                100,
                1,
                at(0, new FabricFault.NodeDown(3)),
                at(3_000, new FabricFault.NodeUp(3)),
                at(5_000, new FabricFault.RouterDown(2))));
    rig.send(10, 0, 3, 100);
    rig.send(1_000, 3, 0, 100);
    rig.send(4_000, 0, 3, 100);
    rig.send(6_000, 0, 3, 100);
    rig.send(6_000, 2, 0, 100);
    rig.send(6_000, 0, 2, 100);
    List<String> ends = rig.run();
    assertThat(ends).hasSize(6);
    assertThat(ends)
        .contains(
            "0 given up 1010",
            "1 given up 2000",
            "2 arrived " + (4_000 + aloneCycles(3, 8)),
            "3 arrived " + (6_000 + aloneCycles(3, 8)),
            "4 given up 7000",
            "5 given up 7008");
  }

  @Test
  void partsThatAreNotThere() {
    for (FabricFault fault :
        List.of(
            new FabricFault.LinkDown(0, 3),
            new FabricFault.LinkUp(0, 4),
            new FabricFault.LinkRate(0, 1, 1.5),
            new FabricFault.NodeDown(4),
            new FabricFault.NodeUp(-1),
            new FabricFault.RouterDown(9))) {
      FabricFaultSpec spec = faults(500, 1, 100, 1, at(0, fault));
      assertThatThrownBy(() -> new Rig(SQUARE, ROUTER, spec))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("net: ");
    }
    assertThatThrownBy(() -> faults(0, 1, 1, 1)).hasMessageContaining("needs a timeout");
  }
}
