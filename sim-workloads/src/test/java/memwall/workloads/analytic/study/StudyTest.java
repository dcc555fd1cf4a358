package memwall.workloads.analytic.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyTest {
  private static final Path ROOT = Path.of(System.getProperty("memwall.root", "."));
  private static final String HEADER =
      "group,plan,sets,chips,quantity,baseline,baseline_chips,expected\n";
  private static final String PLAN =
      """
      memwall: 1
      name: question
      system: son2026-hbm4-8
      model: llama-3.1-70b
      precision: { weights: bf16, kv: bf16, activations: bf16 }
      plan: { input: 1000, output: 500, limits: { tpot: 50 ms }, search: { chips: [1, 4, 8] } }
      """;

  @TempDir private Path folder;

  private static StudySpec read(Path file) {
    Faults faults = new Faults();
    Config config = ConfigLoader.load(file, List.of(), Presets.builtIn(), faults);
    return StudySpec.read(config, faults);
  }

  private StudySpec write(String rows) throws IOException {
    Files.writeString(folder.resolve("plan.yaml"), PLAN);
    Files.writeString(folder.resolve("targets.csv"), HEADER + rows);
    Files.writeString(
        folder.resolve("study.yaml"),
        """
        memwall: 1
        name: test
        study: nowhere
        targets: targets.csv
        groups:
          - { name: a, median: 1, p90: 2 }
          - { name: b, measure: points, median: 1, p90: 2 }
        """);
    return read(folder.resolve("study.yaml"));
  }

  /** Every value of the shipped study, within the laws that it states. */
  @Test
  void shippedStudyIsMet() {
    StudySpec spec = read(ROOT.resolve("traces/son2026/study.yaml"));
    Study study = new Study(spec, Presets.builtIn());
    List<Finding> findings = study.findings();
    assertThat(findings).hasSize(84 + 83 + 60);
    List<Study.Verdict> verdicts = study.verdicts(findings);
    assertThat(verdicts).hasSize(4).allMatch(Study.Verdict::holds);
  }

  /** Deviations of what the planner says itself are none, of twice that, half. */
  @Test
  void deviations() throws IOException {
    StudySpec first = write("a,plan.yaml,,8,tokens_per_second_and_chip,,,1\n");
    double tokens = new Study(first, Presets.builtIn()).findings().get(0).simulated();
    StudySpec spec =
        write(
            "a,plan.yaml,,8,tokens_per_second_and_chip,,,"
                + 2 * tokens
                + "\n"
                + "a,plan.yaml,,8,tokens_per_second_and_chip,,,"
                + tokens
                + "\n"
                + "b,plan.yaml,,8,tokens_per_second_and_chip,plan.yaml,8,0.98\n");
    Study study = new Study(spec, Presets.builtIn());
    List<Finding> findings = study.findings();
    assertThat(findings.get(0).deviation()).isEqualTo(-50);
    assertThat(findings.get(1).deviation()).isZero();
    assertThat(findings.get(2).simulated()).isEqualTo(1);
    assertThat(findings.get(2).deviation())
        .isCloseTo(2, org.assertj.core.api.Assertions.within(1e-9));
    List<Study.Verdict> verdicts = study.verdicts(findings);
    assertThat(verdicts).extracting(Study.Verdict::holds).containsExactly(false, false);
    assertThat(verdicts.get(0).most()).isEqualTo(50);
    assertThat(verdicts.get(0).values()).isEqualTo(2);
  }

  @Test
  void faultsOfTheTableStandAtTheirPlaces() {
    assertThatThrownBy(
            () -> write("c,plan.yaml,,0,speed,,,x\na,plan.yaml,,8,share_ffn,plan.yaml,,1\n"))
        .isInstanceOfSatisfying(
            ConfigException.class,
            wrong ->
                assertThat(wrong.faults())
                    .hasSize(5)
                    .anyMatch(text -> text.contains("targets.csv:2") && text.contains("group: 'c'"))
                    .anyMatch(text -> text.contains("chips: '0' is not a number from 1.0"))
                    .anyMatch(text -> text.contains("quantity: 'speed' is not one of sequences_"))
                    .anyMatch(text -> text.contains("expected: 'x' is not a number"))
                    .anyMatch(
                        text ->
                            text.contains("targets.csv:3") && text.contains("baseline_chips: ''")));
  }

  @Test
  void aValueWhereNothingFitsIsAFault() throws IOException {
    StudySpec spec = write("a,plan.yaml,model=llama-3.1-405b,1,sequences_per_chip,,,1\n");
    assertThatThrownBy(() -> new Study(spec, Presets.builtIn()).findings())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("plan.yaml: nothing fits on 1 chips, where a value was published");
  }
}
