package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** A channel with little or nothing to do: latencies by formula, refreshes without events. */
final class IdleChannelTest {
  private static ControllerSpec spec(RefreshPolicy refresh) {
    return Controllers.usual()
        .refresh(refresh)
        .blocksChannel()
        .mapping(AddressMapping.ROW_CONTIGUOUS)
        .spec();
  }

  /** Latencies of reads to these rows of bank 0, one at a time, the first at tick {@code start}. */
  private static List<Long> latencies(DramStandard standard, long start, long pause, int... rows) {
    DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.NONE));
    List<Long> latencies = new ArrayList<>();
    channel.onCompletion((word, write, accepted, done) -> latencies.add(done - accepted));
    AddressMapping mapping = AddressMapping.of(standard, AddressMapping.ROW_CONTIGUOUS);
    channel.advanceTo(start);
    for (int row : rows) {
      int before = latencies.size();
      assertThat(channel.offer(mapping.encode(AddressMapping.location(0, row, 0)), false, 0))
          .isTrue();
      while (latencies.size() == before) {
        channel.advanceToChange(channel.nowTicks() + 1_000);
      }
      channel.advanceTo(channel.nowTicks() + pause);
    }
    return latencies;
  }

  /** Formulas: analytic.csv of the reference data. */
  @Test
  void latencyOfClosedHitConflict() {
    assertThat(latencies(HandMade.ddr5(1), 0, 200, 5, 5, 7))
        .containsExactly(1L + 34 + 34 + 8, 1L + 34 + 8, 1L + 33 + 34 + 34 + 8);
    // With a CAS before each burst: WCK is off again after the pause.
    assertThat(latencies(HandMade.lpddr5(1), 0, 200, 5, 5, 7))
        .containsExactly(1L + 15 + 1 + 17 + 2, 1L + 1 + 17 + 2, 1L + 15 + 15 + 1 + 17 + 2);
    // Columns and activates begin on odd ticks.
    assertThat(latencies(HandMade.hbm3(2), 0, 200, 5, 5, 7))
        .containsExactly(1L + 64 + 44, 46L, 160L);
    assertThat(latencies(HandMade.hbm3(2), 1, 200, 5)).containsExactly(2L + 64 + 44);
  }

  @Test
  void oneCasForBurstsThatFollowEachOther() {
    DramChannel channel = new DramChannel(HandMade.lpddr5(1), spec(RefreshPolicy.NONE));
    List<Long> done = new ArrayList<>();
    channel.onCompletion((word, write, accepted, doneTicks) -> done.add(doneTicks));
    channel.offer(0, false, 0);
    channel.offer(32, false, 1);
    channel.advanceTo(500);
    assertThat(done).containsExactly(36L, 36L + 4); // the same bank group: tCCD_L
    assertThat(channel.commands(Command.CASRD)).isEqualTo(1);
    channel.offer(64, false, 2);
    channel.advanceTo(1_000);
    assertThat(done).containsExactly(36L, 40L, 500L + 21);
    assertThat(channel.commands(Command.CASRD)).isEqualTo(2);
  }

  @Test
  void refreshesOfAnIdleChannelCostNothing() {
    for (DramStandard standard : List.of(HandMade.ddr5(2), HandMade.lpddr5(1), HandMade.hbm3(2))) {
      DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.ALL_BANK));
      long hour = 3_600_000_000_000_000_000L / standard.tickFemtos() * 1000;
      channel.advanceTo(hour);
      assertThat(channel.nowTicks()).isEqualTo(hour);
      assertThat(channel.commands(Command.REFAB))
          .isEqualTo(hour / standard.refreshTicks() * channel.scopes());
      assertThat(channel.commands(Command.PREAB)).isZero();
    }
  }

  /**
   * Skipping refreshes leaves the channel as doing them does: a listener keeps it from skipping.
   */
  @Test
  void skippedRefreshesLeaveTheSameState() {
    for (DramStandard standard : List.of(HandMade.ddr5(2), HandMade.lpddr5(1), HandMade.hbm3(2))) {
      DramChannel skipping = new DramChannel(standard, spec(RefreshPolicy.ALL_BANK));
      DramChannel stepping = new DramChannel(standard, spec(RefreshPolicy.ALL_BANK));
      stepping.onCommand((tick, command, bank, row) -> {});
      long[] stops = {
        40 * standard.refreshTicks() - 1,
        90 * standard.refreshTicks(),
        120 * standard.refreshTicks() + 1,
        200 * standard.refreshTicks() + 3,
        300 * standard.refreshTicks() + standard.timings().get("nRFC") / 2
      };
      for (long stop : stops) {
        skipping.offer(0, false, 0);
        stepping.offer(0, false, 0);
        skipping.advanceTo(stop);
        stepping.advanceTo(stop);
        assertThat(description(skipping)).isEqualTo(description(stepping));
        for (Command command : Command.values()) {
          assertThat(skipping.commands(command)).isEqualTo(stepping.commands(command));
        }
      }
    }
  }

  private static List<Long> description(DramChannel channel) {
    List<Long> fields = new ArrayList<>();
    channel.describe(fields::add, 0);
    return fields;
  }

  @Test
  void openTimeIsCounted() {
    DramStandard standard = HandMade.ddr5(2);
    DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.ALL_BANK));
    channel.offer(0, false, 0); // opened at tick 1, closed for the first refresh
    channel.advanceTo(standard.refreshTicks() + 2_000);
    assertThat(channel.openTicks(0)).isEqualTo(standard.refreshTicks() - 1);
    assertThat(channel.openTicks(1)).isZero();
    assertThat(channel.commands(Command.PREAB, 0)).isEqualTo(1);
    assertThat(channel.commands(Command.PREAB, 1)).isZero();
  }

  @Test
  void refreshIntervalIsDivided() {
    DramStandard standard = HandMade.ddr5(1);
    DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.ALL_BANK));
    channel.advanceTo(standard.refreshTicks() / 2);
    channel.divideRefreshInterval(4); // the first one is overdue then
    channel.advanceTo(standard.refreshTicks() / 2 + 2);
    assertThat(channel.commands(Command.REFAB)).isEqualTo(1);
    channel.advanceTo(standard.refreshTicks() / 2 * 21);
    assertThat(channel.commands(Command.REFAB)).isBetween(40L, 41L);
    assertThatThrownBy(() -> channel.divideRefreshInterval(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("divided by 3");
  }

  @Test
  void addressesOutsideAreRefused() {
    DramStandard standard = HandMade.ddr5(1);
    DramChannel channel = new DramChannel(standard, spec(RefreshPolicy.NONE));
    assertThat(channel.offer(standard.capacityBytes() - 1, false, 0)).isTrue();
    assertThatThrownBy(() -> channel.offer(standard.capacityBytes(), false, 0))
        .hasMessageContaining("lies outside of 8589934592 bytes");
    assertThatThrownBy(() -> channel.offer(-1, true, 0)).hasMessageContaining("address -1");
  }
}
