package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.workloads.execution.EventStepExecutor;
import memwall.workloads.execution.Parts;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.Machine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published speed-ups of computing memories beside what our systems give for a decode step at a
 * stated operating point, and beside what the bandwidths allow. Nothing is tuned: the studies'
 * operating points are not published, so their figures are bounds or lie between bounds
 * (docs/validation.md has the table, with whole models).
 */
final class PublishedNearTest {
  /** T. Brown et al., arXiv 2005.14165, table 2.1, with two of its 96 layers. */
  private static final String GPT3 =
      "{ name: GPT-3, layers: 2, hidden_size: 12288, ffn_size: 49152, vocabulary: 1024,"
          + " tied_embeddings: true, gated_mlp: false, max_context: 2048,"
          + " attention: { kind: grouped-query, heads: 96, kv_heads: 96, head_size: 128 } }";

  private static final String LLAMA_3B = "{ extends: llama-3.2-3b, layers: 1, vocabulary: 1024 }";

  /** The 13B model of GPT-3 (table 2.1 too), on which NeuPIMs was measured, with two layers. */
  private static final String GPT3_13B =
      "{ name: GPT-3-13B, layers: 2, hidden_size: 5120, ffn_size: 20480, vocabulary: 1024,"
          + " tied_embeddings: true, gated_mlp: false, max_context: 2048,"
          + " attention: { kind: grouped-query, heads: 40, kv_heads: 40, head_size: 128 } }";

  private static RunSpec spec(
      String system, String model, String format, int ranks, String... sets) {
    Faults faults = new Faults();
    String text =
        """
        memwall: 1
        name: published
        system: %s
        model: %s
        precision: { weights: %s, kv: %s, activations: fp16, compute: %s }
        sharding: { tensor_parallel: %d }
        serving: { max_batch: 512, max_batched_tokens: 512 }
        """
            .formatted(system, model, format, format, format, ranks);
    Config config =
        ConfigLoader.fromText("test.yaml", text, List.of(sets), Presets.builtIn(), faults);
    RunSpec spec = RunSpec.read(config, faults, false);
    faults.throwIfAny();
    return spec;
  }

  /** A decode step: its time, and of that what operators left to memories took. */
  private record Step(long ps, long nearPs) {}

  private static Step step(RunSpec spec, int sequences, int context) {
    Simulation simulation = new Simulation(1);
    Machine machine =
        new Machine(
            simulation,
            new Stats(),
            spec.system(),
            spec.sharding().tensorParallel(),
            true,
            spec.capacity().footprint());
    OperatorPlan plan = new OperatorPlan(spec.model(), spec.precision(), spec.sharding());
    EventStepExecutor executor =
        new EventStepExecutor(simulation, machine, plan, spec.kvBlockBytes());
    StepShape shape = new StepShape(spec.model());
    for (int i = 0; i < sequences; i++) {
      shape.addDecode(context);
    }
    plan.fill(shape);
    long[] donePs = {-1};
    executor.execute(plan, word -> donePs[0] = simulation.nowPs(), 0);
    simulation.run();
    long nearPs = 0;
    List<Parts.Part> parts = executor.parts().list();
    for (int i = 0; i < parts.size(); i++) {
      nearPs += parts.get(i).key().endsWith(".near") ? executor.spentPs(i) : 0;
    }
    return new Step(donePs[0], nearPs);
  }

  /**
   * Internal over external bandwidth is the bound; what our step gains lies between nothing and
   * that, the operators that are left to the memory gain more than the step, and the published
   * figure lies below the bound too.
   */
  @ParameterizedTest
  @CsvSource({
    // system, model, format, ranks, sequences, context, internal / external, published
    "attacc-h100-8, GPT3, fp16, 8, 16, 2000, 10.67, 2.81",
    "neupims, LLAMA_3B, fp16, 1, 32, 1000, 16, 0",
    "mi100-hbm-pim, LLAMA_3B, fp16, 1, 1, 1000, 4, 1.9",
    "mobile-lpddr5x-pim, LLAMA_3B, int8, 1, 1, 1000, 4, 2.7",
    "mobile-lpddr5x-pim, LLAMA_3B, fp16, 1, 1, 1000, 4, 2.7"
  })
  void speedUpsLieBelowTheRatioOfBandwidths(
      String system,
      String model,
      String format,
      int ranks,
      int sequences,
      int context,
      double ratio,
      double published) {
    String text = model.equals("GPT3") ? GPT3 : LLAMA_3B;
    Step with = step(spec(system, text, format, ranks), sequences, context);
    Step without =
        step(
            spec(
                system,
                text,
                format,
                ranks,
                "system.chip.offload.attention.when=never",
                "system.chip.offload.gemm.when=never",
                "system.chip.offload.head.when=never",
                "system.chip.offload.experts.when=never"),
            sequences,
            context);
    double stepGain = (double) without.ps() / with.ps();
    double operatorGain = (double) (without.ps() - with.ps() + with.nearPs()) / with.nearPs();
    System.out.printf(
        Locale.ROOT,
        "%s %s, %d x %d: step %.3f ms, in memory %.3f ms, gain %.2f, of its operators %.2f%n",
        system,
        format,
        sequences,
        context,
        with.ps() * 1e-9,
        with.nearPs() * 1e-9,
        stepGain,
        operatorGain);
    assertThat(without.nearPs()).isZero();
    assertThat(stepGain).isBetween(1.02, operatorGain);
    assertThat(operatorGain).isLessThan(ratio);
    assertThat(published).isLessThan(ratio);
  }

  /**
   * NeuPIMs: its second row buffers and sub-batches against an NPU alone (published: 2.4 times) and
   * against a memory that either computes or serves (1.6 times). A step gains no more than perfect
   * overlap of chip and memory gives, and with few sequences sub-batches only read weights twice.
   */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"512, 400", "512, 1000"})
  void neuPimsInterleaves(int sequences, int context) {
    String one = "system.chip.offload.interleave.sub_batches=1";
    Step npu = neuPims(sequences, context, "system.chip.offload.attention.when=never", one);
    String single = "system.chip.memory.hbm.device.pim.mode.second_row_buffer=false";
    Step naive = neuPims(sequences, context, one, single);
    Step whole = neuPims(sequences, context, one);
    Step halves = neuPims(sequences, context);
    double overlap = (double) whole.ps() / Math.max(whole.nearPs(), whole.ps() - whole.nearPs());
    System.out.printf(
        Locale.ROOT,
        "NeuPIMs, %d x %d: NPU %.3f ms, naive %.3f ms, one batch %.3f ms, halves %.3f ms:"
            + " gains %.2f and %.2f, at most %.2f%n",
        sequences,
        context,
        npu.ps() * 1e-9,
        naive.ps() * 1e-9,
        whole.ps() * 1e-9,
        halves.ps() * 1e-9,
        (double) npu.ps() / halves.ps(),
        (double) naive.ps() / halves.ps(),
        overlap);
    assertThat((double) whole.ps() / halves.ps()).isBetween(1.3, overlap);
    assertThat((double) naive.ps() / halves.ps()).isBetween(1.3, 1.8);
    assertThat((double) npu.ps() / halves.ps()).isBetween(2.0, 16.0);
    Step few = neuPims(32, context, "system.chip.offload.interleave.sequences_at_least=2");
    assertThat(few.ps()).isGreaterThan(neuPims(32, context).ps());
  }

  private static Step neuPims(int sequences, int context, String... sets) {
    return step(spec("neupims", GPT3_13B, "fp16", 1, sets), sequences, context);
  }
}
