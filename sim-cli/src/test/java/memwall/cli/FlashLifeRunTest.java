package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wear and life in the report of a run, worked out again from its statistics. */
class FlashLifeRunTest {
  private static final double YEAR_S = 365.25 * 86_400;
  private static final int PAGE = 4096;

  // Of hbf-gen1: 16 x 25 planes, blocks of 768 pages, SLC, 3 years of warranty.
  private static final double ENDURANCE = 100_000;
  private static final double READ_LIMIT = 1_000_000;
  private static final int PAGES_PER_BLOCK = 768;
  private static final double WARRANTY = 3;

  @TempDir private Path temp;

  private Path run(String... arguments) throws IOException {
    Commands commands = new Commands(temp);
    Object[] all = new Object[arguments.length + 1];
    all[0] = commands.runFile();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return commands.runs("out", all);
  }

  private static JsonNode summary(Path out) throws IOException {
    return new ObjectMapper().readTree(out.resolve("summary.json").toFile());
  }

  private static Map<String, Double> statistics(Path out) throws IOException {
    return Files.readString(out.resolve("stats.csv"))
        .lines()
        .skip(1)
        .map(line -> line.split(",", 3))
        .filter(cells -> !cells[1].isEmpty())
        .collect(Collectors.toMap(cells -> cells[0], cells -> Double.parseDouble(cells[1])));
  }

  private static void near(JsonNode node, String pointer, double expected) {
    assertThat(node.at(pointer).isNumber()).as(pointer).isTrue();
    assertThat(node.at(pointer).asDouble()).as(pointer).isCloseTo(expected, withPercentage(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"son2026-hbf-plus-8", "son2026-hbf-plus-pages-8"})
  void numbersFollowFromTheStatistics(String system) throws IOException {
    Path out = run("--set", "system=" + system);
    Map<String, Double> stats = statistics(out);
    JsonNode summary = summary(out);
    JsonNode wear = summary.path("wear");
    assertThat(wear.path("memories")).hasSize(1);
    JsonNode life = wear.path("memories").get(0);
    assertThat(life.path("memory").asText()).isEqualTo("hbf");
    assertThat(life.path("devices").asInt()).isEqualTo(8);
    assertThat(life.path("reads_limited_by").asText()).isEqualTo("link");

    double seconds = summary.path("simulated_ps").asDouble() * 1e-12;
    double capacity = life.path("capacity_bytes").asDouble();
    assertThat(capacity).isCloseTo(8.0 * (512L << 30), withPercentage(0.1));
    double writes = stats.get("rank0.hbf.kv.written_bytes") / seconds;
    double reads = stats.get("rank0.hbf.read_pages") * PAGE / seconds;
    double rests = stats.get("rank0.hbf.weights.reserved_bytes");
    double passes = life.at("/load/passing_bytes").asDouble();
    near(life, "/load/write_bytes_per_sec", writes);
    near(life, "/load/read_bytes_per_sec", reads);
    near(life, "/load/resting_bytes", rests);
    assertThat(passes).isPositive().isLessThan(summary.at("/memory/0/kv_peak_bytes").asDouble());

    // A block is read reads / page / blocks times a second.
    double blocks = (rests + passes) / PAGE / PAGES_PER_BLOCK;
    double interval = READ_LIMIT / (reads / PAGE / blocks);
    near(life, "/rewrite_interval_s/reads", interval);
    near(life, "/rewrite_interval_s/age", 86_400);
    // What passes is gone before.
    assertThat(passes / writes).isLessThan(interval);
    double refresh = rests / interval;
    double cycles = (writes + refresh) * YEAR_S / capacity;
    near(life, "/cycles_per_year", cycles);
    near(life, "/years_left", ENDURANCE / cycles);
    near(life, "/cycle_shares/host", writes / (writes + refresh));
    near(life, "/cycle_shares/reads", refresh / (writes + refresh));
    assertThat(life.at("/cycle_shares/age").asDouble()).isZero();
    assertThat(life.at("/cycle_shares/swap").asDouble()).isZero();
    assertThat(life.path("limited_by").asText()).isEqualTo(refresh > writes ? "reads" : "host");

    near(life, "/written_bytes/host", 8 * writes * seconds);
    near(life, "/written_bytes/reads", 8 * refresh * seconds);
    assertThat(life.at("/written_bytes/age").asLong()).isZero();
    assertThat(life.at("/written_bytes/replay").asLong()).isZero();

    near(life, "/warranty_write_bytes_per_sec", ENDURANCE / WARRANTY * capacity / YEAR_S - refresh);
    near(life, "/years_left_at_warranty_rate", WARRANTY);

    near(life, "/needed/years", 5);
    assertThat(life.at("/needed/reached").asBoolean()).isEqualTo(ENDURANCE / cycles >= 5);
    near(life, "/needed/cycles", 5 * cycles);
    double budget = ENDURANCE / 5 * capacity / YEAR_S;
    near(life, "/needed/write_bytes_per_sec", budget - refresh);
    near(life, "/needed/interval_s", rests / (budget - writes));
    near(
        life,
        "/needed/read_bytes_per_sec",
        READ_LIMIT * (rests + passes) / PAGES_PER_BLOCK / (rests / (budget - writes)));
    near(life, "/needed/devices", StrictMath.ceil(5 * cycles / ENDURANCE * 8));

    // The memory that wears out first is the only one.
    assertThat(wear.path("memory").asText()).isEqualTo("hbf");
    assertThat(wear.path("years_left")).isEqualTo(life.path("years_left"));
    assertThat(wear.path("written")).hasSize(5);
  }

  @Test
  void blocksByCyclesAreThoseOfTheDevices() throws IOException {
    Path out = run("--set", "system=son2026-hbf-plus-pages-8");
    Map<String, Double> stats = statistics(out);
    JsonNode life = summary(out).at("/wear/memories/0");
    double blocks = 0;
    double least = 0;
    for (JsonNode bin : life.path("blocks_by_cycles")) {
      blocks += bin.path("blocks").asDouble();
      least += bin.path("blocks").asDouble() * bin.path("cycles").asDouble();
    }
    double erases = stats.get("rank0.hbf.erases");
    // Beside the capacity four for rows that are open, and one to write others anew into.
    assertThat(blocks).isEqualTo(8 * 16 * 25 * (437.0 + 5));
    assertThat(erases).isPositive().isBetween(least, 2 * least);
    near(life, "/cycles_used_mean", erases / blocks);
    assertThat(life.path("cycles_used_max").asDouble())
        .isEqualTo(stats.get("rank0.hbf.most_erases"));
  }

  /** Weights that rest in flash are read in each step; no context is long enough to be written. */
  @Test
  void readsAloneWearFlash() throws IOException {
    JsonNode life = summary(run("--set", "system=son2026-hbf-kv-8")).at("/wear/memories/0");
    assertThat(life.at("/load/write_bytes_per_sec").asDouble()).isZero();
    assertThat(life.path("limited_by").asText()).isEqualTo("reads");
    assertThat(life.at("/cycle_shares/reads").asDouble()).isCloseTo(1, within(1e-9));
    assertThat(life.path("years_left").asDouble()).isBetween(0.1, 100.0);
    assertThat(life.at("/needed/write_bytes_per_sec").isNull()).isTrue();
    assertThat(life.path("sentence").asText()).startsWith("Read disturb limits:");
  }

  @Test
  void analyticRunsSayItToo() throws IOException {
    JsonNode life =
        summary(run("--set", "system=son2026-hbf-plus-pages-8", "--set", "fidelity=analytic"))
            .at("/wear/memories/0");
    assertThat(life.path("blocks_by_cycles")).isEmpty();
    assertThat(life.path("cycles_used_max").isNull()).isTrue();
    assertThat(life.path("cycles_used_mean").asDouble()).isPositive();
    assertThat(life.path("years_left").asDouble()).isPositive();
  }
}
