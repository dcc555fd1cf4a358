package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  /** Everything that makes a browser load something. */
  private static final Pattern LOADS =
      Pattern.compile(
          "(?i)\\b(?:src|srcset|href|xlink:href|action|poster|data)\\s*=\\s*[\"']([^\"']*)"
              + "|url\\(\\s*['\"]?([^)]*)|@import\\s*(\\S+)");

  private static final String EVIL = "<script>alert(\"1\")</script><img src=x onerror='alert(2)'>&";

  @TempDir Path dir;

  @Test
  void staysUnderAMegabyteForTwentyThousandRequests() throws IOException {
    Path folder = SampleRun.large().write(dir.resolve("run"));
    assertThat(Files.size(folder.resolve("report.html"))).isBetween(100_000L, 1_000_000L);
  }

  @Test
  void isDrawnAgainByteForByteFromTheFilesAlone() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path page = folder.resolve("report.html");
    byte[] first = Files.readAllBytes(page);
    Files.delete(page);
    Files.delete(folder.resolve("requests.csv.gz"));
    HtmlReport.write(folder);
    assertThat(Files.readAllBytes(page)).isEqualTo(first);
    HtmlReport.write(folder);
    assertThat(Files.readAllBytes(page)).isEqualTo(first);
  }

  @Test
  void loadsNothingFromOutside() throws IOException {
    String page = page(SampleRun.small().write(dir.resolve("run")));
    int links = 0;
    for (Matcher load = LOADS.matcher(page); load.find(); ) {
      String target = load.group(1) != null ? load.group(1) : load.group();
      assertThat(target).as(load.group()).matches("#[a-z]+|data:,");
      links++;
    }
    assertThat(links).isGreaterThan(6);
    assertThat(page).doesNotContain("http:").doesNotContain("https:").doesNotContain("//cdn");
    assertThat(page).contains("content=\"default-src 'none'; style-src 'unsafe-inline';");
  }

  @Test
  void linksOfThePageHaveTheirTargets() throws IOException {
    String page = page(SampleRun.small().write(dir.resolve("run")));
    for (Matcher link = Pattern.compile("href=\"#([a-z]+)\"").matcher(page); link.find(); ) {
      assertThat(page).contains("id=\"" + link.group(1) + "\"");
    }
    Matcher names = Pattern.compile("aria-(?:labelledby|describedby)=\"([^\"]+)\"").matcher(page);
    int named = 0;
    while (names.find()) {
      assertThat(page).containsOnlyOnce("id=\"" + names.group(1) + "\"");
      named++;
    }
    assertThat(named).isGreaterThan(40);
  }

  @Test
  void everyFigureAndTableHasItsWords() throws IOException {
    String page = page(SampleRun.small().write(dir.resolve("run")));
    int svgs = count(page, "<svg ");
    assertThat(count(page, "role=\"img\"") + count(page, "aria-hidden=\"true\" focusable"))
        .isEqualTo(svgs);
    assertThat(count(page, "<caption>")).isEqualTo(count(page, "<table ")).isGreaterThan(7);
    assertThat(page).contains("<html lang=\"en\">").contains("<main id=\"main\">");
    assertThat(count(page, "<h1>")).isEqualTo(1);
  }

  @Test
  void elementsAreClosed() throws IOException {
    for (Path folder :
        List.of(
            SampleRun.small().write(dir.resolve("run")),
            SampleRun.write(SampleRun.empty(), dir.resolve("empty")))) {
      String page = page(folder);
      for (String tag :
          List.of(
              "section",
              "div",
              "figure",
              "figcaption",
              "table",
              "tr",
              "td",
              "th",
              "p",
              "dl",
              "details",
              "svg",
              "g",
              "text",
              "span",
              "ul",
              "li",
              "h2",
              "h3",
              "h4")) {
        int open = 0;
        Matcher opens = Pattern.compile("<" + tag + "(?=[ >])").matcher(page);
        while (opens.find()) {
          open++;
        }
        assertThat(count(page, "</" + tag + ">")).as(folder + " " + tag).isEqualTo(open);
      }
    }
  }

  @Test
  void whatAUserGaveIsEscapedEverywhere() throws IOException {
    RunResult base = SampleRun.small().result;
    RunResult.Labelled label = new RunResult.Labelled(EVIL, EVIL);
    RunResult.Window w = base.series().windows().get(0);
    RunResult evil =
        new RunResult(
            new RunResult.Identity(
                EVIL, EVIL, 1, RunResult.Status.STOPPED, 1, SampleRun.HOUR_PS, 1),
            new RunResult.Description(
                List.of(label), List.of(label), List.of(label), List.of(label), List.of(label)),
            new RunResult.Requests(2, 1, List.of(new RunResult.Refusal(EVIL, 1)), 0, 0),
            base.tokens(),
            base.snapshot(),
            new RunResult.Attribution(EVIL, 5, List.of(new RunResult.Part(EVIL, EVIL, 5, EVIL))),
            List.of(new RunResult.Utilisation(EVIL, 0.5, 7, EVIL, EVIL)),
            List.of(new RunResult.MemoryTier(EVIL, EVIL, 10, 1, 2, 1, 3, 4)),
            new RunResult.Energy(List.of(new RunResult.EnergyPart(EVIL, 1)), 1),
            new RunResult.Wear(List.of(SampleRun.life(EVIL, 3)), EVIL),
            new Tiering(
                new Tiering.Kv(
                    EVIL,
                    new Tiering.KvTier(EVIL, 1, 1),
                    new Tiering.KvTier(EVIL, 1, 1),
                    1,
                    1,
                    1,
                    1,
                    1,
                    1,
                    1),
                new Tiering.Staging(EVIL, EVIL, EVIL, 1, 1, 1, 1, null)),
            base.approximated(),
            List.of(RunResult.Law.equal(EVIL, 1, 2)),
            List.of(EVIL),
            new RunResult.Series(List.of(EVIL, "b", "c"), List.of(w)));
    RunFolder folder = RunFolder.create(dir.resolve("run"));
    RequestsCsv.open(folder.file(RequestsCsv.FILE)).close();
    Manifest manifest =
        new Manifest(
            EVIL, List.of(EVIL), 1, List.of(new Manifest.Input(EVIL, 1, EVIL)), EVIL, 1, 1, 1);
    String page = page(folder.finish(evil, manifest, "a: " + EVIL + "\n# " + EVIL + "\n"));
    assertThat(page).contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;img src=x");
    assertThat(page).doesNotContain("<script>alert").doesNotContain("<img");
    assertThat(count(page, "<script>")).isEqualTo(1);
    assertThat(page).contains("A law is broken, so this run proves nothing: &lt;script&gt;");
    assertThat(page).contains("✗ broken");
    assertThat(page).contains("1 of 2 requests were refused.");
  }

  @Test
  void escapesWhatIsNoText() {
    assertThat(Html.escape("a\u0000b\nc\td\ud800e\udc00😀"))
        .isEqualTo("a\ufffdb\nc\td\ufffde\ufffd😀");
    assertThat(Html.escape("<&>\"'")).isEqualTo("&lt;&amp;&gt;&quot;&#39;");
  }

  @Test
  void saysInWordsThatNothingHappened() throws IOException {
    String page = page(SampleRun.write(SampleRun.empty(), dir.resolve("empty")));
    assertThat(page)
        .contains("No work was done.")
        .contains("No request got a first token.")
        .contains("No request was completed.")
        .contains("The run was interrupted: these are the results up to that moment.")
        .contains("Nothing was recorded.")
        .contains("No time passed.")
        .doesNotContain("NaN")
        .doesNotContain("Infinity")
        .doesNotContain("Flash wear");
  }

  @Test
  void drawsHugeAndTinyValues() throws IOException {
    long most = Long.MAX_VALUE / 4;
    RunResult base = SampleRun.empty();
    memwall.core.stat.Stats stats = new memwall.core.stat.Stats();
    memwall.core.stat.LatencyHistogram ttft = stats.child("requests").histogram("ttft", "TTFT");
    ttft.record(0);
    ttft.record(1);
    ttft.record(most);
    RunResult huge =
        new RunResult(
            new RunResult.Identity(
                "huge",
                "exact",
                Long.MIN_VALUE,
                RunResult.Status.COMPLETED,
                -1,
                most,
                Long.MAX_VALUE),
            base.description(),
            new RunResult.Requests(Long.MAX_VALUE, Long.MAX_VALUE, List.of(), 0, 0),
            new RunResult.Tokens(Long.MAX_VALUE, Long.MAX_VALUE),
            stats.snapshot(most),
            new RunResult.Attribution(
                "All", most, List.of(new RunResult.Part("idle", "Idle", most, "x"))),
            List.of(new RunResult.Utilisation("HBM", 1, Long.MAX_VALUE, "bytes", "rate")),
            List.of(
                new RunResult.MemoryTier("HBM", "", Long.MAX_VALUE, Long.MAX_VALUE, 0, 0, 0, 0)),
            new RunResult.Energy(List.of(new RunResult.EnergyPart("all", Double.MAX_VALUE)), 1e300),
            new RunResult.Wear(List.of(SampleRun.life("HBF", Double.POSITIVE_INFINITY)), "none"),
            null,
            new RunResult.Approximated(0, 0, 0, 0),
            List.of(),
            List.of(),
            new RunResult.Series(
                List.of(),
                List.of(
                    new RunResult.Window(
                        0,
                        most,
                        Long.MAX_VALUE,
                        0,
                        Long.MAX_VALUE,
                        0,
                        1e300,
                        0,
                        1,
                        List.of(),
                        1L,
                        most))));
    String page = page(SampleRun.write(huge, dir.resolve("huge")));
    assertThat(page)
        .contains("9,223,372,036,854,775,807 events")
        .contains("the flash lasts unlimited time")
        .doesNotContain("NaN")
        .doesNotContain("Infinity");
  }

  @Test
  void refusesWhatIsNoFolder() {
    Path missing = dir.resolve("missing");
    refused(missing, "'" + missing + "' is not a run folder: there is no such folder");
  }

  @Test
  void namesEveryMissingFile() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Files.delete(folder.resolve("summary.json"));
    Files.delete(folder.resolve("histograms.hlog"));
    refused(
        folder,
        "'"
            + folder
            + "' is not a complete run folder: summary.json is missing\n"
            + "'"
            + folder
            + "' is not a complete run folder: histograms.hlog is missing");
  }

  @Test
  void namesThePlaceOfDamageInASummary() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path summary = folder.resolve("summary.json");
    Files.writeString(summary, "{\n  \"schema\" 5}");
    assertThatThrownBy(() -> HtmlReport.write(folder))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(summary + ":2:")
        .hasMessageContaining(": not JSON: ");
  }

  @Test
  void refusesAnotherSchema() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path summary = folder.resolve("summary.json");
    Files.writeString(
        summary, Files.readString(summary).replace("memwall.summary/1", "memwall.summary/9"));
    refused(
        folder,
        summary + ": the schema is 'memwall.summary/9', this version reads 'memwall.summary/1'");
  }

  @Test
  void refusesASeriesWithoutItsColumns() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path series = folder.resolve("series.csv");
    Files.writeString(series, "a,b\n1,2\n");
    refused(
        folder,
        series
            + ":1: the columns must begin with start_ps,length_ps,arrivals,completions,"
            + "output_tokens,prompt_tokens,mean_batch,mean_waiting,kv_share,ttft_p50_ps,"
            + "ttft_p99_ps");
  }

  @Test
  void namesACellThatIsNoNumber() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path series = folder.resolve("series.csv");
    String text = Files.readString(series);
    int row = text.indexOf('\n') + 1;
    Files.writeString(series, text.substring(0, row) + "zero" + text.substring(row + 1));
    refused(folder, series + ":2: 'zero' in column start_ps is not a number");
  }

  @Test
  void namesARowThatIsTooShort() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path series = folder.resolve("series.csv");
    String text = Files.readString(series);
    Files.writeString(series, text + "1,2\n");
    refused(folder, series + ": not CSV: Record 722 has 2 fields, but first record had 14 fields");
  }

  @Test
  void refusesADamagedHistogramLog() throws IOException {
    Path folder = SampleRun.small().write(dir.resolve("run"));
    Path log = folder.resolve("histograms.hlog");
    Files.writeString(log, Files.readString(log).replace("HISTF", "XXXXX"));
    assertThatThrownBy(() -> HtmlReport.write(folder))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(log + ": not a histogram log: ");
  }

  private static void refused(Path folder, String message) {
    assertThatThrownBy(() -> HtmlReport.write(folder))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  private static String page(Path folder) throws IOException {
    return Files.readString(folder.resolve("report.html"));
  }

  private static int count(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      count++;
    }
    return count;
  }
}
