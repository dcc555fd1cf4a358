package memwall.memory.dram.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/** Keys of a section {@code controller}: defaults, and what is refused with which words. */
final class ControllerSpecTest {
  private static ControllerSpec read(String keys, Faults faults) {
    return read(keys, HandMade.ddr5(1), faults);
  }

  private static ControllerSpec read(String keys, DramStandard standard, Faults faults) {
    Config root =
        ConfigLoader.fromText(
            "test", "controller: {" + keys + "}\n", List.of(), Presets.builtIn(), faults);
    ControllerSpec spec =
        ControllerSpec.read(root.section("controller", "The controller"), standard);
    root.finish();
    return spec;
  }

  private static void refused(String keys, String message) {
    Faults faults = new Faults();
    read(keys, faults);
    assertThat(faults.list()).singleElement().asString().endsWith(message);
  }

  @Test
  void defaults() {
    Faults faults = new Faults();
    assertThat(read("", faults))
        .isEqualTo(ControllerSpec.usual(AddressMapping.BANK_INTERLEAVED).build());
    assertThat(faults.list()).isEmpty();
  }

  @Test
  void everyKeyIsRead() {
    Faults faults = new Faults();
    ControllerSpec spec =
        read(
            """
            read_queue: 64, write_queue: 16, write_high_percent: 70, write_low_percent: 30,
            page: closed, page_hits: 1, refresh: none, refresh_blocking: bank,
            mapping: row-contiguous, bank_hash: true, queue_order: fr-fcfs
            """,
            faults);
    assertThat(faults.list()).isEmpty();
    assertThat(spec)
        .isEqualTo(
            ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS)
                .queues(64, 16)
                .watermarks(70, 30)
                .page(PagePolicy.CLOSED, 1)
                .refresh(RefreshPolicy.NONE)
                .blocking(RefreshBlocking.BANK)
                .mapping(AddressMapping.ROW_CONTIGUOUS, true)
                .order(QueueOrder.FR_FCFS)
                .build());
  }

  @Test
  void watermarksTheWrongWayRound() {
    refused(
        "write_high_percent: 40, write_low_percent: 50",
        "controller.write_low_percent: 50 is above write_high_percent 40; allowed is at most that");
  }

  @Test
  void noQueue() {
    refused(
        "read_queue: 0",
        "controller.read_queue: '0' is out of range: a whole number from 1 to 65536");
    refused(
        "write_queue: 0",
        "controller.write_queue: '0' is out of range: a whole number from 1 to 65536");
  }

  @Test
  void refreshOfBanksThatTheStandardDoesNotHave() {
    refused(
        "refresh: per-bank",
        "controller.refresh: ddr5-4800 has no refresh of single banks; allowed is all-bank or"
            + " none");
  }

  @Test
  void refreshOfSameBanksThatTheStandardDoesNotHave() {
    refused(
        "refresh: same-bank",
        "controller.refresh: ddr5-4800 has no refresh of the same bank of all groups; allowed is"
            + " all-bank or none");
  }

  @Test
  void lowPowerIsRead() {
    Faults faults = new Faults();
    DramStandard ddr4 = DramDevice.builtIn("ddr4-3200aa-8gb-x8").standard();
    ControllerSpec spec =
        read("power_down: {after: 500 ns}, self_refresh: {after: 1 ms}", ddr4, faults);
    assertThat(faults.list()).isEmpty();
    assertThat(spec.powerDownTicks()).isEqualTo(800);
    assertThat(spec.selfRefreshTicks()).isEqualTo(1_600_000);
    assertThat(spec.hasLowPower()).isTrue();
    assertThat(read("power_down: {after: 1 ps}", ddr4, faults).powerDownTicks()).isEqualTo(1);
    assertThat(read("", ddr4, faults).hasLowPower()).isFalse();
  }

  @Test
  void lowPowerThatCannotBe() {
    refused(
        "power_down: {after: 500 ns}",
        "controller.power_down: ddr5-4800 states no low_power; allowed are devices whose preset"
            + " does");
    lowPowerRefused(
        "power_down: {after: 0 ns}",
        "controller.power_down.after: a state after 0 ps; allowed is more than 0");
    lowPowerRefused(
        "refresh: per-bank, power_down: {after: 1 us}",
        "controller.power_down: not with these refreshes; allowed is refresh: all-bank or none");
    lowPowerRefused(
        "refresh: none, self_refresh: {after: 1 us}",
        "controller.self_refresh: not with these refreshes; allowed is refresh: all-bank");
  }

  private static void lowPowerRefused(String keys, String message) {
    Faults faults = new Faults();
    read(keys, DramDevice.builtIn("hbm2-2000-8gb-8hi").standard(), faults);
    assertThat(faults.list()).singleElement().asString().endsWith(message);
  }

  @Test
  void lowPowerOutOfRange() {
    ControllerSpec.Builder usual = ControllerSpec.usual("row");
    assertThatThrownBy(() -> usual.lowPower(-1, 0).build())
        .hasMessage("low-power states begin after 0 ticks or more");
    assertThatThrownBy(() -> usual.lowPower(1, 0).refresh(RefreshPolicy.PER_BANK).build())
        .hasMessage("with refreshes of banks in turn there are no low-power states");
    assertThatThrownBy(() -> usual.lowPower(0, 1).refresh(RefreshPolicy.NONE).build())
        .hasMessage("without refreshes there is no self-refresh");
  }

  @Test
  void mappingThatDoesNotFit() {
    refused(
        "mapping: column bank row", "controller.mapping: 'bankgroup' is missing: it has 8 values");
  }

  @Test
  void unknownPolicy() {
    refused("page: shut", "controller.page: 'shut' is not one of [open, closed]");
  }

  @Test
  void allFaultsInOnePass() {
    Faults faults = new Faults();
    read("read_queue: 0, page: shut, refresh: per-bank, mapping: row, cap: 4", faults);
    assertThat(faults.list()).hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void ranges() {
    assertThatThrownBy(
            () ->
                ControllerSpec.usual("row")
                    .queues(0, 1)
                    .refresh(RefreshPolicy.NONE)
                    .blocking(RefreshBlocking.BANK)
                    .build())
        .hasMessage("queues and page hits must be at least 1");
    assertThatThrownBy(
            () ->
                ControllerSpec.usual("row")
                    .queues(1, 1)
                    .watermarks(20, 80)
                    .refresh(RefreshPolicy.NONE)
                    .blocking(RefreshBlocking.BANK)
                    .build())
        .hasMessage("watermarks must be 1 <= low <= high <= 100 percent");
  }
}
