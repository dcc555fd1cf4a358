package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import memwall.network.endpoint.EndpointSpec;
import memwall.network.endpoint.FabricRun;
import memwall.network.endpoint.FabricRunResult;
import memwall.network.endpoint.FabricRunSpec;
import memwall.network.endpoint.RepeatSpec;
import memwall.network.reduce.Stragglers;
import memwall.network.router.ChannelFlits.Kind;
import org.junit.jupiter.api.Test;

class ChannelFlitsTest {
  private static final MessageSpec MESSAGES = new MessageSpec(256, 16);
  private static final FabricFaultSpec HEALTHY =
      new FabricFaultSpec(
          1_000_000_000,
          3,
          0,
          0,
          3,
          0,
          List.of(),
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY);

  private static LoadSpec load(TrafficPattern pattern, int packetFlits) {
    return new LoadSpec(pattern, 0, packetFlits, 2_000, 20_000, 50_000, 7);
  }

  private static int find(ChannelFlits channels, String from, String to) {
    for (int channel = 0; channel < channels.channels(); channel++) {
      if (channels.from(channel).equals(from) && channels.to(channel).equals(to)) {
        return channel;
      }
    }
    throw new AssertionError("no channel from " + from + " to " + to);
  }

  private static FabricRunResult run(
      Schedule schedule, String fabric, boolean fast, FabricFaultSpec faults) {
    return FabricRun.run(
        schedule,
        new FabricRunSpec(
            FabricSpec.builtIn(fabric),
            MESSAGES,
            EndpointSpec.FREE,
            fast,
            5,
            faults,
            Stragglers.NONE,
            null,
            RepeatSpec.ONCE,
            null));
  }

  /** 3,000 B: 11 packets of 17 flits and one of 13, over the routers along x, then along y. */
  @Test
  void oneMessage() {
    ScheduleBuilder builder = new ScheduleBuilder(16);
    builder.send(1, 15, 3_000, 0);
    builder.receive(15, 1, 3_000, 0);
    FabricRunResult result = run(builder.build(), "mesh-4x4", false, null);
    ChannelFlits channels = result.channels();
    String[] way = {"node 1", "router 1", "router 2", "router 3", "router 7", "router 11"};
    long sum = 0;
    for (int hop = 0; hop < way.length; hop++) {
      int channel = find(channels, way[hop], hop + 1 < way.length ? way[hop + 1] : "router 15");
      assertThat(channels.flits(channel)).as(way[hop]).isEqualTo(11 * 17 + 13);
      assertThat(channels.bytes(channel)).isEqualTo(200 * 16);
      assertThat(channels.busyShare(channel))
          .isCloseTo(200 * 1_000.0 / result.totalPs(), within(1e-12));
      sum += 200;
    }
    assertThat(channels.flits(find(channels, "router 15", "node 15"))).isEqualTo(200);
    assertThat(channels.flits(Kind.FROM_NODES)).isEqualTo(200);
    assertThat(channels.flits(Kind.TO_NODES)).isEqualTo(200);
    assertThat(channels.flits(Kind.BETWEEN_ROUTERS))
        .isEqualTo(sum - 200)
        .isEqualTo((long) result.statistics().number("network.channel_flits"));
    assertThat(channels.channels(Kind.BETWEEN_ROUTERS)).isEqualTo(48);
    assertThat(channels.mostToMean(Kind.BETWEEN_ROUTERS)).isCloseTo(48 / 5.0, within(1e-12));
    assertThat(channels.mostToMean(Kind.FROM_NODES)).isEqualTo(16);
    assertThat(channels.from(channels.busiest())).isEqualTo("router 1");
  }

  /** Each channel the same whether episodes and repeats are passed over, and where faults could. */
  @Test
  void fidelitiesAgree() {
    for (String fabric : List.of("mesh-4x4", "torus-8x8", "fat-tree-64")) {
      Schedule ring = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(12, 400_000));
      ChannelFlits exact = run(ring, fabric, false, null).channels();
      ChannelFlits fast = run(ring, fabric, true, null).channels();
      FabricRunResult result = run(ring, fabric, false, HEALTHY);
      assertThat(result.brokenLaws()).isEmpty();
      ChannelFlits faulty = result.channels();
      for (int channel = 0; channel < exact.channels(); channel++) {
        assertThat(fast.flits(channel))
            .as(fabric + " from " + exact.from(channel))
            .isEqualTo(exact.flits(channel));
        if (exact.kind(channel) != Kind.BETWEEN_ROUTERS) { // Ways are drawn otherwise there.
          assertThat(faulty.flits(channel)).isEqualTo(exact.flits(channel));
        }
      }
      assertThat(exact.flits(Kind.FROM_NODES)).isEqualTo(exact.flits(Kind.TO_NODES)).isPositive();
    }
  }

  /**
   * Counted twice: at the channels, and as packets. The mean load of channels follows from hops.
   */
  @Test
  void loadThatIsCarried() {
    LoadPoint point =
        LoadRun.run(FabricSpec.builtIn("mesh-4x4"), load(TrafficPattern.UNIFORM, 4), 0.2);
    ChannelFlits channels = point.channels();
    assertThat(channels.flits(Kind.TO_NODES) / (16.0 * 20_000)).isEqualTo(point.acceptedFlits());
    assertThat(channels.meanBusyShare(Kind.FROM_NODES)).isCloseTo(0.2, within(0.005));
    assertThat(channels.meanBusyShare(Kind.TO_NODES))
        .isCloseTo(channels.meanBusyShare(Kind.FROM_NODES), within(0.001));
    // Pairs of a row of four are 1.25 apart on average: 2.5 channels of 48 for each flit.
    assertThat(point.meanChannelLoad()).isCloseTo(0.2 * 16 * 2.5 / 48, within(0.005));
    assertThat(point.mostChannelLoad()).isGreaterThan(point.meanChannelLoad());
  }

  /** All to one node: its channel never rests, and each sender has its share of it. */
  @Test
  void aSaturatedChannel() {
    LoadPoint point =
        LoadRun.run(FabricSpec.builtIn("switch-8"), load(TrafficPattern.INCAST, 4), 0.5);
    assertThat(point.saturated()).isTrue();
    ChannelFlits channels = point.channels();
    int incast = find(channels, "router 0", "node 0");
    assertThat(channels.busyShare(incast)).isEqualTo(1);
    assertThat(channels.busiest()).isEqualTo(incast);
    for (int node = 1; node < 8; node++) {
      assertThat(channels.busyShare(find(channels, "node " + node, "router 0")))
          .isCloseTo(1 / 7.0, within(0.01));
    }
    assertThat(channels.meanBusyShare(Kind.BETWEEN_ROUTERS)).isZero();
  }

  /** More than a flit a cycle: every channel is full, one way as the other. */
  @Test
  void aSaturatedSwitch() {
    LoadPoint point =
        LoadRun.run(FabricSpec.builtIn("switch-8"), load(TrafficPattern.BIT_COMPLEMENT, 4), 2);
    for (int channel = 0; channel < point.channels().channels(); channel++) {
      assertThat(point.channels().busyShare(channel)).isEqualTo(1);
    }
    assertThat(point.acceptedFlits()).isEqualTo(1);
  }

  /**
   * Seven of eight send to one, which takes a flit a cycle; more than 3 % stay behind from (7 x -
   * 1) / 8 x = 0.03 on, x = 0.148.
   */
  @Test
  void theSearchFindsTheKnownLoad() {
    FabricSpec fabric = FabricSpec.builtIn("switch-8");
    LoadSpec load = load(TrafficPattern.INCAST, 4);
    for (List<Double> given : List.of(List.of(0.05, 0.3), List.of(0.1), List.of(0.9))) {
      LoadCurve curve = LoadCurve.run(new LoadCurveSpec(fabric, load, given, 0.002));
      assertThat(curve.points()).hasSameSizeAs(given);
      assertThat(curve.searched()).hasSizeBetween(6, 12);
      double least = curve.leastSaturatedFlits().orElseThrow();
      assertThat(least - curve.mostCarriedFlits()).isBetween(0.0005, 0.002);
      assertThat(least).as("from %s", given).isCloseTo(0.148, within(0.004));
      assertThat(curve.brokenLaws()).isEmpty();
    }
  }

  /** A permutation fills a switch: one flit a cycle and node is carried, nothing saturates it. */
  @Test
  void nothingToFind() {
    LoadCurve curve =
        LoadCurve.run(
            new LoadCurveSpec(
                FabricSpec.builtIn("switch-8"),
                load(TrafficPattern.BIT_COMPLEMENT, 1),
                List.of(0.5),
                0.01));
    assertThat(curve.searched()).hasSize(1);
    assertThat(curve.leastSaturatedFlits()).isEmpty();
    assertThat(curve.mostCarriedFlits()).isEqualTo(1);
  }
}
