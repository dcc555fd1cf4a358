package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

/** The laws of conservation hold at any moment, and each is noticed when it is broken. */
final class FabricLawsTest {
  /** A network under way and the packets offered to it. */
  private static final class Rig {
    final RouterFabric fabric;
    final SplittableRandom random;
    final int flits;
    long offered;

    Rig(FabricPlan plan, SplittableRandom random) {
      fabric = new RouterFabric(plan, random.nextLong(), 1, (packet, cycle) -> {});
      this.random = random;
      flits = 1 + random.nextInt(9);
    }

    void cycle(int chance) {
      int nodes = fabric.topology().nodes();
      for (int node = 0; node < nodes; node++) {
        if (random.nextInt(chance) == 0) {
          fabric.offer(node, random.nextInt(nodes), 1 + random.nextInt(flits), 0);
          offered++;
        }
      }
      fabric.step();
    }
  }

  @Test
  void holdAtRandomMoments() {
    Randomized.check(
        300,
        random -> {
          Rig rig = new Rig(FabricOracleTest.plan(random), random);
          int chance = 2 + random.nextInt(30);
          for (int i = 0; i < 200; i++) {
            rig.cycle(chance);
            if (random.nextInt(8) == 0) {
              assertThat(FabricLaws.broken(rig.fabric, rig.offered)).isEmpty();
              assertNobodyIsForgotten(rig.fabric);
            }
          }
        });
  }

  /** A lane that could do something is on the list of those that want to. */
  private static void assertNobodyIsForgotten(RouterFabric fabric) {
    Lanes lanes = fabric.lanes();
    for (int lane = 0; lane < lanes.routerLanes; lane++) {
      int router = lane / lanes.perRouter;
      int inRouter = lane % lanes.perRouter;
      boolean routed = lanes.left[lane] != 0;
      boolean given = lanes.outLane[lane] != Lanes.NONE;
      int port = router * lanes.radix + lanes.outPort[lane];
      boolean could = given && lanes.flits[lane] != 0 && lanes.credits[lanes.outLane[lane]] != 0;
      boolean[] wants = {
        bit(lanes.wantsRoute, router * lanes.words, inRouter),
        bit(lanes.wantsChannel, router * lanes.words, inRouter),
        routed && bit(lanes.waitsForChannel, port * lanes.words, inRouter),
        bit(lanes.wantsSwitch, router * lanes.words, inRouter)
      };
      assertThat(wants[0]).as("route").isEqualTo(!routed && lanes.flits[lane] != 0);
      assertThat(wants[1] ^ wants[2]).as("channel").isEqualTo(routed && !given);
      assertThat(wants[3]).as("switch").isEqualTo(could);
      if (wants[2]) {
        assertThat(lanes.freeChannels[port] & lanes.usable[lane]).as("waits").isZero();
      }
    }
  }

  private static boolean bit(long[] masks, int firstWord, int lane) {
    return (masks[firstWord + (lane >>> 6)] >>> lane & 1) != 0;
  }

  /** A full mesh, broken in one way; the laws that fail then. */
  private static List<String> broken(Consumer<Rig> tampering) {
    FabricShape shape = FabricShape.cube(List.of(3, 3), false, false, 1, 2);
    // Few places: nodes' credits count too.
    RouterSpec router = new RouterSpec(2, 4, false);
    FabricPlan plan = new FabricPlan(shape.topology(), shape.routing(), router);
    Rig rig = new Rig(plan, new SplittableRandom(5));
    for (int i = 0; i < 150; i++) {
      rig.cycle(8);
    }
    assertThat(FabricLaws.broken(rig.fabric, rig.offered)).isEmpty();
    assertThat(rig.fabric.packets().live()).isGreaterThan(20);
    tampering.accept(rig);
    return FabricLaws.broken(rig.fabric, rig.offered);
  }

  private static int laneWithFlits(Lanes lanes) {
    for (int lane = 0; lane < lanes.routerLanes; lane++) {
      if (lanes.flits[lane] > 0) {
        return lane;
      }
    }
    throw new AssertionError("the network is empty");
  }

  @Test
  void packetsThatVanishOrAppear() {
    assertThat(broken(rig -> rig.offered++)).singleElement().asString().contains("packets offered");
    assertThat(broken(rig -> rig.fabric.packets().create(0, 1, 1, 0, 0)))
        .singleElement()
        .asString()
        .contains("packets offered");
  }

  /** Flits and places change together: only the flits do not add up. */
  @Test
  void flitsThatVanishOrAppear() {
    assertThat(
            broken(
                rig -> {
                  Lanes lanes = rig.fabric.lanes();
                  int lane = laneWithFlits(lanes);
                  lanes.flits[lane]--;
                  lanes.credits[lane]++;
                }))
        .singleElement()
        .asString()
        .contains("flits sent");
    assertThat(
            broken(
                rig -> {
                  int lane = laneWithFlits(rig.fabric.lanes());
                  rig.fabric.lanes().credits[lane]--;
                  rig.fabric.arrivals().add(rig.fabric.now() + 1, lane);
                }))
        .singleElement()
        .asString()
        .contains("flits sent");
  }

  @Test
  void placesThatVanishOrAppear() {
    for (int change = -1; change <= 1; change += 2) {
      int by = change;
      assertThat(broken(rig -> rig.fabric.lanes().credits[7] += by))
          .singleElement()
          .asString()
          .isEqualTo("lane 7 has " + (4 + by) + " places of 4");
    }
    assertThat(broken(rig -> rig.fabric.credits().add(rig.fabric.now() + 2, 9)))
        .singleElement()
        .asString()
        .isEqualTo("lane 9 has 5 places of 4");
  }

  @Test
  void placesOfNodes() {
    assertThat(
            broken(
                rig -> {
                  assertThat(rig.fabric.nodeCredits()).isTrue();
                  rig.fabric.lanes().credits[rig.fabric.lanes().routerLanes + 3]++;
                }))
        .singleElement()
        .asString()
        .startsWith("node lane")
        .endsWith("5 places");
  }

  /** The first channel with an owner, as its port and the lane behind. */
  private static int[] owned(Lanes lanes) {
    for (int port = 0; port < lanes.laneBehind.length; port++) {
      int behind = lanes.laneBehind[port];
      if (behind != Lanes.NONE && lanes.owner[behind] != Lanes.NONE) {
        return new int[] {port, behind};
      }
    }
    throw new AssertionError("nobody has a channel");
  }

  @Test
  void channelsWithoutOrWithTwoOwners() {
    List<Consumer<Lanes>> tamperings =
        List.of(
            lanes -> lanes.freeChannels[owned(lanes)[0]] |= 1,
            lanes -> lanes.owner[owned(lanes)[1]] = Lanes.NONE,
            lanes -> lanes.outLane[lanes.owner[owned(lanes)[1]]] = Lanes.NONE,
            lanes -> lanes.owner[owned(lanes)[1]] += 1);
    for (Consumer<Lanes> tampering : tamperings) {
      assertThat(broken(rig -> tampering.accept(rig.fabric.lanes())).get(0))
          .contains("and its owner disagree");
    }
  }

  @Test
  void channelWithTwoUsers() {
    assertThat(
            broken(
                rig -> {
                  Lanes lanes = rig.fabric.lanes();
                  int lane = 0;
                  while (lanes.outLane[lane] != Lanes.NONE) {
                    lane++;
                  }
                  lanes.outLane[lane] = owned(lanes)[1];
                }))
        .singleElement()
        .asString()
        .contains("not given");
  }
}
