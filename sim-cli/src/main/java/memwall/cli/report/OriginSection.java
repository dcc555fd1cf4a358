package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What was simulated and where it came from: description, configuration, inputs. */
final class OriginSection {
  private final Html html;
  private final RunFiles files;

  OriginSection(Html html, RunFiles files) {
    this.html = html;
    this.files = files;
  }

  void write() {
    html.raw("<section aria-labelledby=\"origin\">\n");
    html.raw("<h2 id=\"origin\">Configuration and origin</h2>\n<div class=\"grid cards\">\n");
    for (String group : List.of("system", "model", "precision", "sharding", "trace")) {
      JsonNode entries = files.summary().path("description").path(group);
      if (!entries.isEmpty()) {
        html.raw("<div>\n<h3>").text(title(group)).raw("</h3>\n<dl class=\"pairs\">\n");
        for (JsonNode entry : entries) {
          html.element("dt", entry.path("label").asText());
          html.element("dd", entry.path("value").asText()).raw("\n");
        }
        html.raw("</dl>\n</div>\n");
      }
    }
    html.raw("</div>\n");
    manifest();
    html.raw("<details><summary>Resolved configuration, each value with its origin</summary>\n");
    html.raw("<pre tabindex=\"0\">");
    for (String line : files.config().split("\n", -1)) {
      int comment = comment(line);
      html.text(line.substring(0, comment));
      if (comment < line.length()) {
        html.element("i", line.substring(comment));
      }
      html.raw("\n");
    }
    html.raw("</pre></details>\n</section>\n");
  }

  private void manifest() {
    JsonNode manifest = files.manifest();
    List<String> command = new ArrayList<>();
    for (JsonNode argument : manifest.path("command_line")) {
      command.add(argument.asText());
    }
    html.raw("<details><summary>Command and inputs</summary>\n<dl class=\"pairs\">");
    html.element("dt", "command").raw("<dd>").element("code", String.join(" ", command));
    html.raw("</dd>").element("dt", "version");
    html.element("dd", manifest.path("version").asText());
    html.element("dt", "seed").element("dd", manifest.path("seed").asText()).raw("</dl>\n");
    if (!manifest.path("inputs").isEmpty()) {
      html.tableStart("plain words", "Input files", "file", ">size", "SHA-256");
      for (JsonNode input : manifest.path("inputs")) {
        html.raw("<tr>").element("th scope=\"row\"", input.path("path").asText());
        html.figure(Figures.bytes(input.path("bytes").asDouble())).raw("<td>");
        html.element("code", input.path("sha256").asText()).raw("</td></tr>\n");
      }
      html.tableEnd();
    }
    html.raw("</details>\n");
  }

  private static String title(String group) {
    return Character.toUpperCase(group.charAt(0)) + group.substring(1);
  }

  /** Where the comment of a YAML line begins; only for its looks. */
  private static int comment(String line) {
    if (line.startsWith("#")) {
      return 0;
    }
    int at = line.indexOf(" #");
    return at < 0 ? line.length() : at;
  }
}
