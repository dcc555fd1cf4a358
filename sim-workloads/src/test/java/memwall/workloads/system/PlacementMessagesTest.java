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
  private static final String STAGING = "system.chip.placement.staging";
  private static final String HBF = "system.chip.memory.hbf";
  private static final String KV = "system.chip.placement.kv_tiering";

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

  @Test
  void aSecondMemoryThatIsTheFirst() {
    refused(
        faults("son2026-hbf-kv-8", KV + ".memory=hbm"),
        "system.chip.placement.kv_tiering.memory: 'hbm' is the first memory of KV entries already");
  }

  @Test
  void aSecondMemoryThatIsNone() {
    refused(
        faults("son2026-hbf-kv-8", KV + ".memory=flash"),
        "system.chip.placement.kv_tiering.memory: 'flash' is not a memory of this chip (known: [hbm,"
            + " hbf])");
  }

  @Test
  void copiesOutOfAMemoryThatAnnounces() {
    refused(
        faults("son2026-hbf-8", KV + "={memory: hbm, policy: write-back, min_reads: 3}"),
        "system.chip.placement.kv_tiering.memory: entries are copied out of 'hbf' at any time, but"
            + " its reads are announced in the order of a step; 'placement.kv' must name a memory"
            + " without announcements (for example 'hbm')");
  }

  @Test
  void noDailyWrites() {
    refused(
        faults("son2026-hbf-kv-8", KV + ".daily_writes=0 B"),
        "system.chip.placement.kv_tiering.daily_writes: nothing may be written; policy 'none' says"
            + " so");
  }

  @Test
  void aBurstOfMonths() {
    refused(
        faults("son2026-hbf-kv-8", KV + ".daily_writes=1 GB", KV + ".burst=31 GB"),
        "system.chip.placement.kv_tiering.burst: more than is written in 30 days");
    assertThat(faults("son2026-hbf-kv-8", KV + ".daily_writes=1 GB", KV + ".burst=30 GB"))
        .isEmpty();
  }

  @Test
  void aBurstWithoutDailyWrites() {
    refused(
        faults(
            "son2026-hbf-8",
            "system.chip.placement.kv=hbm",
            KV + "={memory: hbf, policy: shared-prefix, burst: 1 GB}"),
        "system.chip.placement.kv_tiering.burst: a part of the daily writes; give 'daily_writes'"
            + " too");
  }

  @Test
  void policiesNobodyKnows() {
    refused(
        faults("son2026-hbf-8", "system.chip.placement.kv=hbm", KV + "={memory: hbf, policy: all}"),
        "system.chip.placement.kv_tiering.policy: 'all' is not one of [none, long-context,"
            + " shared-prefix, write-back]");
  }

  @Test
  void attentionLeftToAMemoryAndEntriesInTwo() {
    refused(
        faults(
            "hbm4-pnm-8",
            "system.chip.memory.more={device: hbf-gen1, count: 1}",
            KV + "={memory: more, policy: long-context, min_context: 9}"),
        "system.chip.offload: attention is left to the memory that holds all KV entries; leave out"
            + " either 'offload.attention' or 'placement.kv_tiering'");
  }

  @Test
  void behindAMemoryThatIsNone() {
    refused(
        faults("h3-like-8", HBF + ".behind=dram"),
        "system.chip.memory.hbf: behind 'dram' is not a memory of this chip (known: [hbm, hbf])");
  }

  @Test
  void behindItself() {
    refused(
        faults("h3-like-8", HBF + ".behind=hbf"),
        "system.chip.memory.hbf: behind itself; another memory can be in front");
  }

  @Test
  void chainsOfThree() {
    refused(
        faults("h3-like-8", "system.chip.memory.more={device: hbf-gen1, count: 1, behind: hbf}"),
        "system.chip.memory.more: behind 'hbf', which lies behind 'hbm' itself; a chain has two"
            + " memories");
  }

  @Test
  void behindAMemoryThatComputes() {
    refused(
        faults("hbm4-pnm-8", "system.chip.memory.more={device: hbf-gen1, count: 1, behind: hbm}"),
        "system.chip.memory.more: behind 'hbm', which computes: what that leaves of its link is not"
            + " modelled");
  }

  @Test
  void aHopToNowhere() {
    refused(
        faults("son2026-hbf-8", HBF + ".hop_latency=5 ns"),
        "unknown key 'system.chip.memory.hbf.hop_latency' (known: [device, count, announce_weights,"
            + " announce_kv, announce_ahead, write_buffer, behind])");
  }

  @Test
  void aBufferInTheMemoryOfTheWeights() {
    refused(
        faults("son2026-hbf-8", STAGING + "={memory: hbf, size: 40 MB}"),
        "system.chip.placement.staging.memory: 'hbf' holds the weights themselves");
  }

  @Test
  void aBufferOfLessThanAPage() {
    refused(
        faults("son2026-hbf-8", STAGING + "={memory: hbm, size: 4095 B}"),
        "system.chip.placement.staging.size: 4095 bytes are less than a page of 'hbf', 4096");
    assertThat(faults("son2026-hbf-8", STAGING + "={memory: hbm, size: 4 KiB}")).isEmpty();
  }

  @Test
  void aBufferOfNoDepth() {
    refused(
        faults("son2026-hbf-8", STAGING + "={memory: hbm, size: 40 MB, depth: 0}"),
        "system.chip.placement.staging.depth: '0' is out of range: a whole number from 1 to 65536");
  }

  @Test
  void policiesOfStagingNobodyKnows() {
    refused(
        faults("son2026-hbf-8", STAGING + "={memory: hbm, size: 40 MB, policy: all}"),
        "system.chip.placement.staging.policy: 'all' is not one of [sequential, layer]");
  }

  @Test
  void productsLeftToAMemoryAndWeightsStaged() {
    refused(
        faults(
            "hbm4-pnm-8",
            "system.chip.memory.more={device: hbf-gen1, count: 1}",
            STAGING + "={memory: more, size: 40 MB}"),
        "system.chip.offload: weights are copied in the order in which the chip needs them; leave"
            + " out either products and sub-batches of 'offload', or 'placement.staging'");
  }
}
