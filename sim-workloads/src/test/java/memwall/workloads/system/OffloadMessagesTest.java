package memwall.workloads.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;

/** What a chip cannot leave to its memories is refused with a message. */
final class OffloadMessagesTest {
  private static List<String> faults(String system, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml", "system: " + system + "\n", List.of(sets), Presets.builtIn(), faults);
    SystemSpec.read(config.preset("system", "system", "The machine"));
    config.finishAll();
    return faults.list();
  }

  private static void refused(List<String> faults, String message) {
    assertThat(faults).singleElement().asString().endsWith(message);
  }

  @Test
  void memoriesThatDoNotCompute() {
    refused(
        faults("dgx-h100", "system.chip.offload.attention.when=always"),
        "system.chip.offload.attention: memory 'hbm', which holds kv, does not compute; computing"
            + " are []");
    assertThat(faults("dgx-h100", "system.chip.offload.attention.when=never")).isEmpty();
    // Everything at once; 'auto' is meant where nothing is said.
    assertThat(
            faults(
                "dgx-h100",
                "system.chip.offload.gemm.tokens_at_most=4",
                "system.chip.offload.experts.when=auto",
                "system.chip.offload.head.when=always"))
        .hasSize(3)
        .allSatisfy(
            fault ->
                assertThat(fault)
                    .endsWith(
                        "memory 'hbm', which holds weights, does not compute; computing are []"));
  }

  @Test
  void kindsThatNobodyKnows() {
    refused(
        faults("dgx-h100", "system.chip.offload.atention.when=always"),
        "unknown key 'system.chip.offload.atention'; did you mean 'attention'? (known: [attention,"
            + " gemm, experts, head, interleave])");
  }

  @Test
  void subBatchesAreOneOrTwo() {
    assertThat(faults("attacc-h100-8", "system.chip.offload.interleave.sub_batches=2")).isEmpty();
    refused(
        faults("attacc-h100-8", "system.chip.offload.interleave.sub_batches=3"),
        "system.chip.offload.interleave.sub_batches: '3' is out of range: a whole number"
            + " from 1 to 2");
    assertThat(faults("attacc-h100-8", "system.chip.offload.interleave.sequences_at_least=1"))
        .singleElement()
        .asString()
        .contains("system.chip.offload.interleave.sequences_at_least: '1' is out of range");
  }

  /** Announcements follow the operators of one batch. */
  @Test
  void subBatchesDoNotAnnounce() {
    refused(
        faults(
            "attacc-h100-8",
            "system.chip.offload.interleave.sub_batches=2",
            "system.chip.memory.hbm.device=hbf-gen1",
            "system.chip.placement.activations=attacc"),
        "system.chip.offload.interleave: reads of memory 'hbm' are announced in the order of one"
            + " batch; sub-batches need memories without announcements");
    assertThat(
            faults(
                "attacc-h100-8",
                "system.chip.offload.interleave.sub_batches=2",
                "system.chip.memory.hbm.device=hbf-gen1",
                "system.chip.memory.hbm.announce_weights=false",
                "system.chip.memory.hbm.announce_kv=false",
                "system.chip.placement.activations=attacc"))
        .isEmpty();
  }

  @Test
  void valuesOutOfRange() {
    assertThat(
            faults(
                "dgx-h100",
                "system.chip.offload.gemm.tokens_at_most=0",
                "system.chip.offload.gemm.when=sometimes"))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .contains("system.chip.offload.gemm.tokens_at_most: '0' is out of range"))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .contains("system.chip.offload.gemm.when: 'sometimes' is not one of"));
  }
}
