package memwall.memory.dram.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Faults;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.PagePolicy;
import memwall.memory.dram.channel.RefreshBlocking;
import memwall.memory.dram.channel.RefreshPolicy;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
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
        "memory.controller.refresh: per-bank refresh has no closed form of its rate; allowed is"
            + " all-bank or none");
    assertThat(faults("controller: {refresh: none}")).isEmpty();
  }

  @Test
  void mappingOfAnotherStandard() {
    assertThat(faults("controller: {mapping: rank column bank row}"))
        .anySatisfy(fault -> assertThat(fault).contains("memory.controller.mapping"));
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
  }

  private static ControllerSpec controller(RefreshPolicy refresh) {
    return new ControllerSpec(
        32,
        32,
        80,
        20,
        PagePolicy.OPEN,
        4,
        refresh,
        RefreshBlocking.CHANNEL,
        AddressMapping.BANK_INTERLEAVED,
        false);
  }
}
