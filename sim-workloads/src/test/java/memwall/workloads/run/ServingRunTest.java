package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Snapshot;
import memwall.workloads.serving.RequestRecord;
import memwall.workloads.serving.ServingObserver;
import memwall.workloads.serving.ServingOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs on models of few layers, so that every rank, channel and layer can be simulated. */
final class ServingRunTest {
  private record Result(
      List<RequestRecord> records, ServingOutcome outcome, ServingRun run, List<RunLaw> laws) {}

  private static Result run(String system, String model, String... sets) {
    Faults faults = new Faults();
    String text =
        """
        memwall: 1
        name: test
        system: %s
        model: %s
        precision: { weights: fp8, kv: fp8, activations: bf16, compute: fp8 }
        sharding: { tensor_parallel: 8 }
        serving: { max_batch: 16, max_batched_tokens: 512 }
        workload:
          generator: { extends: azure-conv, requests: 12, arrivals: { rate: 400 /s }, output: { max: 40 } }
        seed: 3
        """
            .formatted(system, model);
    Config config =
        ConfigLoader.fromText("test.yaml", text, List.of(sets), Presets.builtIn(), faults);
    RunSpec spec = RunSpec.read(config, faults, true);
    Workload workload = Workload.scan(spec);
    List<RequestRecord> records = new ArrayList<>();
    ServingRun run =
        new ServingRun(
            spec,
            workload.open(),
            new ServingObserver() {
              @Override
              public void ended(RequestRecord record) {
                records.add(record);
              }
            });
    ServingOutcome outcome = run.run();
    return new Result(records, outcome, run, run.laws(outcome));
  }

  private static String[] with(String fidelity) {
    return new String[] {"fidelity=" + fidelity, "model.layers=8", "workload.limit=4"};
  }

  /** Law F4 at the level of whole runs: folding changes nothing but the number of events. */
  @ParameterizedTest
  @CsvSource({
    "dgx-h100, llama-3.1-70b",
    "dgx-h200, mixtral-8x7b",
    "son2026-hbm4-8, llama-4-maverick",
    "son2026-hbf-8, llama-3.1-405b",
    "son2026-hbf-plus-8, llama-4-maverick",
    "son2026-hbf-plus-8, deepseek-v3",
    "son2026-conv-8, llama-3.1-70b",
    "son2026-conv-plus-8, llama-3.1-405b"
  })
  void fastEqualsExact(String system, String model) {
    Result fast = run(system, model, with("fast"));
    Result exact = run(system, model, with("exact"));
    assertThat(fast.records).isEqualTo(exact.records).hasSize(4);
    assertThat(fast.outcome.stepsPs()).isEqualTo(exact.outcome.stepsPs());
    assertThat(fast.run.simulation().nowPs()).isEqualTo(exact.run.simulation().nowPs());
    assertThat(fast.run.simulation().eventsFired())
        .isLessThan(exact.run.simulation().eventsFired() / 8);
    Snapshot fastStats = fast.run.snapshot();
    Snapshot exactStats = exact.run.snapshot();
    for (Snapshot.Value value : fastStats.values()) {
      // Further ranks exist only in the exact run; all else has the same name and value.
      assertThat(exactStats.number(value.path())).as(value.path()).isEqualTo(value.number());
    }
    assertThat(fast.laws).allMatch(RunLaw::holds).hasSizeGreaterThanOrEqualTo(8);
    assertThat(exact.laws).allMatch(RunLaw::holds);
  }

  @Test
  void equalRunsHaveEqualFingerprintsAndOtherSeedsOthers() {
    Result one = run("dgx-h100", "llama-3.1-8b");
    Result two = run("dgx-h100", "llama-3.1-8b");
    Result other = run("dgx-h100", "llama-3.1-8b", "seed=4");
    assertThat(one.run.simulation().fingerprint()).isEqualTo(two.run.simulation().fingerprint());
    assertThat(one.records).isEqualTo(two.records);
    assertThat(other.run.simulation().fingerprint())
        .isNotEqualTo(one.run.simulation().fingerprint());
    assertThat(other.records).isNotEqualTo(one.records);
  }

  @Test
  void moreBandwidthNeverSlowsALoneRequest() {
    long slow = end("system.chip.memory.hbm.device.rate=400 GB/s");
    long base = end("system.chip.memory.hbm.device.rate=670 GB/s");
    long quick = end("system.chip.memory.hbm.device.rate=1340 GB/s");
    assertThat(base).isLessThan(slow);
    assertThat(quick).isLessThan(base);
  }

  private static long end(String set) {
    return run("dgx-h100", "llama-3.1-70b", set, "workload.limit=1").run.simulation().nowPs();
  }

  @Test
  void everyKnobOfTheFlashMattersWhereItBinds() {
    String system = "son2026-conv-plus-8";
    long base = run(system, "llama-3.1-70b", "workload.limit=2").run.simulation().nowPs();
    for (String set :
        List.of(
            "system.chip.memory.hbf.device.read_time=6 us",
            "system.chip.memory.hbf.device.planes_per_die=8",
            "system.chip.memory.hbf.device.staging=512 KiB",
            "system.chip.memory.hbf.count=4",
            "system.network.link_rate=100 GB/s",
            "system.step_overhead=100 us")) {
      assertThat(run(system, "llama-3.1-70b", "workload.limit=2", set).run.simulation().nowPs())
          .as(set)
          .isGreaterThan(base);
    }
    assertThat(
            run(
                    system,
                    "llama-3.1-70b",
                    "workload.limit=2",
                    "system.chip.memory.hbf.announce_weights=false")
                .run
                .simulation()
                .nowPs())
        .isGreaterThan(base);
  }
}
