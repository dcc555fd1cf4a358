package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import memwall.core.stat.Snapshot;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritersTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path dir;

  @Test
  void twoWritesOfOneRunAreByteIdenticalButForTheManifest() throws IOException {
    Path a = SampleRun.small().write(dir.resolve("a"));
    Path b = SampleRun.small().write(dir.resolve("b"));
    for (String file :
        List.of(
            "summary.json",
            "stats.csv",
            "series.csv",
            "requests.csv.gz",
            "histograms.hlog",
            "config.resolved.yaml",
            "manifest.json",
            "report.html")) {
      assertThat(Files.readAllBytes(b.resolve(file)))
          .as(file)
          .isNotEmpty()
          .isEqualTo(Files.readAllBytes(a.resolve(file)));
    }
    Path other = SampleRun.of(300, 8).write(dir.resolve("other"));
    assertThat(Files.readString(other.resolve("summary.json")))
        .isNotEqualTo(Files.readString(a.resolve("summary.json")));
  }

  @Test
  void wallClockAndHostStandInTheManifestOnly() throws IOException {
    Path a = SampleRun.small().write(dir.resolve("a"));
    Manifest slower =
        new Manifest(
            SampleRun.MANIFEST.version(),
            SampleRun.MANIFEST.commandLine(),
            SampleRun.MANIFEST.seed(),
            SampleRun.MANIFEST.inputs(),
            "21.0.1",
            64,
            98_765.4,
            54_321.9);
    RunFolder folder = RunFolder.create(dir.resolve("b"));
    RequestsCsv.open(folder.file(RequestsCsv.FILE)).close();
    Path b = folder.finish(SampleRun.small().result, slower, SampleRun.CONFIG);
    for (String file : List.of("summary.json", "stats.csv", "series.csv", "report.html")) {
      assertThat(Files.readString(b.resolve(file)))
          .as(file)
          .isEqualTo(Files.readString(a.resolve(file)));
    }
    JsonNode manifest = MAPPER.readTree(b.resolve("manifest.json").toFile());
    assertThat(manifest.get("wall_seconds").asDouble()).isEqualTo(98_765.4);
    assertThat(manifest.get("cpu_seconds").asDouble()).isEqualTo(54_321.9);
    assertThat(manifest.get("java_version").asText()).isEqualTo("21.0.1");
    assertThat(manifest.get("host_cores").asInt()).isEqualTo(64);
    assertThat(manifest.get("command_line").get(1).asText()).isEqualTo("run");
    assertThat(manifest.get("inputs").get(0).get("sha256").asText()).hasSize(64);
  }

  @Test
  void summaryHoldsTheNumbersOfTheResult() throws IOException {
    SampleRun run = SampleRun.small();
    Path folder = run.write(dir.resolve("run"));
    JsonNode summary = MAPPER.readTree(folder.resolve("summary.json").toFile());
    assertThat(summary.get("schema").asText()).isEqualTo("memwall.summary/1");
    assertThat(summary.get("status").asText()).isEqualTo("completed");
    assertThat(summary.get("fingerprint").asText()).isEqualTo("0123456789abcdef");
    assertThat(summary.get("simulated_ps").asLong()).isEqualTo(SampleRun.HOUR_PS);
    assertThat(summary.get("requests").get("arrived").asLong()).isEqualTo(300);
    assertThat(summary.get("throughput").get("output_tokens_per_sec").asDouble())
        .isEqualTo(run.result.tokens().output() / 3600.0);
    Histogram ttft = run.result.snapshot().histogram("requests.ttft");
    JsonNode latency = summary.get("latency").get("ttft");
    assertThat(latency.get("count").asLong()).isEqualTo(300);
    assertThat(latency.get("p50_ms").asDouble()).isEqualTo(ttft.getValueAtPercentile(50) / 1e9);
    assertThat(latency.get("p99_9_ms").asDouble()).isEqualTo(ttft.getValueAtPercentile(99.9) / 1e9);
    assertThat(latency.get("max_ms").asDouble()).isEqualTo(ttft.getMaxValue() / 1e9);
    long sum = 0;
    for (JsonNode part : summary.get("time").get("parts")) {
      sum += part.get("ps").asLong();
    }
    assertThat(sum).isEqualTo(summary.get("time").get("total_ps").asLong());
    assertThat(summary.get("wear").get("years_left").asDouble()).isEqualTo(38.2);
  }

  @Test
  void summaryHasTheSameKeysWithoutAnyRequest() throws IOException {
    Path full = SampleRun.small().write(dir.resolve("full"));
    Path empty = SampleRun.write(SampleRun.empty(), dir.resolve("empty"));
    JsonNode fullSummary = MAPPER.readTree(full.resolve("summary.json").toFile());
    JsonNode emptySummary = MAPPER.readTree(empty.resolve("summary.json").toFile());
    ((com.fasterxml.jackson.databind.node.ObjectNode) fullSummary).putNull("wear");
    assertThat(keys(emptySummary, "")).isEqualTo(keys(fullSummary, "")).hasSizeGreaterThan(60);
    JsonNode ttft = emptySummary.get("latency").get("ttft");
    assertThat(ttft.get("count").asLong()).isZero();
    assertThat(ttft.get("mean_ms").isNull()).isTrue();
    assertThat(ttft.get("p99_ms").isNull()).isTrue();
    assertThat(emptySummary.get("throughput").get("output_tokens_per_sec").isNull()).isTrue();
    assertThat(emptySummary.get("energy").get("joules_per_output_token").isNull()).isTrue();
    assertThat(emptySummary.get("wear").isNull()).isTrue();
    assertThat(emptySummary.get("status").asText()).isEqualTo("interrupted");
  }

  private static Set<String> keys(JsonNode node, String path) {
    Set<String> keys = new TreeSet<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      keys.add(path + field.getKey());
      keys.addAll(keys(field.getValue(), path + field.getKey() + '.'));
    }
    return keys;
  }

  @Test
  void statsAreExactForCountsAndRoundTripForNumbers() throws IOException {
    double third = 1.0 / 3;
    Snapshot snapshot =
        new Snapshot(
            5,
            List.of(
                new Snapshot.Value(
                    "a.big", "bytes", "Most", Long.MAX_VALUE, (double) Long.MAX_VALUE),
                new Snapshot.Value("a.comma", "1", "One, two \"three\"", null, 2e-3),
                new Snapshot.Value("a.huge", "1", "Huge", null, 0x1p77),
                new Snapshot.Value("a.third", "1", "A third", null, third)),
            List.of());
    Path file = dir.resolve("stats.csv");
    CsvFiles.stats(snapshot, file);
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            path,value,unit,meaning
            a.big,9223372036854775807,bytes,Most
            a.comma,0.002,1,"One, two ""three""\"
            a.huge,1.5111572745182865E23,1,Huge
            a.third,0.3333333333333333,1,A third
            """);
    assertThat(Double.parseDouble("0.3333333333333333")).isEqualTo(third);
  }

  @Test
  void doublesAreTheShortestOnEveryVirtualMachine() {
    // Double.toString gives 2.0E-3 as "0.002" but 2^-44 with one digit too many before JDK 19.
    assertThat(CsvFiles.number(0x1p-44)).isEqualTo("5.684341886080802E-14");
    assertThat(CsvFiles.number(Double.MAX_VALUE)).isEqualTo("1.7976931348623157E308");
  }

  @Test
  void seriesHasAColumnPerResourceAndEmptyCellsWhereNothingHappened() throws IOException {
    RunResult.Window first =
        new RunResult.Window(0, 10, 1, 2, 3, 4, 0.5, 0.25, 0.75, List.of(1.0), 7L, 9L);
    RunResult.Window second =
        new RunResult.Window(10, 10, 0, 0, 0, 0, 0, 0, 0, List.of(0.0), null, null);
    Path file = dir.resolve("series.csv");
    CsvFiles.series(new RunResult.Series(List.of("hbf, array"), List.of(first, second)), file);
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "start_ps,length_ps,arrivals,completions,output_tokens,prompt_tokens,mean_batch,"
                + "mean_waiting,kv_share,ttft_p50_ps,ttft_p99_ps,\"busy.hbf, array\"",
            "0,10,1,2,3,4,0.5,0.25,0.75,7,9,1.0",
            "10,10,0,0,0,0,0.0,0.0,0.0,,,0.0");
  }

  @Test
  void histogramsReadBackEqual() throws IOException {
    Snapshot snapshot = SampleRun.small().result.snapshot();
    Path file = dir.resolve("histograms.hlog");
    HistogramLog.write(snapshot, file);
    Map<String, Histogram> back = HistogramLog.read(file);
    assertThat(back.keySet())
        .containsExactly(
            "requests.e2e",
            "requests.queue",
            "requests.token_gap",
            "requests.tpot",
            "requests.ttft");
    for (Snapshot.Distribution distribution : snapshot.histograms()) {
      assertThat(back.get(distribution.path()))
          .as(distribution.path())
          .isEqualTo(distribution.histogram());
    }
    assertThat(Files.readString(file))
        .contains("#[StartTime: 0.000 (seconds since epoch)]\n")
        .contains("#requests.ttft: Arrival to first token\n")
        .contains("\nTag=requests.ttft,0.000,3600.000,");
  }

  @Test
  void requestRowsHoldTimesAndDerivedTimes() throws IOException {
    Path file = dir.resolve("requests.csv.gz");
    try (RequestsCsv csv = RequestsCsv.open(file)) {
      csv.write("0", RequestsCsv.Outcome.COMPLETED, 10, 3, 100, 150, 200, 225, "");
      csv.write("1", RequestsCsv.Outcome.COMPLETED, 10, 1, 100, 150, 200, 200, "");
      csv.write("2", RequestsCsv.Outcome.RUNNING, 10, 2, 100, 150, 200, 210, "");
      csv.write(
          "3",
          RequestsCsv.Outcome.WAITING,
          10,
          0,
          100,
          RequestsCsv.NEVER,
          RequestsCsv.NEVER,
          RequestsCsv.NEVER,
          "");
      csv.write(
          Long.toString(Long.MAX_VALUE),
          RequestsCsv.Outcome.REFUSED,
          Long.MAX_VALUE,
          0,
          100,
          RequestsCsv.NEVER,
          RequestsCsv.NEVER,
          RequestsCsv.NEVER,
          "too long, \"really\"");
      assertThat(csv.rows()).isEqualTo(5);
    }
    List<List<String>> rows = rows(file);
    assertThat(rows.get(0))
        .isEqualTo(
            Arrays.asList(
                ("id,status,prompt_tokens,output_tokens,arrival_ps,admitted_ps,first_token_ps,"
                        + "last_token_ps,queue_ps,ttft_ps,tpot_ps,e2e_ps,reason")
                    .split(",", -1)));
    // The mean gap of 25 ps over 2 gaps is 12.5 ps, rounded up.
    assertThat(rows.get(1)).isEqualTo(cells("0,completed,10,3,100,150,200,225,50,100,13,125,"));
    assertThat(rows.get(2)).isEqualTo(cells("1,completed,10,1,100,150,200,200,50,100,,100,"));
    assertThat(rows.get(3)).isEqualTo(cells("2,running,10,2,100,150,200,210,50,100,,,"));
    assertThat(rows.get(4)).isEqualTo(cells("3,waiting,10,0,100,,,,,,,,"));
    String most = Long.toString(Long.MAX_VALUE);
    assertThat(rows.get(5).get(0)).isEqualTo(most);
    assertThat(rows.get(5).get(1)).isEqualTo("refused");
    assertThat(rows.get(5).get(2)).isEqualTo(most);
    assertThat(rows.get(5).get(12)).isEqualTo("too long, \"really\"");
  }

  @Test
  void theGzipHeaderHoldsNeitherTimeNorName() throws IOException {
    Path file = dir.resolve("requests.csv.gz");
    RequestsCsv.open(file).close();
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes[3]).as("flags: no name").isZero();
    assertThat(Arrays.copyOfRange(bytes, 4, 8)).as("time stamp").containsOnly(0);
  }

  @Test
  void requestsCannotBeWrittenWhereThereIsNoFolder() {
    Path file = dir.resolve("missing").resolve("requests.csv.gz");
    assertThatThrownBy(() -> RequestsCsv.open(file))
        .isInstanceOf(java.io.UncheckedIOException.class)
        .hasMessageContaining("requests.csv.gz");
  }

  private static List<String> cells(String row) {
    return Arrays.asList(row.split(",", -1));
  }

  private static List<List<String>> rows(Path file) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    try (CsvReader<CsvRecord> csv =
        CsvReader.builder()
            .ofCsvRecord(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (CsvRecord record : csv) {
        rows.add(record.getFields());
      }
    }
    return rows;
  }
}
