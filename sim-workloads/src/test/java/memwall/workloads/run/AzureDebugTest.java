package memwall.workloads.run;

import java.nio.file.Path;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.serving.ServingObserver;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.trace.RequestTraces;
import org.junit.jupiter.api.Test;

final class AzureDebugTest {
  @Test
  void azure() {
    for (String[] s :
        new String[][] {
          {"dgx-h100", "llama-3.1-70b", "bf16", "bf16"},
          {"son2026-hbf-plus-8", "llama-3.1-405b", "fp8", "fp8"}
        }) {
      for (int k = 0; k < 2; k++) {
        Faults faults = new Faults();
        Config config =
            ConfigLoader.fromText(
                "test.yaml",
                "memwall: 1\nname: x\nsystem: "
                    + s[0]
                    + "\nmodel: "
                    + s[1]
                    + "\nprecision: { weights: "
                    + s[2]
                    + ", kv: "
                    + s[2]
                    + ", activations: bf16, compute: "
                    + s[3]
                    + " }\nsharding: { tensor_parallel: 8 }\nserving: { }\n",
                List.of(),
                Presets.builtIn(),
                faults);
        RunSpec spec = RunSpec.read(config, faults, false);
        long t0 = System.nanoTime();
        ServingRun run =
            new ServingRun(
                spec,
                RequestSource.of(
                    RequestTraces.open(
                        Path.of(
                            System.getProperty("memwall.root"),
                            "../shared/traces/azure2023/AzureLLMInferenceTrace_conv.csv"))),
                ServingObserver.NONE);
        ServingOutcome out = run.run();
        System.out.println(
            (System.nanoTime() - t0) / 1e9
                + " s, events "
                + run.simulation().eventsFired()
                + " end "
                + run.simulation().nowPs() / 1e12);
        System.out.println(out);
        run.laws(out).forEach(l -> System.out.println(l.holds() + " " + l));
        run.snapshot()
            .histograms()
            .forEach(
                h ->
                    System.out.printf(
                        "%s mean %.3f ms p50 %.3f p99 %.3f n %d%n",
                        h.path(),
                        h.histogram().getMean() / 1e9,
                        h.histogram().getValueAtPercentile(50) / 1e9,
                        h.histogram().getValueAtPercentile(99) / 1e9,
                        h.histogram().getTotalCount()));
        for (int i = 0; i < out.stepsPs().size(); i++) {
          System.out.println(
              run.executor().parts().list().get(i).key()
                  + " "
                  + out.stepsPs().get(i).doubleValue() / out.endToEndPs().doubleValue());
        }
      }
    }
  }
}
