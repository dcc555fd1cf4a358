package memwall.network.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.Randomized;
import memwall.core.StalledException;
import memwall.core.unit.Units;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import memwall.network.graph.LinkSpec.Passing;
import org.junit.jupiter.api.Test;

/** Messages over links of 1 GB/s (1,000 ps/B) and 500 ns. */
class LinkGraphRunTest {
  private static final LinkSpec STORE =
      new LinkSpec(1_000_000_000L, 500_000, Passing.STORE_AND_FORWARD);
  private static final LinkSpec CUT = new LinkSpec(1_000_000_000L, 500_000, Passing.CUT_THROUGH);

  private static void message(ScheduleBuilder builder, int from, int to, long bytes) {
    builder.send(from, to, bytes, 0);
    builder.receive(to, from, bytes, 0);
  }

  @Test
  void oneMessageStoredAtEachNode() {
    ScheduleBuilder builder = new ScheduleBuilder(8);
    message(builder, 1, 4, 2_000);
    LinkGraphResult result = LinkGraphRun.run(builder.build(), new Ring(8), STORE);
    assertThat(result.totalPs()).isEqualTo(3 * (2_000_000 + 500_000));
    assertThat(result.hops()).isEqualTo(3);
    assertThat(result.linkBytes(2)).isEqualTo(2_000);
    assertThat(result.linkBusyPs(2)).isEqualTo(2_000_000);
    assertThat(result.linkBytes(8 + 2)).isZero();
    assertThat(result.finishPs(4)).isEqualTo(result.totalPs());
    assertThat(result.finishPs(1)).isZero();
  }

  @Test
  void oneMessageCutsThrough() {
    ScheduleBuilder builder = new ScheduleBuilder(8);
    message(builder, 1, 6, 2_000);
    LinkGraphResult result = LinkGraphRun.run(builder.build(), new Ring(8), CUT);
    assertThat(result.totalPs()).isEqualTo(3 * 500_000 + 2_000_000);
    assertThat(result.linkBytes(8 + 1)).isEqualTo(2_000);
  }

  /** Equal ways up and down: up. */
  @Test
  void theWayUpIfBothAreEquallyLong() {
    Ring ring = new Ring(8);
    assertThat(ring.next(2, 6)).isEqualTo(2);
    assertThat(ring.next(2, 7)).isEqualTo(8 + 2);
    assertThat(ring.next(0, 7)).isEqualTo(8);
    assertThat(new Ring(3).next(0, 2)).isEqualTo(3);
    assertThat(new Ring(2).next(1, 0)).isEqualTo(1);
  }

  @Test
  void linksServeInOrder() {
    ScheduleBuilder builder = new ScheduleBuilder(3);
    message(builder, 0, 2, 1_000);
    message(builder, 1, 2, 3_000);
    LinkGraphResult stored = LinkGraphRun.run(builder.build(), new StarGraph(3), STORE);
    // At the switch after 1.5 and 3.5 us; the link down is free in between.
    assertThat(stored.totalPs()).isEqualTo(2 * 3_500_000);
    ScheduleBuilder equal = new ScheduleBuilder(3);
    message(equal, 0, 2, 1_000);
    message(equal, 1, 2, 1_000);
    assertThat(LinkGraphRun.run(equal.build(), new StarGraph(3), STORE).totalPs())
        .isEqualTo(2 * 1_500_000 + 1_000_000);
    ScheduleBuilder again = new ScheduleBuilder(3);
    message(again, 0, 2, 1_000);
    message(again, 1, 2, 1_000);
    assertThat(LinkGraphRun.run(again.build(), new StarGraph(3), CUT).totalPs())
        .isEqualTo(2 * 500_000 + 2 * 1_000_000);
  }

  @Test
  void everyWayLeadsToTheRankOverLinksThatMeet() {
    for (LinkGraph graph : List.of(new Ring(2), new Ring(7), new FullGraph(6), new StarGraph(5))) {
      for (int from = 0; from < graph.ranks(); from++) {
        for (int to = 0; to < graph.ranks(); to++) {
          int node = from;
          int hops = 0;
          while (node != to) {
            int link = graph.next(node, to);
            assertThat(link).isBetween(0, graph.links() - 1);
            assertThat(graph.from(link)).isEqualTo(node);
            node = graph.to(link);
            assertThat(++hops).isLessThanOrEqualTo(graph.ranks() / 2 + 2);
          }
        }
      }
    }
  }

  /** Bytes come out, links are never faster than their rate, cutting through is never later. */
  @Test
  void lawsOfRandomCollectives() {
    Randomized.check(
        60,
        random -> {
          Algorithm[] all = Algorithm.values();
          Algorithm algorithm = all[random.nextInt(all.length)];
          int ranks = 2 + random.nextInt(20);
          Schedule schedule = algorithm.schedule(CollectiveShape.of(ranks, random.nextInt(9_999)));
          LinkGraph graph =
              switch (random.nextInt(3)) {
                case 0 -> new Ring(ranks);
                case 1 -> new FullGraph(ranks);
                default -> new StarGraph(ranks);
              };
          for (LinkSpec spec : List.of(STORE, CUT)) {
            LinkGraphResult result = LinkGraphRun.run(schedule, graph, spec);
            long linkBytes = 0;
            for (int link = 0; link < graph.links(); link++) {
              linkBytes += result.linkBytes(link);
              long leastPs = Units.transferPs(result.linkBytes(link), spec.bytesPerSec());
              assertThat(result.linkBusyPs(link)).isEqualTo(leastPs);
              assertThat(result.totalPs()).isGreaterThanOrEqualTo(leastPs);
            }
            long wayBytes = 0;
            long hops = 0;
            for (int i = 0; i < schedule.operations(); i++) {
              if (schedule.kind(i) == Schedule.SEND) {
                int node = schedule.rank(i);
                while (node != schedule.peer(i)) {
                  node = graph.to(graph.next(node, schedule.peer(i)));
                  wayBytes += schedule.bytes(i);
                  hops++;
                }
              }
            }
            assertThat(linkBytes).isEqualTo(wayBytes);
            assertThat(result.hops()).isEqualTo(hops).isEqualTo(result.events());
            assertThat(result.messages()).isEqualTo(schedule.channels());
          }
        });
  }

  /** On links of their own there is nothing to wait for: steps add up. */
  @Test
  void stepsOnLinksOfTheirOwnAddUp() {
    CollectiveShape shape = CollectiveShape.of(8, 8_000);
    FullGraph graph = new FullGraph(8);
    assertThat(LinkGraphRun.run(Algorithm.ALL_REDUCE_RING.schedule(shape), graph, STORE).totalPs())
        .isEqualTo(14 * (1_000_000 + 500_000));
    assertThat(
            LinkGraphRun.run(Algorithm.ALL_REDUCE_ONE_SHOT.schedule(shape), graph, STORE).totalPs())
        .isEqualTo(8_000_000 + 500_000);
    assertThat(
            LinkGraphRun.run(Algorithm.ALL_REDUCE_TWO_SHOT.schedule(shape), graph, CUT).totalPs())
        .isEqualTo(2 * 1_500_000);
  }

  @Test
  void computationsFollowEachOther() {
    ScheduleBuilder builder = new ScheduleBuilder(2);
    int one = builder.compute(0, 700);
    builder.compute(0, 300);
    int send = builder.send(0, 1, 1, 0);
    builder.after(send, one);
    int other = builder.compute(1, 600_000);
    builder.after(builder.receive(1, 0, 1, 0), other);
    LinkGraphResult result = LinkGraphRun.run(builder.build(), new Ring(2), STORE);
    assertThat(result.finishPs(0)).isEqualTo(1_000);
    // The message is there at 700 + 1,000 + 500,000 ps and waits for its receive.
    assertThat(result.finishPs(1)).isEqualTo(600_000);
  }

  @Test
  void whatCannotBeIsRefused() {
    Schedule schedule = Algorithm.ALL_REDUCE_RING.schedule(CollectiveShape.of(5, 5));
    assertThatThrownBy(() -> LinkGraphRun.run(schedule, new Ring(4), STORE))
        .hasMessage("5 ranks do not fit a graph of 4");
    assertThatThrownBy(() -> new Ring(1)).hasMessage("a ring of 1 ranks: at least 2");
    assertThatThrownBy(() -> new StarGraph(0)).hasMessageContaining("at least 2");
    assertThatThrownBy(() -> new FullGraph(40_000)).hasMessageContaining("2 to 32768");
    assertThatThrownBy(() -> new LinkSpec(0, 1, Passing.CUT_THROUGH))
        .hasMessageContaining("rate >= 1");
    ScheduleBuilder builder = new ScheduleBuilder(2);
    builder.receive(0, 1, 9, 3);
    assertThatThrownBy(() -> LinkGraphRun.run(builder.build(), new Ring(2), STORE))
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("rank 0 receives 9 B from rank 1 with tag 3");
  }
}
