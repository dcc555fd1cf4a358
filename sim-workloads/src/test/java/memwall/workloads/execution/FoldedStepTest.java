package memwall.workloads.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import memwall.core.Randomized;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.StepShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Law F4: folding ranks, channels, stacks and layers changes nothing but the number of events. */
class FoldedStepTest {
  static final List<String> SYSTEMS = Bench.SYSTEMS;

  private static void compare(Bench bench, List<Consumer<StepShape>> steps, String what) {
    Bench.Result full = bench.run(false, Leaping.OFF, steps);
    Bench.Result folded = bench.run(true, Leaping.ON, steps);
    assertThat(folded.endsPs()).as(what).isEqualTo(full.endsPs());
    assertThat(folded.spentPs()).as(what).isEqualTo(full.spentPs());
    assertThat(folded.statistics()).as(what).isEqualTo(full.statistics());
    assertThat(folded.broken()).as(what).isEmpty();
    assertThat(full.broken()).as(what).isEmpty();
    assertThat(folded.events()).as(what).isLessThan(full.events());
  }

  @ParameterizedTest
  @FieldSource("SYSTEMS")
  void everyModelOnEverySystem(String system) {
    SplittableRandom random = new SplittableRandom(20260104);
    for (String model : Bench.MODELS) {
      // The fewest layers that have all kinds and are jumped over where they repeat.
      Bench bench =
          new Bench(
              system, model, Precision.FP8, "system.chips=2", "model.layers=" + layers(model));
      compare(bench, Bench.randomSteps(random, 2), system + " " + model);
    }
  }

  private static int layers(String model) {
    return switch (model) {
      case "llama-4-maverick" -> 12;
      case "deepseek-v3" -> 7;
      default -> 5;
    };
  }

  /** Fewer channels and small buffers, so that writes carry over from step to step. */
  @Test
  void randomMachines() {
    Randomized.check(
        40,
        random -> {
          Bench bench =
              EventStepExecutorTest.anyBench(random, "model.layers=" + 4 * (1 + random.nextInt(3)));
          if (bench.ranks > 4 && random.nextInt(4) > 0) {
            return;
          }
          compare(bench, Bench.randomSteps(random, 2), bench.system.toString());
        });
  }
}
