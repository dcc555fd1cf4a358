package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import memwall.core.StalledException;
import memwall.core.stat.Counter;
import org.junit.jupiter.api.Test;

class StarNetworkTest {
  // 80 % of 500 GB/s: 2.5 ps per byte; path 100 + 300 + 100 ns; 90 ns per message; sync 250 ns.
  private static final long MESSAGE_PS = 90_000 + 500_000 + 250_000;

  @Test
  void messageTakesOverheadSerialisationPathAndSync() {
    Rig rig = new Rig(Rig.plain(), 4, 4);
    rig.network.send(0, 3, 1000, rig::done, 0);
    rig.simulation.runUntil(MESSAGE_PS + 2500 - 1);
    assertThat(rig.doneAtPs[0]).isEqualTo(-1);
    rig.simulation.run();
    assertThat(rig.doneAtPs[0]).isEqualTo(MESSAGE_PS + 2500);
  }

  @Test
  void emptyMessagePaysLatencyAndOwnMessageNothing() {
    Rig rig = new Rig(Rig.plain(), 4, 4);
    rig.network.send(0, 1, 0, rig::done, 0);
    rig.network.send(2, 2, 1 << 30, rig::done, 1);
    assertThat(rig.doneAtPs[1]).as("not within the call").isEqualTo(-1);
    rig.simulation.run();
    assertThat(rig.doneAtPs[0]).isEqualTo(MESSAGE_PS);
    assertThat(rig.doneAtPs[1]).isEqualTo(0);
    assertThat(rig.stat("messages_sent")).isEqualTo(1);
  }

  @Test
  void incastSharesTheLinkDownAndDisjointPairsDoNot() {
    Rig rig = new Rig(Rig.plain(), 4, 4);
    for (int from = 1; from < 4; from++) {
      rig.network.send(from, 0, 400_000, rig::done, from);
    }
    rig.simulation.run();
    assertThat(rig.doneAtPs)
        .containsExactly(
            -1, MESSAGE_PS + 1_000_000, MESSAGE_PS + 2_000_000, MESSAGE_PS + 3_000_000);
    assertThat(rig.stat("down_wait_ps")).isEqualTo(1_000_000 + 2_000_000);
    Rig pairs = new Rig(Rig.plain(), 4, 4);
    for (int from = 0; from < 4; from++) {
      pairs.network.send(from, from ^ 1, 400_000, pairs::done, from);
    }
    pairs.simulation.run();
    assertThat(pairs.doneAtPs).containsOnly(MESSAGE_PS + 1_000_000);
  }

  /** The closed forms of all-to-alls and of messages are what an idle network takes. */
  @Test
  void allToAllsAndMessagesTakeTheirClosedForms() {
    for (int ranks : new int[] {1, 2, 3, 8}) {
      for (long bytes : new long[] {0, 1, 999, 64_000, 1_000_003}) {
        for (int simulated : new int[] {1, ranks}) {
          Rig rig = new Rig(Rig.plain(), ranks, simulated);
          rig.collective(Collective.ALL_TO_ALL, bytes);
          rig.simulation.run();
          assertThat(rig.doneAtPs)
              .as("%d bytes, %d of %d ranks", bytes, simulated, ranks)
              .containsOnly(Rig.plain().allToAllTime(ranks).latencyPs(bytes));
        }
        if (ranks > 1) {
          Rig rig = new Rig(Rig.plain(), ranks, ranks);
          for (int from = 0; from < ranks; from++) {
            rig.network.send(from, (from + 1) % ranks, bytes, rig::done, from);
          }
          rig.simulation.run();
          assertThat(rig.doneAtPs).containsOnly(Rig.plain().messageTime().latencyPs(bytes));
        }
      }
    }
  }

  @Test
  void messagesOfOnePairArriveInOrder() {
    Rig rig = new Rig(Rig.plain(), 2, 2);
    List<Long> order = new ArrayList<>();
    for (long i = 0; i < 50; i++) {
      rig.network.send(0, 1, i % 7 * 1000, order::add, i);
    }
    rig.simulation.run();
    assertThat(order).hasSize(50).isSorted();
    // The sender serialises: 50 overheads and all bytes, then one path.
    long bytes = 7 * 21 * 1000;
    assertThat(rig.simulation.nowPs()).isEqualTo(50 * 90_000 + bytes * 5 / 2 + 750_000);
  }

  @Test
  void countsBytesMessagesAndEnergy() {
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 8, 8);
      rig.runPs(64_000);
      double perRank =
          switch (name) {
            case "ring", "two-shot" -> 14 * 8_000;
            case "one-shot" -> 7 * 64_000;
            default -> 64_000;
          };
      assertThat(rig.stat("up_bytes")).as(name).isEqualTo(8 * perRank);
      assertThat(rig.stat("down_bytes")).as(name).isEqualTo(8 * perRank);
      assertThat(rig.stat("link_energy")).isEqualTo(2 * 8 * perRank * 8 * 1.5);
      assertThat(rig.stat("up_busy_ps")).isEqualTo(8 * perRank * 2.5);
      assertThat(rig.stat("down_busy_ps")).isEqualTo(8 * perRank * 2.5);
      boolean inNetwork = name.equals("in-network");
      assertThat(rig.stat("contribution_bytes_added")).isEqualTo(inNetwork ? 8 * 64_000 : 0);
      assertThat(rig.stat("result_bytes")).isEqualTo(inNetwork ? 64_000 : 0);
      assertThat(rig.stat("chunks_reduced")).isEqualTo(inNetwork ? 4 : 0);
      assertThat(rig.snapshot().histogram("net.all_reduce_latency").getTotalCount()).isEqualTo(8);
    }
  }

  @Test
  void aSmallWindowMakesChunksWaitForSlots() {
    ReductionSpec narrow = new ReductionSpec(32_000_000_000_000L, 50_000, 2, 16_384);
    ReductionSpec wide = new ReductionSpec(32_000_000_000_000L, 50_000, 64, 16_384);
    Overheads software = new Overheads(0.8, 0, 0, 0);
    for (ReductionSpec reduction : List.of(narrow, wide)) {
      NetworkSpec spec =
          Rig.spec(500_000_000_000L, 100_000, 300_000, software, reduction)
              .withAllReduce("in-network");
      Rig rig = new Rig(spec, 4, 4);
      long tookPs = rig.runPs(10 * 16_384);
      long roundTripPs = 40_960 + 500_000 + 50_000;
      if (reduction.equals(narrow)) {
        assertThat(tookPs).isEqualTo(5 * roundTripPs + 40_960);
        // In each of 4 later rounds the first chunk waits; the second follows on its heels.
        assertThat(rig.stat("slot_waits")).isEqualTo(4 * 4);
        assertThat(rig.stat("slot_wait_ps")).isEqualTo(16.0 * (roundTripPs - 2 * 40_960));
      } else {
        assertThat(tookPs).isEqualTo(10 * 40_960 + 550_000);
        assertThat(rig.stat("slot_waits")).isZero();
      }
    }
  }

  @Test
  void otherCollectivesAreOneDirectExchange() {
    for (Collective collective :
        List.of(Collective.REDUCE_SCATTER, Collective.ALL_GATHER, Collective.ALL_TO_ALL)) {
      Rig rig = new Rig(Rig.plain(), 8, 8);
      rig.collective(collective, 8_000);
      rig.simulation.run();
      assertThat(rig.doneAtPs).containsOnly(1_000_000 + 7 * (90_000 + 2_500) + 750_000);
      assertThat(rig.stat("up_bytes")).isEqualTo(8 * 7 * 1000);
    }
  }

  @Test
  void completionsNeverComeWithinTheCall() {
    Rig rig = new Rig(Rig.plain(), 1, 1);
    rig.allReduce(1 << 20);
    assertThat(rig.doneAtPs).containsOnly(-1);
    rig.simulation.run();
    assertThat(rig.doneAtPs).containsOnly(0);
    assertThat(rig.simulation.nowPs()).isZero();
  }

  @Test
  void lawsAreBrokenByAnyMiscount() {
    Rig rig = new Rig(Rig.plain().withAllReduce("in-network"), 4, 4);
    rig.allReduce(100_000);
    NetworkStats counts = rig.network.counts();
    for (Counter counter :
        List.of(
            counts.upBytes,
            counts.downBytes,
            counts.messagesSent,
            counts.messagesArrived,
            counts.pieceBytesSent,
            counts.pieceBytesArrived,
            counts.contributionBytesSent,
            counts.contributionBytesAdded,
            counts.resultBytes,
            counts.resultBytesArrived,
            counts.collectiveCalls,
            counts.collectivesDone)) {
      assertThat(rig.network.checkLaws()).isEmpty();
      counter.add(1);
      assertThat(rig.network.checkLaws()).isNotEmpty();
      counter.add(-1);
    }
    counts.upBytes.add(3);
    assertThat(rig.network.checkLaws())
        .containsExactly("network: bytes over links up = over links down + under way: 3 against 0");
  }

  @Test
  void aMissingRankIsNamedByTheWatchdog() {
    Rig rig = new Rig(Rig.plain().withAllReduce("ring"), 4, 4);
    for (int rank : new int[] {0, 2, 3}) {
      rig.network.allReduce(rank, 1000, word -> {}, 0);
    }
    assertThatThrownBy(rig.simulation::run)
        .isInstanceOf(StalledException.class)
        .hasMessageContaining(
            "net: 3 calls of collectives, 0 messages under way;"
                + " operation 0 is not called by ranks 1");
  }

  @Test
  void refusesBadCalls() {
    Rig rig = new Rig(Rig.plain(), 4, 4);
    assertThatThrownBy(() -> rig.network.allReduce(4, 10, word -> {}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net: unknown rank 4, allowed are 0 to 3");
    assertThatThrownBy(() -> rig.network.send(0, -1, 10, word -> {}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net: unknown rank -1, allowed are 0 to 3");
    assertThatThrownBy(() -> rig.network.allReduce(0, -5, word -> {}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net: negative size -5 bytes");
    rig.network.allReduce(0, 64, word -> {}, 0);
    assertThatThrownBy(() -> rig.network.allReduce(1, 65, word -> {}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "net: rank 1 calls operation 0 as ALL_REDUCE of 65 bytes, another rank called it as"
                + " ALL_REDUCE of 64 bytes");
    Rig folded = new Rig(Rig.plain(), 4, 1);
    assertThatThrownBy(() -> folded.network.allReduce(1, 65, word -> {}, 0))
        .hasMessage("net: unknown rank 1, allowed are 0 to 0 because the network is folded");
  }

  @Test
  void refusesBadGroups() {
    NetworkSpec spec = Rig.plain().withPorts(8);
    assertThatThrownBy(() -> new Rig(spec, 9, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net: 9 ranks do not fit a network of 8 ports");
    assertThatThrownBy(() -> new Rig(spec, 8, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net: simulated ranks 2 must be 1 or 8");
  }
}
