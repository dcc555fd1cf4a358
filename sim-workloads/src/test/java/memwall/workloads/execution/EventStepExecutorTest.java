package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.workloads.model.Precision;
import org.junit.jupiter.api.Test;

final class EventStepExecutorTest {
  @Test
  void printsForNow() {
    for (String system :
        new String[] {
          "dgx-h100",
          "dgx-h200",
          "son2026-hbm4-8",
          "son2026-hbf-8",
          "son2026-hbf-plus-8",
          "son2026-conv-8",
          "son2026-conv-plus-8"
        }) {
      for (String model :
          new String[] {"llama-3.1-70b", "llama-3.1-405b", "llama-4-maverick", "deepseek-v3"}) {
        Bench bench = new Bench(system, model, Precision.FP8);
        for (int kind = 0; kind < 3; kind++) {
          bench.shape.clear();
          if (kind == 0) bench.shape.addDecode(1024);
          if (kind == 1) for (int i = 0; i < 64; i++) bench.shape.addDecode(1024 + i);
          if (kind == 2) bench.shape.addPrefillChunk(2048, 0, true);
          bench.plan.fill(bench.shape);
          Bench.Result fast = bench.run(true, 1);
          Bench.Result full = kind == 0 ? bench.run(false, 1) : fast;
          double roof = bench.rooflinePs();
          System.out.printf(
              "%-20s %-18s %d fast %10.3f us  full %10.3f  roof %10.3f  dev %.2f%% events %d %d %s%n",
              system,
              model,
              kind,
              fast.stepPs() / 1e6,
              full.stepPs() / 1e6,
              roof / 1e6,
              100 * (fast.stepPs() / roof - 1),
              fast.events(),
              full.events(),
              fast.broken());
        }
      }
    }
    assertThat(System.out).isNotNull();
  }
}
