package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads the report in a headless Chromium; skipped, visibly, where none is on the PATH. */
class ReportBrowserTest {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");
  private static final Pattern LAID = Pattern.compile("data-laid=\"(\\d+)x(\\d+)\"");
  private static final Pattern PLOT =
      Pattern.compile("<svg class=\"(?:plot|stack) ?([a-z]*)\"[^>]*>");
  private static final Pattern LINE = Pattern.compile("<path class=\"line [^>]*>");

  @TempDir static Path dir;

  private static String dom;
  private static String console;

  @BeforeAll
  static void load() throws IOException, InterruptedException {
    Path chromium = chromium();
    assumeTrue(chromium != null, "none of " + NAMES + " is on the PATH: the report is not opened");
    Path report = SampleRun.small().write(dir.resolve("run")).resolve("report.html");
    Path out = dir.resolve("dom");
    Path err = dir.resolve("console");
    Process process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + dir.resolve("profile"),
                "--window-size=1280,2000",
                "--enable-logging=stderr",
                "--v=0",
                "--dump-dom",
                report.toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("Chromium ends within 60 s").isTrue();
    } finally {
      process.destroyForcibly();
    }
    dom = Files.readString(out);
    console = new String(Files.readAllBytes(err), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theScriptRanToItsEndWithoutAWordOnTheConsole() {
    assertThat(dom).contains("data-ready=\"yes\"");
    assertThat(console).doesNotContain("CONSOLE");
  }

  @Test
  void everyPlotIsLaidOut() {
    int wide = 0;
    int narrow = 0;
    for (Matcher plot = PLOT.matcher(dom); plot.find(); ) {
      int[] size = size(plot.group());
      if (plot.group(1).equals("narrow")) {
        narrow++;
        assertThat(size).as(plot.group()).containsExactly(0, 0);
      } else {
        wide++;
        assertThat(size[0]).as(plot.group()).isGreaterThan(400);
        assertThat(size[1]).as(plot.group()).isBetween(30, 600);
      }
    }
    // 4 distributions, the tails, 6 strips over time, the time, 2 memories.
    assertThat(wide).isEqualTo(14);
    assertThat(narrow).isEqualTo(7);
  }

  @Test
  void everyLineIsDrawn() {
    int lines = 0;
    for (Matcher line = LINE.matcher(dom); line.find(); ) {
      assertThat(line.group()).contains(" d=\"M");
      int[] size = size(line.group());
      if (size[0] > 0) {
        lines++;
        assertThat(size[0]).as(line.group()).isGreaterThan(30);
        assertThat(size[1]).as(line.group()).isGreaterThan(5);
      }
    }
    // 4 distributions, 4 tails, 4 single strips, 2 percentiles, 3 resources.
    assertThat(lines).isEqualTo(17);
  }

  private static int[] size(String element) {
    Matcher laid = LAID.matcher(element);
    assertThat(laid.find()).as(element).isTrue();
    return new int[] {Integer.parseInt(laid.group(1)), Integer.parseInt(laid.group(2))};
  }

  private static Path chromium() {
    List<Path> found = new ArrayList<>();
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(File.pathSeparator, -1)) {
      for (String name : NAMES) {
        Path candidate = Path.of(folder).resolve(name);
        if (!folder.isEmpty() && Files.isExecutable(candidate)) {
          found.add(candidate);
        }
      }
    }
    return found.isEmpty() ? null : found.get(0);
  }
}
