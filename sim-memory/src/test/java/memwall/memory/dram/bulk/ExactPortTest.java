package memwall.memory.dram.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.Controllers;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

final class ExactPortTest {
  private static final DramStandard DDR5 = RandomTraffic.standards().get(0);

  private static ControllerSpec plain(String mapping, RefreshPolicy refresh) {
    return Controllers.usual().refresh(refresh).blocksChannel().mapping(mapping).spec();
  }

  private static ExactPort port() {
    return new ExactPort(DDR5, plain(AddressMapping.ROW_CONTIGUOUS, RefreshPolicy.NONE));
  }

  // Wake ticks are never late: whoever looks at every tick sees the same completions.
  @Test
  void wakesAreLowerBounds() {
    Randomized.check(
        300,
        random -> {
          DramStandard standard = RandomTraffic.one(random, RandomTraffic.standards());
          ControllerSpec controller = RandomTraffic.controller(random, standard);
          Traffic traffic =
              RandomTraffic.traffic(
                  random, standard, 1 + random.nextInt(8), 1 + random.nextInt(200));
          Traffic.Outcome outcome = traffic.serve(new ExactPort(standard, controller));
          Traffic.Outcome slow = traffic.serveTickByTick(new ExactPort(standard, controller));
          assertThat(outcome.completions()).isEqualTo(slow.completions());
          assertThat(outcome.counters()).isEqualTo(slow.counters());
          assertThat(outcome.latencies()).isEqualTo(slow.latencies());
          assertThat(outcome.completions()).hasSizeGreaterThanOrEqualTo(traffic.bulks().size());
        });
  }

  @Test
  void aReadIsDoneAtItsLastBeat() {
    ExactPort port = port();
    long[] done = {-1};
    port.onCompletion((word, tick) -> done[0] = tick);
    port.submit(BurstPattern.run(0, 64), 0, 1, false, 7, 10);
    // The activate at tick 11, the read nRCD later, its data nCL + nBL after that.
    long expected = 11 + 34 + 34 + 8;
    port.advanceTo(expected - 1);
    assertThat(done[0]).isEqualTo(-1);
    assertThat(port.wakeTick()).isLessThanOrEqualTo(expected);
    port.advanceTo(expected);
    assertThat(done[0]).isEqualTo(expected);
    assertThat(port.wakeTick()).isEqualTo(BulkPort.NEVER);
    assertThat(port.pending()).isZero();
  }

  @Test
  void aWriteIsDoneAtItsLastBeat() {
    ExactPort port = port();
    long[] done = {-1};
    port.onCompletion((word, tick) -> done[0] = tick);
    port.submit(BurstPattern.run(0, 64), 0, 1, true, 7, 10);
    long expected = 11 + 34 + 32 + 8;
    port.advanceTo(expected - 1);
    assertThat(done[0]).isEqualTo(-1);
    assertThat(port.wakeTick()).isEqualTo(expected);
    port.advanceTo(expected);
    assertThat(done[0]).isEqualTo(expected);
  }

  @Test
  void aLongTransferNeedsFewWakes() {
    for (boolean write : new boolean[] {false, true}) {
      ExactPort port = port();
      port.submit(BurstPattern.run(0, 1 << 20), 0, 1 << 17, write, 0, 0);
      // Writes behind reads wait for all of them, and the other way round.
      port.submit(BurstPattern.run(1 << 22, 1 << 20), 0, 1 << 17, !write, 0, 0);
      int wakes = 0;
      while (port.pending() > 0) {
        port.advanceTo(port.wakeTick());
        wakes++;
      }
      assertThat(wakes).isBetween(2, 2000);
      assertThat(port.counters().simulatedBursts()).isEqualTo(2 << 17);
    }
  }

  @Test
  void completionsMaySubmit() {
    ExactPort port = port();
    int[] left = {5};
    long[] last = {0};
    port.onCompletion(
        (word, tick) -> {
          last[0] = tick;
          if (left[0]-- > 0) {
            port.submit(BurstPattern.run(0, 1 << 20), 100L * left[0], 100, false, 0, tick);
          }
        });
    port.submit(BurstPattern.run(0, 1 << 20), 0, 100, false, 0, 0);
    while (port.pending() > 0) {
      port.advanceTo(port.wakeTick());
    }
    assertThat(left[0]).isEqualTo(-1);
    assertThat(port.channel().reads()).isEqualTo(600);
    assertThat(last[0]).isGreaterThan(600 * 8);
  }

  @Test
  void aRunThatWrapsReadsTheBeginningAgain() {
    ExactPort port = port();
    port.submit(BurstPattern.run(0, 64), 60, 8, false, 0, 0);
    while (port.pending() > 0) {
      port.advanceTo(port.wakeTick());
    }
    assertThat(port.channel().commands(memwall.memory.dram.standard.Command.ACT)).isOne();
  }

  @Test
  void badTransfersAreRefused() {
    ExactPort port = port();
    long most = DDR5.capacityBytes() / DDR5.burstBytes();
    assertThatThrownBy(() -> port.submit(BurstPattern.run(most - 3, 4), 0, 1, false, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("region of 4 bursts from " + (most - 3) + " leaves the channel's " + most);
    assertThatThrownBy(() -> port.submit(BurstPattern.run(0, 4), 0, 5, false, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("transfer of 5 bursts; must be from 1 to the region's 4");
    assertThatThrownBy(() -> port.submit(BurstPattern.run(0, 4), 0, 0, false, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("transfer of 0 bursts; must be from 1 to the region's 4");
    assertThatThrownBy(() -> port.submit(BurstPattern.run(0, 4), -1, 1, false, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("position -1; must be 0 or more");
    port.advanceTo(10);
    assertThatThrownBy(() -> port.submit(BurstPattern.run(0, 4), 0, 1, false, 0, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tick 9 lies before tick 10, where the port already is");
    assertThatThrownBy(() -> port.advanceTo(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tick 9 lies before tick 10, where the port already is");
  }

  @Test
  void manyTransfersWait() {
    ExactPort port = port();
    SplittableRandom random = new SplittableRandom(1);
    int[] done = {0};
    port.onCompletion((word, tick) -> done[0]++);
    for (int i = 0; i < 20_000; i++) {
      port.submit(BurstPattern.run(0, 1 << 20), random.nextInt(1 << 20), 2, false, i, 0);
    }
    assertThat(port.pending()).isEqualTo(20_000);
    port.advanceTo(3_000_000);
    assertThat(done[0]).isEqualTo(20_000);
  }
}
