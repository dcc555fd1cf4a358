package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.memory.dram.bulk.LeapingPort;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Power-down and self-refresh by hand, of DDR4-3200: tRCD 22, CL + BL 26, tRC 74, tRFC 560, tREFI
 * 12480; tXP 10, tCKE 8, tXS 576, tCKESR 8 clocks. {@link OracleTest} compares them with a
 * controller that looks at every tick.
 */
final class PowerStatesTest {
  private static final DramStandard DDR4 = DramDevice.builtIn("ddr4-3200aa-8gb-x8").standard();
  private static final int HIT = 1 + 26;

  private static DramChannel channel(
      DramStandard standard, RefreshPolicy refresh, long down, long selfRefresh) {
    return new DramChannel(
        standard,
        ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS)
            .refresh(refresh)
            .lowPower(down, selfRefresh)
            .build());
  }

  /** Latency of a read of the first row, offered at a tick. */
  private static long latency(DramChannel channel, long atTick) {
    long[] latency = {-1};
    channel.onCompletion((word, write, accepted, done) -> latency[0] = done - accepted);
    channel.advanceTo(atTick);
    assertThat(channel.offer(0, false, 0)).isTrue();
    while (latency[0] < 0) {
      channel.advanceToChange(channel.nowTicks() + 10_000);
    }
    return latency[0];
  }

  /**
   * The row is opened at tick 1, tRC is over at 75, and 100 ticks later the rank enters power-down.
   * A read that can be seen at that tick keeps it awake; one tick later it waits until tCKE is
   * over, then for tXP.
   */
  @ParameterizedTest
  @CsvSource({"174, 0, 0", "175, 17, 8", "181, 11, 8", "182, 10, 8", "183, 10, 9", "900, 10, 726"})
  void activePowerDown(long atTick, long later, long asleep) {
    DramChannel channel = channel(DDR4, RefreshPolicy.NONE, 100, 0);
    assertThat(latency(channel, 0)).isEqualTo(1 + 22 + 26);
    assertThat(latency(channel, atTick)).isEqualTo(HIT + later);
    assertThat(channel.lowPowerTicks(0, LowPower.ACTIVE_POWER_DOWN)).isEqualTo(asleep);
    assertThat(channel.lowPowerTicks(0, LowPower.PRECHARGE_POWER_DOWN)).isZero();
    assertThat(channel.lowPowerExits(0)).isEqualTo(asleep > 0 ? 1 : 0);
    assertThat(channel.rowHits()).isEqualTo(1);
  }

  /** A rank that was never used is at rest from the beginning, its banks closed. */
  @Test
  void prechargePowerDown() {
    DramChannel channel = channel(DDR4, RefreshPolicy.NONE, 100, 0);
    assertThat(latency(channel, 99)).isEqualTo(1 + 22 + 26);
    channel = channel(DDR4, RefreshPolicy.NONE, 100, 0);
    assertThat(latency(channel, 100)).isEqualTo(1 + 22 + 26 + 7 + 10);
    channel = channel(DDR4, RefreshPolicy.NONE, 100, 0);
    channel.advanceTo(99);
    assertThat(channel.lowPowerTicks(0, LowPower.PRECHARGE_POWER_DOWN)).isZero();
    channel.advanceTo(5_000);
    assertThat(channel.lowPowerTicks(0, LowPower.PRECHARGE_POWER_DOWN)).isEqualTo(4_901);
    assertThat(channel.lowPowerExits(0)).isZero();
  }

  /** A refresh ends power-down: it comes tXP late, and tRFC later the rank is at rest again. */
  @Test
  void refreshesWakeARank() {
    DramChannel channel = channel(DDR4, RefreshPolicy.ALL_BANK, 100, 0);
    List<Long> refreshes = new ArrayList<>();
    channel.onCommand((tick, command, bank, row) -> refreshes.add(tick));
    channel.advanceTo(2 * 12_480 + 20);
    assertThat(refreshes).containsExactly(12_480L + 10, 2 * 12_480L + 10);
    long second = channel.lowPowerTicks(0, LowPower.PRECHARGE_POWER_DOWN) - (12_480 - 100);
    assertThat(second).isEqualTo(2 * 12_480 - (12_490 + 560 + 100));
    assertThat(channel.lowPowerExits(0)).isEqualTo(2);
  }

  /** The first refresh after a millisecond without bursts is the last one. */
  @Test
  void selfRefresh() {
    long after = 1_600_000;
    DramChannel channel = channel(DDR4, RefreshPolicy.ALL_BANK, 0, after);
    long due = (after + 12_479) / 12_480 * 12_480;
    channel.advanceTo(due + 560 - 1);
    assertThat(channel.lowPowerTicks(0, LowPower.SELF_REFRESH)).isZero();
    long hour = 3_600_000_000_000_000_000L / DDR4.tickFemtos() * 1000;
    channel.advanceTo(hour);
    assertThat(channel.commands(Command.REFAB)).isEqualTo(due / 12_480);
    assertThat(channel.lowPowerTicks(0, LowPower.SELF_REFRESH)).isEqualTo(hour + 1 - (due + 560));
    // tXS, the row, and refreshes again.
    assertThat(latency(channel, hour)).isEqualTo(1 + 576 + 22 + 26);
    channel.advanceTo(hour + 2 * 12_480);
    assertThat(channel.commands(Command.REFAB)).isEqualTo(due / 12_480 + 2);
    assertThat(channel.lowPowerExits(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 583", "7, 577", "8, 576", "9, 576"})
  void selfRefreshLastsItsLeastTime(long asleep, long later) {
    DramChannel channel = channel(DDR4, RefreshPolicy.ALL_BANK, 0, 1);
    long entry = 12_480 + 560;
    long closed = 1 + 22 + 26;
    assertThat(latency(channel, entry + asleep - 1)).isEqualTo(closed + later);
    assertThat(channel.lowPowerTicks(0, LowPower.SELF_REFRESH))
        .isEqualTo(asleep == 0 ? 0 : Math.max(8, asleep));
  }

  /** What a channel at rest passes over leaves what issuing every refresh leaves. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ddr4-3200aa-8gb-x8",
        "ddr5-4800an-16gb-x8",
        "lpddr5-6400-8gb-x16",
        "hbm2-2000-8gb-8hi",
        "hbm3-6400-16gb-8hi",
        "gddr6-16000-16gb"
      })
  void passingOverIsStepping(String device) {
    DramStandard standard = DramDevice.builtIn(device).standard();
    Randomized.check(20, random -> passesOver(standard, random));
  }

  private static void passesOver(DramStandard standard, SplittableRandom random) {
    long interval = standard.refreshTicks();
    long down = random.nextInt(4) == 0 ? 0 : random.nextLong(1, 2 * interval);
    long deep = random.nextInt(3) == 0 || down == 0 ? random.nextLong(1, 60 * interval) : 0;
    DramChannel skipping = channel(standard, RefreshPolicy.ALL_BANK, down, deep);
    DramChannel stepping = channel(standard, RefreshPolicy.ALL_BANK, down, deep);
    stepping.onCommand((tick, command, bank, row) -> {});
    long now = 0;
    for (int i = 0; i < 8; i++) {
      long address = random.nextLong(standard.capacityBytes()) / 64 * 64;
      skipping.offer(address, false, 0);
      stepping.offer(address, false, 0);
      now += random.nextLong(1, random.nextBoolean() ? interval : 50 * interval);
      skipping.advanceTo(now);
      stepping.advanceTo(now);
      assertThat(description(skipping)).isEqualTo(description(stepping));
      for (int scope = 0; scope < skipping.scopes(); scope++) {
        assertThat(figures(skipping, scope)).isEqualTo(figures(stepping, scope));
        assertThat(skipping.lowPowerTicks(scope, LowPower.ACTIVE_POWER_DOWN))
            .isBetween(0L, skipping.openTicks(scope));
        assertThat(
                skipping.openTicks(scope)
                    + skipping.lowPowerTicks(scope, LowPower.PRECHARGE_POWER_DOWN)
                    + skipping.lowPowerTicks(scope, LowPower.SELF_REFRESH))
            .isBetween(0L, now);
      }
    }
  }

  private static List<Long> figures(DramChannel channel, int scope) {
    return List.of(
        channel.commands(Command.REFAB, scope),
        channel.commands(Command.PREAB, scope),
        channel.lowPowerTicks(scope, LowPower.ACTIVE_POWER_DOWN),
        channel.lowPowerTicks(scope, LowPower.PRECHARGE_POWER_DOWN),
        channel.lowPowerTicks(scope, LowPower.SELF_REFRESH),
        channel.lowPowerExits(scope));
  }

  private static List<Long> description(DramChannel channel) {
    List<Long> fields = new ArrayList<>();
    channel.describe(fields::add, 0);
    return fields;
  }

  @Test
  void portsThatLeapAreRefused() {
    ControllerSpec spec =
        ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS).lowPower(100, 0).build();
    assertThatThrownBy(() -> new LeapingPort(DDR4, spec))
        .hasMessage("a channel with low-power states has no image");
  }
}
