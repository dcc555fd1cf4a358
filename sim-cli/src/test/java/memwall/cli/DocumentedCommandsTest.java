package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every line of the documents that starts with {@code ./memwall} runs, in the order of the
 * document. Names of files mean those of the repository, or what an earlier line wrote; runs are
 * cut to a few requests.
 */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of(System.getProperty("memwall.root", ".."));
  private static final String COMMAND = "./memwall";
  private static final String AZURE = "AzureLLMInferenceTrace_conv.csv";
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  @TempDir static Path temp;

  @TestFactory
  Stream<DynamicTest> everyCommandLineRuns() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : documents()) {
      Path place = Files.createDirectories(temp.resolve(ROOT.relativize(document)));
      for (String line : lines(document)) {
        tests.add(
            DynamicTest.dynamicTest(
                ROOT.relativize(document) + ": " + line, () -> runs(line, place)));
      }
    }
    return tests.stream();
  }

  @Test
  void theDocumentsHaveCommands() throws IOException {
    int lines = 0;
    for (Path document : documents()) {
      lines += lines(document).size();
    }
    assertThat(lines).isGreaterThan(10);
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    documents.add(ROOT.resolve("README.md"));
    documents.add(ROOT.resolve("traces/README.md"));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents;
  }

  private static List<String> lines(Path document) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String raw : Files.readAllLines(document)) {
      String line = raw.strip();
      if (open.isEmpty() && !line.startsWith(COMMAND + " ") && !line.equals(COMMAND)) {
        continue;
      }
      boolean goesOn = line.endsWith("\\");
      open.append(goesOn ? line.substring(0, line.length() - 1) : line);
      if (!goesOn) {
        lines.add(open.toString());
        open.setLength(0);
      }
    }
    return lines;
  }

  private static void runs(String line, Path place) {
    boolean azure = line.contains(AZURE);
    Path trace = ROOT.resolve("../shared/traces/azure2023").resolve(AZURE);
    assumeTrue(!azure || Files.exists(trace), "skipped: the Azure trace is absent");
    List<Object> arguments = new ArrayList<>();
    boolean named = false;
    boolean nextIsOutput = false;
    for (String word : words(line)) {
      if (nextIsOutput) {
        arguments.add(place.resolve(word));
      } else {
        arguments.add(resolved(word, place, trace));
      }
      nextIsOutput = word.equals("-o") || word.equals("--output");
      named |= nextIsOutput;
    }
    Object command = arguments.isEmpty() ? "" : arguments.get(0);
    if (command.equals("run")) {
      arguments.addAll(List.of("--set", "workload.limit=20"));
      if (!named) {
        arguments.addAll(List.of("-o", place.resolve("default" + Commands.names(place).size())));
      }
    }
    if (command.equals("trace") && arguments.get(1).equals("convert")) {
      arguments.set(3, place.resolve(words(line).get(3)));
    }
    Outcome outcome = Commands.run(arguments.toArray());
    assertThat(outcome.code()).as(arguments + "\n" + outcome.err()).isZero();
  }

  private static List<String> words(String line) {
    String command = line.substring(COMMAND.length()).replaceAll(" [#|>] .*| #.*", "");
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(command);
    while (matcher.find()) {
      for (int group = 1; group <= 3; group++) {
        if (matcher.group(group) != null) {
          words.add(matcher.group(group));
        }
      }
    }
    return words;
  }

  /** A file of the repository or of an earlier line, also behind {@code workload.trace=}. */
  private static String resolved(String word, Path place, Path azureTrace) {
    int equals = word.indexOf('=');
    String name = word.substring(equals + 1);
    String before = word.substring(0, equals + 1);
    if (name.endsWith(AZURE)) {
      return before + azureTrace;
    }
    if (name.contains("/") || name.contains(".")) {
      if (Files.exists(place.resolve(name))) {
        return before + place.resolve(name);
      }
      if (Files.exists(ROOT.resolve(name))) {
        return before + ROOT.resolve(name);
      }
    }
    return word;
  }
}
