package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on memory whose heat is modelled: files, printed summary, failure, validation. */
final class HeatRunTest {
  @TempDir private Path temp;

  /** Stacks that warm up in a millisecond. */
  private Path runFile(Commands commands, int coolant) throws IOException {
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER + "{\"id\":\"a\",\"arrival\":0,\"input\":10,\"output\":4}\n");
    String memory =
        """
        system:
          extends: dgx-h100
          chip:
            extends: h100-sxm-banks
            memory:
              hbm:
                device:
                  stack:
                    extends: hbm3-8hi
                    memory_die: { joules_per_kelvin: 0.0002 }
                    logic_die: { joules_per_kelvin: 0.0002 }
                    cooling: { coolant: %d C, lid_joules_per_kelvin: 0.001 }
                    limits: { memory: 90 C, step_time: 20 us, window: 20 us }
        """
            .formatted(coolant);
    return commands.write(
        "run.yaml", Commands.TRACE_RUN_FILE.replace("system: dgx-h100\n", memory));
  }

  private JsonNode thermal(Path out) throws IOException {
    JsonNode summary = new ObjectMapper().readTree(Files.readString(out.resolve("summary.json")));
    assertThat(summary.get("thermal")).hasSize(1);
    return summary.get("thermal").get(0);
  }

  @Test
  void coolStacksAreInTheFilesOnly() throws IOException {
    Commands commands = new Commands(temp);
    Path out = commands.runs("out", runFile(commands, 20));
    JsonNode stack = thermal(out);
    assertThat(stack.get("memory").asText()).isEqualTo("rank0.hbm");
    assertThat(stack.get("throttled_share").asDouble()).isZero();
    assertThat(stack.get("fast_refresh_share").asDouble()).isZero();
    assertThat(stack.get("dies")).hasSize(10);
    for (JsonNode die : stack.get("dies")) {
      assertThat(die.get("peak_celsius").asDouble()).isBetween(20.0, 50.0);
      assertThat(die.get("above_85_share").asDouble()).isZero();
    }
    assertThat(Files.readString(out.resolve("stats.csv")))
        .contains("rank0.hbm.stack.layer0.temperature.max,");
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("Heat held it back in 0 % of the time");
  }

  @Test
  void hotStacksAreTold() throws IOException {
    Commands commands = new Commands(temp);
    Path file = runFile(commands, 84);
    Commands.Outcome outcome = Commands.run("run", file, "-o", commands.path("out"));
    assertThat(outcome.err()).doesNotContain("memwall:");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .containsPattern(
            "heat +rank0.hbm throttled [0-9.]+ ?% of the time, refreshed more often [0-9.]+ ?%");
    JsonNode stack = thermal(commands.path("out"));
    assertThat(stack.get("throttled_share").asDouble()).isBetween(0.2, 1.0);
    assertThat(stack.get("fast_refresh_share").asDouble()).isBetween(0.9, 1.0);
    double peak = stack.get("dies").get(0).get("peak_celsius").asDouble();
    assertThat(peak).isBetween(89.0, 96.0);
    assertThat(Files.readString(commands.path("out").resolve("report.html")))
        .contains("<h3>Heat in rank0.hbm</h3>")
        .contains(String.format(Locale.ROOT, ">%.1f °C</td>", peak));
  }

  /** Engines on the logic die warm the memory above them: cool at roofline, else throttled. */
  @Test
  void custom3d() throws IOException {
    Commands commands = new Commands(temp);
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER + "{\"id\":\"a\",\"arrival\":0,\"input\":400,\"output\":100}\n");
    Path file =
        commands.write("run.yaml", Commands.TRACE_RUN_FILE.replace("dgx-h100", "custom-3d-8"));
    Commands.Outcome roofline = Commands.run("validate", file, "--tolerance", 2);
    assertThat(roofline.code()).as(roofline.out()).isZero();
    JsonNode cool = thermal(commands.runs("cool", file));
    assertThat(cool.get("memory").asText()).isEqualTo("rank0.stack");
    assertThat(cool.get("throttled_share").asDouble()).isZero();
    String stack = "system.chip.memory.stack.device.stack.";
    Path hot =
        commands.runs(
            "hot",
            file,
            "--set",
            stack + "cooling={coolant: 91 C, lid_joules_per_kelvin: 1e-4}",
            "--set",
            stack + "memory_die={joules_per_kelvin: 1e-5}",
            "--set",
            stack + "logic_die={joules_per_kelvin: 1e-5}",
            "--set",
            stack + "limits.step_time=20 us",
            "--set",
            stack + "limits.window=20 us");
    assertThat(thermal(hot).get("throttled_share").asDouble()).isPositive();
    ObjectMapper mapper = new ObjectMapper();
    double coolMs =
        mapper
            .readTree(Files.readString(commands.path("cool").resolve("summary.json")))
            .at("/latency/tpot/mean_ms")
            .asDouble();
    double hotMs =
        mapper
            .readTree(Files.readString(hot.resolve("summary.json")))
            .at("/latency/tpot/mean_ms")
            .asDouble();
    assertThat(hotMs).isGreaterThan(1.1 * coolMs);
    // The clock of the engines fell too; their FLOPs then cost less.
    assertThat(thermal(commands.path("cool")).get("engine_clock_share").asDouble())
        .isCloseTo(1, within(1e-9));
    assertThat(thermal(hot).get("engine_clock_share").asDouble()).isBetween(0.5, 0.99);
    assertThat(computeJoules(hot)).isLessThan(0.95 * computeJoules(commands.path("cool")));
    Commands.Outcome warm =
        Commands.run("validate", file, "--tolerance", 2, "--set", stack + "cooling.coolant=80 C");
    assertThat(warm.err())
        .containsPattern(
            "heat allows the engines on the logic die of stack [0-9.]+ % of their clock for ever,"
                + " ([0-9.]+ %|no part) while the memory moves all it can; the comparison is with a"
                + " cool one");
  }

  private static double computeJoules(Path run) throws IOException {
    return new ObjectMapper()
        .readTree(Files.readString(run.resolve("summary.json")))
        .at("/energy/parts/0/joules")
        .asDouble();
  }

  @Test
  void stacksThatCannotBeCooledFailTheRun() throws IOException {
    Commands commands = new Commands(temp);
    Commands.Outcome outcome =
        Commands.run(
            "run",
            runFile(commands, 84),
            "-o",
            commands.path("out"),
            "--set",
            "system.chip.memory.hbm.device.stack.limits.step_time=1 h",
            "--set",
            "system.chip.memory.hbm.device.stack.limits.logic=91 C",
            "--set",
            "system.chip.memory.hbm.device.stack.limits.shutdown=91 C");
    assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
    assertThat(outcome.err())
        .containsPattern(
            "memwall: the run failed: rank0.hbm.stack: \\S+ is at 91.0 C after 0.00\\d+ s and the"
                + " memory shuts down; cool it better or move less");
    assertThat(commands.path("out")).doesNotExist();
  }

  /** Flash by planes whose heat caps its bandwidth, light enough to be hot in a millisecond. */
  private Path flashFile(Commands commands) throws IOException {
    commands.write(
        "t.requests.jsonl",
        Commands.HEADER + "{\"id\":\"a\",\"arrival\":0,\"input\":10,\"output\":8}\n");
    String system =
        """
        system:
          extends: son2026-hbf-plus-pages-hot-8
          chip:
            memory:
              hbf:
                device:
                  device:
                    thermal:
                      window: 50 us
                      stack:
                        memory_die: { joules_per_kelvin: 0.00005 }
                        logic_die: { joules_per_kelvin: 0.00005 }
                        cooling: { coolant: 75 C, lid_joules_per_kelvin: 0.001 }
        """;
    return commands.write(
        "run.yaml", Commands.TRACE_RUN_FILE.replace("system: dgx-h100\n", system));
  }

  @Test
  void hotFlashIsTold() throws IOException {
    Commands commands = new Commands(temp);
    Path file = flashFile(commands);
    Commands.Outcome outcome = Commands.run("run", file, "-o", commands.path("out"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().replaceAll("\\s+", " "))
        .containsPattern(
            "heat rank0.hbf throttled [0-9.]+ % of the time, lightly [0-9.]+ %, severely [0-9.]+ %;"
                + " \\S+ peaked at 10[0-9.]+ C")
        .contains("reads limited by heat");
    JsonNode stack = thermal(commands.path("out"));
    double light = stack.get("light_share").asDouble();
    double severe = stack.get("severe_share").asDouble();
    assertThat(light).isPositive();
    assertThat(severe).isPositive();
    assertThat(stack.get("throttled_share").asDouble()).isCloseTo(light + severe, within(1e-9));
    assertThat(stack.get("fast_refresh_share").asDouble()).isZero();
    assertThat(stack.get("dies")).hasSize(18);
    assertThat(Files.readString(commands.path("out").resolve("stats.csv")))
        .contains("rank0.hbf.stack.severe_ps,")
        .contains("rank0.hbf.cap_waits,");
    assertThat(Files.readString(commands.path("out").resolve("report.html")))
        .containsPattern("light throttling in [0-9.]+ %, severe in [0-9.]+ %");
    assertThat(Commands.run("validate", file, "--tolerance", 500).err())
        .containsPattern(
            "heat allows each stack of hbf [0-9.]+ GB/s for ever, less than its 1.6 TB/s; the"
                + " comparison is with a cool one");
  }

  @Test
  void flashThatCannotBeCooledFailsTheRun() throws IOException {
    Commands commands = new Commands(temp);
    String thermal = "system.chip.memory.hbf.device.device.thermal.";
    Commands.Outcome outcome =
        Commands.run(
            "run",
            flashFile(commands),
            "-o",
            commands.path("out"),
            "--set",
            thermal + "light_share=1",
            "--set",
            thermal + "severe_share=1");
    assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
    assertThat(outcome.err())
        .containsPattern(
            "memwall: the run failed: rank0.hbf.stack: \\S+ is at 120.0 C after 0.0\\d+ s and the"
                + " memory shuts down, \\d+ pages asked of it are lost; cool it better or move"
                + " less");
    assertThat(commands.path("out")).doesNotExist();
  }

  @Test
  void validationNotesWhatHeatAllows() throws IOException {
    Commands commands = new Commands(temp);
    Commands.Outcome outcome = Commands.run("validate", runFile(commands, 84), "--tolerance", 50);
    assertThat(outcome.err())
        .containsPattern(
            "note: small: heat allows each stack of hbm [0-9.]+ GB/s for ever, less than its"
                + " [0-9.]+ GB/s; the comparison is with a cool one");
    Commands.Outcome cool = Commands.run("validate", runFile(commands, 20));
    assertThat(cool.err()).doesNotContain("heat allows");
    assertThat(cool.code()).isZero();
  }
}
