package memwall.memory.flash.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.Faults;
import memwall.memory.Usage;
import memwall.memory.flash.FlashPart;
import org.junit.jupiter.api.Test;

/** What presets of model {@code flash-pages} cannot say is refused with a message. */
class PageSpecMessagesTest {
  private static List<String> faults(String keys) {
    Faults faults = new Faults();
    PageRig.read("memory: {extends: hbf-gen1-pages, " + keys + "}\n", faults);
    return faults.list();
  }

  private static void refused(String keys, String message) {
    assertThat(faults(keys)).singleElement().asString().endsWith(message);
  }

  @Test
  void powerForLessThanAPlaneAChannel() {
    refused(
        "device: {extends: hbf-gen1, rules: {active_planes: 10}}",
        "memory.device: 10 active planes cannot be divided over 16 channels; at least one each is"
            + " needed");
    assertThat(faults("device: {extends: hbf-gen1, rules: {active_planes: 16}}")).isEmpty();
  }

  @Test
  void planesWithoutRoomForSpareBlocks() {
    refused(
        "device: {extends: hbf-gen1, geometry: {blocks_per_plane: 32767, pages_per_block: 65533}}",
        "memory.device: 2147319811 pages in a plane leave no room for 5 blocks beside its"
            + " capacity; allowed are 2147483647 in all");
  }

  /** A device that is too hot idle is refused with its preset already, in a memory too. */
  @Test
  void heat() {
    refused(
        "device: {extends: hbf-gen1-hot, energy: {idle: 90 W}}",
        "; throttling would never end, which needs less than 85.0 C");
    assertThat(faults("device: hbf-gen1-hot")).isEmpty();
    assertThat(faults("device: hbf-gen1-worn")).isEmpty();
  }

  @Test
  void scratchBehindASharedBus() {
    refused(
        "device: ufs4-tlc, scratch: 1 MiB",
        "memory.scratch: a device whose commands and data share a bus has no scratch SRAM; allowed"
            + " is 0 B");
    assertThat(faults("device: ufs4-tlc")).isEmpty();
  }

  @Test
  void allFaultsInOnePass() {
    assertThat(faults("colour: red, path_latency: soon, scratch: much")).hasSize(3);
  }

  @Test
  void recordsRefuseWhatNoPresetCanSay() {
    FlashPart part = FlashPart.builtIn("hbf-gen1");
    assertThatThrownBy(() -> new PageSpec(part, -1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scratch and path must be 0 or more");
    assertThatThrownBy(() -> new PageSpec(part, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scratch and path must be 0 or more");
    assertThatThrownBy(() -> new PageSpec(FlashPart.builtIn("ufs4-tlc"), 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a device whose commands and data share a bus");
  }

  /** What reports and closed forms of systems ask for. */
  @Test
  void numbersOfTheFirstGeneration() {
    PageSpec spec = PageRig.preset("hbf-gen1-plus-pages");
    assertThat(spec.model()).isEqualTo("flash-pages");
    assertThat(spec.readBoundBy()).isEqualTo("link");
    assertThat(spec.linkBytesPerSec())
        .isBetween(1_600_000_000_000L - 1_000_000, 1_600_000_000_000L);
    assertThat(spec.arrayBytesPerSec()).isEqualTo(1_638_400_000_000L);
    assertThat(spec.stagingBytes()).isEqualTo(3_276_800);
    assertThat(spec.lanes()).isEqualTo(16);
    assertThat(spec.capacityBytes(Usage.ACTIVATIONS)).isEqualTo(40 << 20);
    assertThat(spec.accessBytes(Usage.KV)).isEqualTo(4096);
    assertThat(spec.accessBytes(Usage.ACTIVATIONS)).isEqualTo(64);
    assertThat(spec.enduredCycles()).isEqualTo(100_000);
    assertThat(spec.readPjPerBit()).isEqualTo(6.1);
    assertThat(spec.fullDuplex(Usage.KV)).isTrue();
    assertThat(spec.usesAnnouncements()).isTrue();
    // The sense, and nothing on the way.
    assertThat(spec.readLatencyPs(Usage.WEIGHTS)).isEqualTo(1_000_000);
    assertThat(PageRig.preset("hbf-conv-pages").readBoundBy()).isEqualTo("array");
  }
}
