package memwall.core.config;

import java.util.List;
import java.util.Objects;
import memwall.core.unit.Shown;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The YAML parser's complaints in words for somebody who writes run files, not parsers. */
final class YamlProblems {
  private record Wording(String problem, String ours) {}

  /** First match wins; matched against the parser's problem and context together. */
  private static final List<Wording> WORDINGS =
      List.of(
          new Wording("\\t(TAB)", "a tab is not allowed here; indent with spaces"),
          new Wording("containing tabs", "a tab is not allowed here; indent with spaces"),
          new Wording(
              "while scanning a quoted scalar; found unexpected end of stream",
              "a quote is opened and never closed"),
          new Wording(
              "found unknown escape character", "unknown escape after '\\' in double quotes"),
          new Wording(
              "mapping values are not allowed here",
              "':' is not allowed here; quote a value that contains ': ', and check the"
                  + " indentation"),
          new Wording(
              "could not find expected ':'", "expected 'key: value'; there is no ':' on this line"),
          new Wording("expected ',' or ']'", "expected ',' or ']' in the list that '[' opened"),
          new Wording("expected ',' or '}'", "expected ',' or '}' in the mapping that '{' opened"),
          new Wording(
              "while parsing a block mapping",
              "expected a key at the indentation of the keys above"),
          new Wording(
              "while parsing a block collection",
              "expected '- ' at the indentation of the list items above"),
          new Wording("cannot start any token", "this character cannot begin a value; quote it"),
          new Wording(
              "<document start>", "expected the end of the document; check the indentation"),
          new Wording("before directives", "a line that begins with '%' is not allowed here"),
          new Wording("while scanning a directive", "a line cannot begin with '%'"),
          new Wording("expected escape sequence", "an escape in double quotes lacks hex digits"),
          new Wording("expected the node content", "a value is expected here"),
          new Wording(
              "while scanning a block scalar",
              "the text after '|' or '>' begins on the next line, indented"),
          new Wording("while scanning a tag", "tags are not allowed"),
          new Wording(
              "sequence entries are not allowed here",
              "a list item is not allowed here; check the indentation"),
          new Wording("mapping keys are not allowed here", "'? ' is not allowed here"),
          new Wording("DEL character", "character U+007F is not allowed in YAML"),
          new Wording("undefined tag handle", "tags are not allowed"));

  private YamlProblems() {}

  static String inOurWords(MarkedYamlEngineException wrong) {
    String problem = Objects.requireNonNullElse(wrong.getProblem(), "");
    String context = Objects.requireNonNullElse(wrong.getContext(), "");
    String both = context + "; " + problem;
    for (Wording wording : WORDINGS) {
      if (both.contains(wording.problem())) {
        return wording.ours();
      }
    }
    return "not valid YAML: " + oneLine(context.isEmpty() ? problem : both);
  }

  static String oneLine(String text) {
    String shown = Shown.quote(text.lines().findFirst().orElse(""));
    return shown.substring(1, shown.length() - 1);
  }
}
