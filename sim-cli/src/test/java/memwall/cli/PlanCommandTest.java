package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.Test;

final class PlanCommandTest {
  private static final String FILE =
      Path.of(System.getProperty("memwall.root", ".."), "traces/son2026/hbm4.yaml").toString();

  @Test
  void printsMappingsNearTheBest() {
    Outcome outcome = Commands.run("plan", FILE, "--set", "plan.search.chips=[1,8]");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().lines().toList())
        .first()
        .asString()
        .contains("chips", "TP", "PP", "DP", "EP", "TPOT", "tokens/s/chip", "limited by");
    assertThat(outcome.out()).contains("KV capacity").endsWith("1 chips: nothing fits\n");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void saysWhyOthersDoNotFit() {
    Outcome outcome = Commands.run("plan", FILE, "--all", "--set", "plan.search.chips=[1]");
    assertThat(outcome.code()).isEqualTo(ExitCode.OUTSIDE_TOLERANCE);
    assertThat(outcome.out()).containsPattern("memory 'hbm' of each chip is \\d.* too small");
  }

  @Test
  void jsonHasEveryMapping() throws IOException {
    Outcome outcome = Commands.run("plan", FILE, "--json", "--set", "plan.search.chips=[4]");
    assertThat(outcome.code()).isZero();
    JsonNode result = new ObjectMapper().readTree(outcome.out()).path("results").path(0);
    JsonNode best = result.path("mappings").path(0);
    assertThat(best.path("tensor_parallel").asInt()).isEqualTo(4);
    double sum = 0;
    for (JsonNode part : best.path("time_ms")) {
      sum += part.asDouble();
    }
    assertThat(sum).isBetween(best.path("tpot_ms").asDouble() * 0.999999, 100.0);
    assertThat(result.path("rejected")).isNotEmpty();
  }

  @Test
  void faultsStandAtTheirPlaces() {
    Outcome outcome =
        Commands.run("plan", FILE, "--set", "plan.input=0", "--set", "plan.prefil=here");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err())
        .contains("plan.input", "'0' is out of range")
        .contains("unknown key 'plan.prefil'", "did you mean 'prefill'?");
  }

  @Test
  void studiesAreValidated() throws IOException {
    String study =
        Path.of(System.getProperty("memwall.root", ".."), "traces/son2026/study.yaml").toString();
    Outcome outcome = Commands.run("validate", "--study", study, "--values", "--markdown");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .startsWith("## son2026\nSon et al.")
        .contains("| group | values | in | median | p90 | largest | law |  |")
        .contains("| figure 3: sequences per GPU | 84 | % |")
        .contains("| figure 5: shares of decode time | hbf-plus.yaml |");
    assertThat(outcome.err()).isEqualTo("son2026: 4 of 4 laws kept, 227 values\n");
    Outcome json = Commands.run("validate", "--study", study, "--json");
    JsonNode tree = new ObjectMapper().readTree(json.out());
    assertThat(tree.path("comparisons")).isEmpty();
    assertThat(tree.path("studies").path(0).path("values")).hasSize(227);
    Outcome both = Commands.run("validate", "--all", "--study", study);
    assertThat(both.code()).isEqualTo(ExitCode.USAGE);
    assertThat(both.err()).contains("--all compares everything; it takes no files and no --study");
  }
}
