package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Faults;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.pnm.PimReader;
import memwall.memory.pnm.PimSpec;
import memwall.memory.pnm.PnmSpec;
import memwall.memory.stack.StackSpec;
import org.junit.jupiter.api.Test;

/** What presets of model {@code dram-banks} cannot say is refused with a message. */
final class BankSpecMessagesTest {
  private static List<String> faults(String keys) {
    Faults faults = new Faults();
    BankRig.read("memory: {extends: hbm3-h100-banks, " + keys + "}\n", faults);
    return faults.list();
  }

  private static void refused(String keys, String message) {
    assertThat(faults(keys)).singleElement().asString().endsWith(message);
  }

  @Test
  void interleaveThatIsNoWholeNumberOfBursts() {
    refused(
        "interleave: 48 B",
        "memory.interleave: 48 B given, expected a whole number of bursts of 32 B that divides the"
            + " channel's 1073741824 B");
    refused(
        "interleave: 0 B",
        "memory.interleave: 0 B given, expected a whole number of bursts of 32 B that divides the"
            + " channel's 1073741824 B");
    assertThat(faults("interleave: 32 B")).isEmpty();
    assertThat(faults("interleave: 1 GiB")).isEmpty();
  }

  @Test
  void refreshBankByBank() {
    refused(
        "controller: {refresh: per-bank}",
        "memory.controller.refresh: refresh of banks in turn has no closed form of its rate; allowed is"
            + " all-bank or none");
    assertThat(faults("controller: {refresh: none}")).isEmpty();
  }

  @Test
  void mappingOfAnotherStandard() {
    assertThat(faults("controller: {mapping: rank column bank row}"))
        .anySatisfy(fault -> assertThat(fault).contains("memory.controller.mapping"));
  }

  @Test
  void computeInAnotherDevice() {
    refused(
        "pim: attacc-bank",
        "memory.pim: attacc-bank computes in hbm3-5200-attacc, but the memory is made of"
            + " hbm3-5234-16gb-8hi; the two must be equal");
    refused(
        "pnm: cxl-pnm",
        "memory.pnm: cxl-pnm computes in lpddr5x-8533-16gb-x16, but the memory is made of"
            + " hbm3-5234-16gb-8hi; the two must be equal");
    assertThat(faults("dram: hbm3-5200-attacc, pim: attacc-bank")).isEmpty();
  }

  @Test
  void computeInTwoPlaces() {
    refused(
        "dram: hbm3-5200-attacc, pim: attacc-bank, pnm: attacc-buffer",
        "memory.pnm: a memory computes in its banks (pim) or beside its channels (pnm), not in"
            + " both");
  }

  @Test
  void anEngineWithAShare() {
    refused(
        "dram: hbm3-5200-attacc, pnm: {extends: attacc-buffer, engine_share: 0.5}",
        "memory.pnm.engine_share: attacc-buffer has an engine_share of 0.5; in the memory of a chip"
            + " the engine takes turns with the host's transfers, allowed is 1");
  }

  @Test
  void stackOfAnotherNumberOfDies() {
    refused(
        "stack: hbm3-12hi",
        "memory.stack: 12 memory layers given, but hbm3-5234-16gb-8hi has 8 dies");
    assertThat(faults("stack: hbm3-8hi")).isEmpty();
  }

  @Test
  void stackOrComputeWithLowPower() {
    refused(
        "controller: {power_down: {after: 1 us}}, stack: hbm3-8hi",
        "memory.controller: a memory that computes in its banks or has a stack has no power-down"
            + " and no self-refresh");
    refused(
        "controller: {self_refresh: {after: 1 us}}, dram: hbm3-5200-attacc, pim: attacc-bank",
        "memory.controller: a memory that computes in its banks or has a stack has no power-down"
            + " and no self-refresh");
    assertThat(faults("controller: {power_down: {after: 1 us}}")).isEmpty();
  }

  @Test
  void stackWithoutRefresh() {
    refused(
        "controller: {refresh: none}, stack: hbm3-8hi",
        "memory.stack: what heat does is refresh more often; 'controller.refresh' must be"
            + " all-bank");
  }

  @Test
  void stackThatRefreshesThreeTimesAsOften() {
    refused(
        "stack: {extends: hbm3-8hi, limits: {refresh: [{above: 85 C, factor: 3}]}}",
        "memory.stack: refresh 3 times as often given; a channel can do 2 and 4 times");
  }

  @Test
  void stackWhoseWiresCarryNothing() {
    refused(
        "stack: {extends: hbm3-8hi, tsv: {count: 4, rate: 3 B/s}}",
        "memory.stack: wires of 12 B/s leave channels without data");
  }

  @Test
  void stackThatIsTooHotIdle() {
    refused(
        "stack: {extends: hbm3-8hi, energy: {background: 0 W, refresh: 0 W},"
            + " cooling: {coolant: 90.5 C}}",
        "memory.stack: idle already, layer0 gets to 95.2682730818977 C; its limit is 95.0 C");
  }

  @Test
  void stackOfAMemoryThatComputes() {
    assertThat(faults("dram: hbm3-5200-attacc, pim: attacc-bank, stack: hbm3-8hi")).isEmpty();
    refused(
        "dram: hbm3-5200-attacc, pim: attacc-bank, stack: hbm3-12hi",
        "memory.stack: 12 memory layers given, but hbm3-5200-attacc has 8 dies");
  }

  @Test
  void faultsOfTheStackAndOfTheFitInOnePass() {
    assertThat(faults("stack: {extends: hbm3-12hi, tsv: {pitch: 0 um}, colour: red}")).hasSize(3);
  }

  @Test
  void allFaultsInOnePass() {
    assertThat(
            faults(
                "interleave: 48 B, colour: red, path_latency: soon,"
                    + " controller: {read_queue: 0, refresh: per-bank}"))
        .hasSize(5);
  }

  @Test
  void recordsRefuseWhatNoPresetCanSay() {
    DramDevice device = DramDevice.builtIn("hbm3-5234-16gb-8hi");
    ControllerSpec controller = controller(RefreshPolicy.ALL_BANK);
    assertThatThrownBy(() -> BankSpec.of(device, controller, 33, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("33 B given, expected a whole number of bursts of 32 B");
    assertThatThrownBy(() -> BankSpec.of(device, controller, 256, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("times must be 0 or more, rates at least 1 B/s");
    assertThatThrownBy(() -> BankSpec.of(device, controller(RefreshPolicy.PER_BANK), 256, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("refreshes bank by bank have no closed form");
    StackSpec stack = StackRig.hbm3().stack();
    assertThatThrownBy(() -> BankSpec.of(device, controller(RefreshPolicy.NONE), 256, 0, stack))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("what heat does is refresh more often");
    PimSpec pim = PimReader.builtIn("attacc-bank");
    PnmSpec pnm = PnmSpec.builtIn("attacc-buffer");
    assertThatThrownBy(() -> BankSpec.of(device, controller, 256, 0, pim, null))
        .hasMessage(
            "attacc-bank computes in hbm3-5200-attacc, but the memory is made of"
                + " hbm3-5234-16gb-8hi; the two must be equal");
    assertThatThrownBy(() -> BankSpec.of(pim.dram(), controller, 256, 0, pim, pnm))
        .hasMessage("a memory computes in its banks or beside its channels");
  }

  private static ControllerSpec controller(RefreshPolicy refresh) {
    return ControllerSpec.usual(AddressMapping.BANK_INTERLEAVED).refresh(refresh).build();
  }
}
