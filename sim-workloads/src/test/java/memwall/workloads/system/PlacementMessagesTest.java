package memwall.workloads.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;

/** Placements over several memories that cannot be are refused with a message. */
final class PlacementMessagesTest {
  private static final String EXPERTS = "system.chip.placement.experts";

  private static List<String> faults(String system, String... sets) {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "test.yaml", "system: " + system + "\n", List.of(sets), Presets.builtIn(), faults);
    SystemSpec.read(config.preset("system", "system", "The machine"));
    config.finishAll();
    return faults.list();
  }

  private static void refused(List<String> faults, String end) {
    assertThat(faults).singleElement().asString().endsWith(end);
  }

  @Test
  void expertsInAMemoryThatIsNone() {
    refused(
        faults("son2026-hbf-experts-8", EXPERTS + ".memory=flash"),
        "system.chip.placement.experts.memory: 'flash' is not a memory of this chip (known: [hbm,"
            + " hbf])");
  }

  @Test
  void hotExpertsWithTheOthers() {
    refused(
        faults("son2026-hbf-experts-8", EXPERTS + ".hot_memory=hbf"),
        "system.chip.placement.experts.hot_memory: 'hbf' holds the other experts too; name another"
            + " memory, or leave hot_memory and hot_share out");
  }

  @Test
  void hotShareOfNoMemory() {
    refused(
        faults("son2026-hbf-8", EXPERTS + "={memory: hbf, hot_share: 0.5}"),
        "missing key 'system.chip.placement.experts.hot_memory' (Memory that holds the most popular"
            + " experts); wanted is text");
    refused(
        faults("son2026-hbf-8", EXPERTS + "={memory: hbf, hot_memory: hbm}"),
        "missing key 'system.chip.placement.experts.hot_share' (Share of the experts of a layer that"
            + " are kept there); wanted is a number from 0 to 1");
    assertThat(faults("son2026-hbf-8", EXPERTS + "={memory: hbf}")).isEmpty();
  }

  @Test
  void routingIsKnownOrNot() {
    refused(
        faults("son2026-hbf-experts-8", EXPERTS + ".routing=maybe"),
        "system.chip.placement.experts.routing: 'maybe' is not one of [unknown, known]");
  }

  @Test
  void expertsLeftToAMemoryAndPlacedApart() {
    refused(
        faults("hbm4-pnm-8", EXPERTS + "={memory: hbm, routing: known}"),
        "system.chip.offload: experts are left to the memory that holds all weights; leave out"
            + " either 'offload.experts' or 'placement.experts'");
  }
}
