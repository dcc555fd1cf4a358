package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.ConfigException;

/**
 * Draws {@code report.html} from the files of a run folder alone: one page without any outside
 * reference, plots as SVG drawn here. Equal files give an equal page; what the manifest says about
 * the host and the wall clock is left out, so equal runs give equal pages too.
 */
public final class HtmlReport {
  /** The report's name in a run folder. */
  public static final String FILE = "report.html";

  private final RunFiles files;
  private final JsonNode summary;
  private final Html html = new Html();

  private HtmlReport(RunFiles files) {
    this.files = files;
    this.summary = files.summary();
  }

  /**
   * Writes the report into the folder whose files it reads; replaces an older report.
   *
   * @throws ConfigException if the folder is no run folder or a file in it is damaged
   * @throws IOException if a file cannot be read or written
   */
  public static void write(Path folder) throws IOException {
    String page = new HtmlReport(RunFiles.read(folder)).page();
    Files.writeString(folder.resolve(FILE), page, StandardCharsets.UTF_8);
  }

  private String page() {
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // Belt and braces: even if a page were tampered with, it loads nothing from elsewhere.
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    html.raw("style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
    html.raw("<link rel=\"icon\" href=\"data:,\">\n");
    html.element("title", name() + " – Memwall run report");
    html.raw("\n<style>\n").raw(resource("report.css")).raw("</style>\n</head>\n<body>\n");
    html.raw("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
    header();
    navigation();
    html.raw("<main id=\"main\">\n");
    verdict();
    figures();
    new MachineSection(html, summary).time();
    new LatencySection(html, files).write();
    new TimelineSection(html, files).write();
    new MachineSection(html, summary).machine();
    new OriginSection(html, files).write();
    html.raw("</main>\n<footer><p>Drawn by Memwall ");
    html.text(files.manifest().path("version").asText());
    html.raw(" from the files of this folder. Every number here is in <code>summary.json</code>, ");
    html.raw("<code>series.csv</code> or <code>histograms.hlog</code>; all statistics are in ");
    html.raw("<code>stats.csv</code>, all requests in <code>requests.csv.gz</code>.</p></footer>");
    html.raw("\n<div id=\"tip\" role=\"presentation\" hidden></div>\n<script>\n");
    return html.raw(resource("report.js")).raw("</script>\n</body>\n</html>\n").toString();
  }

  private String name() {
    return summary.path("name").asText();
  }

  private void header() {
    JsonNode description = summary.path("description");
    html.raw("<header>\n").element("p class=\"eyebrow\"", "Memwall run report");
    html.element("h1", name());
    List<String> titles = new ArrayList<>();
    for (String group : List.of("model", "precision", "system", "sharding", "trace")) {
      String title = description.path(group).path(0).path("value").asText();
      if (!title.isEmpty()) {
        titles.add(title);
      }
    }
    html.element("p class=\"sub\"", String.join(" · ", titles));
    String status = summary.path("status").asText();
    html.raw("<p class=\"facts\"><span class=\"badge ").text(status).raw("\">").text(status);
    html.raw("</span> ");
    html.text(
        Figures.duration(summary.path("simulated_ps").asDouble())
            + " simulated · "
            + Figures.count(summary.path("events_fired").asLong())
            + " events · fidelity "
            + summary.path("fidelity").asText()
            + " · seed "
            + summary.path("seed").asText()
            + " · fingerprint ");
    html.element("code", summary.path("fingerprint").asText()).raw("</p>\n</header>\n");
  }

  private void navigation() {
    html.raw("<nav aria-label=\"Sections\"><ul>");
    String[][] sections = {
      {"time", "Where the time went"},
      {"latency", "Latency"},
      {"timeline", "Over time"},
      {"machine", "The machine"},
      {"laws", "Laws"},
      {"origin", "Configuration"}
    };
    for (String[] section : sections) {
      html.raw("<li><a href=\"#" + section[0] + "\">").text(section[1]).raw("</a></li>");
    }
    html.raw("</ul></nav>\n");
  }

  private void verdict() {
    List<String> sentences = Verdict.sentences(summary);
    html.raw("<section class=\"verdict\" aria-labelledby=\"verdict\">\n");
    html.raw("<h2 id=\"verdict\">").text(sentences.get(0)).raw("</h2>\n<p>");
    html.text(String.join(" ", sentences.subList(1, sentences.size()))).raw("</p>\n");
    List<String> warnings = warnings();
    if (!warnings.isEmpty()) {
      html.raw("<div class=\"warnings\" role=\"note\"><h3>Read this first</h3><ul>");
      for (String warning : warnings) {
        html.element("li", warning);
      }
      html.raw("</ul></div>\n");
    }
    html.raw("</section>\n");
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (JsonNode law : summary.path("laws")) {
      if (!law.path("holds").asBoolean()) {
        warnings.add(
            "A law is broken, so this run proves nothing: " + law.path("name").asText() + ".");
      }
    }
    if (summary.path("status").asText().equals("interrupted")) {
      warnings.add("The run was interrupted: these are the results up to that moment.");
    }
    JsonNode requests = summary.path("requests");
    if (requests.path("completed").asLong() == 0) {
      warnings.add("No request was completed.");
    }
    if (requests.path("refused").asLong() > 0) {
      warnings.add(
          Figures.count(requests.path("refused").asLong())
              + " of "
              + Figures.count(requests.path("arrived").asLong())
              + " requests were refused.");
    }
    for (JsonNode warning : summary.path("warnings")) {
      warnings.add(warning.asText());
    }
    return warnings;
  }

  private void figures() {
    JsonNode latency = summary.path("latency");
    JsonNode requests = summary.path("requests");
    html.raw("<section aria-label=\"Key figures\"><dl class=\"key\">\n");
    latencyFigure("Time to first token", latency.path("ttft"));
    latencyFigure("Time per output token", latency.path("tpot"));
    latencyFigure("End to end", latency.path("e2e"));
    keyFigure(
        "Output tokens per second",
        Figures.number(number(summary.path("throughput").path("output_tokens_per_sec"))),
        Figures.count(summary.path("tokens").path("output").asLong()) + " in all");
    keyFigure(
        "Requests completed",
        Figures.count(requests.path("completed").asLong()),
        "of " + Figures.count(requests.path("arrived").asLong()) + " arrived");
    keyFigure(
        "Energy per output token",
        Figures.amount(number(summary.path("energy").path("joules_per_output_token")), "J"),
        "mean power " + Figures.amount(number(summary.path("energy").path("mean_watts")), "W"));
    html.raw("</dl></section>\n");
  }

  private void latencyFigure(String label, JsonNode latency) {
    keyFigure(
        label + ", median",
        Figures.milliseconds(number(latency.path("p50_ms"))),
        "p99 " + Figures.milliseconds(number(latency.path("p99_ms"))));
  }

  private void keyFigure(String label, String value, String note) {
    html.raw("<div>").element("dt", label).element("dd class=\"value\"", value);
    html.element("dd class=\"note\"", note).raw("</div>\n");
  }

  /** A number of the summary; NaN where it says null. */
  static double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : Double.NaN;
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing from the application");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
