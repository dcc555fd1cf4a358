package memwall.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.analytic.study.Finding;
import memwall.workloads.analytic.study.GroupLaw;
import memwall.workloads.analytic.study.Study;
import memwall.workloads.analytic.study.StudySpec;

/** Published studies beside ours: groups with their laws, and every value. */
final class StudyTables {
  private final Presets presets;
  private final boolean values;
  private final List<Result> results = new ArrayList<>();

  private record Result(StudySpec spec, List<Finding> findings, List<Study.Verdict> verdicts) {}

  /**
   * No study yet.
   *
   * @param values whether every value is printed
   */
  StudyTables(Presets presets, boolean values) {
    this.presets = presets;
    this.values = values;
  }

  /** Files named {@code study.yaml} in the folders of a folder, in order of their names. */
  static List<Path> below(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.resolve("study.yaml"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads all of them, then answers their questions.
   *
   * @throws ConfigException with the faults of all files
   */
  void read(List<Path> files) {
    List<StudySpec> specs = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Path file : files) {
      Faults faults = new Faults();
      try {
        Config config = ConfigLoader.load(file, List.of(), presets, faults);
        specs.add(StudySpec.read(config, faults));
      } catch (ConfigException e) {
        wrong.addAll(e.faults());
      }
    }
    if (!wrong.isEmpty()) {
      throw new ConfigException(wrong);
    }
    for (StudySpec spec : specs) {
      Study study = new Study(spec, presets);
      List<Finding> findings = study.findings();
      results.add(new Result(spec, findings, study.verdicts(findings)));
    }
  }

  /** Whether every law of every study is kept. */
  boolean hold() {
    return results.stream()
        .flatMap(result -> result.verdicts().stream())
        .allMatch(Study.Verdict::holds);
  }

  void judge(PrintWriter err) {
    for (Result result : results) {
      long kept = result.verdicts().stream().filter(Study.Verdict::holds).count();
      err.printf(
          Locale.ROOT,
          "%s: %d of %d laws kept, %d values%n",
          result.spec().name(),
          kept,
          result.verdicts().size(),
          result.findings().size());
    }
  }

  void print(PrintWriter out, boolean markdown) {
    for (Result result : results) {
      out.println((markdown ? "## " : "") + result.spec().name());
      out.println(result.spec().source() + (markdown ? "\n" : ""));
      TextTable groups =
          new TextTable("group", ">values", "in", ">median", ">p90", ">largest", "law", "");
      for (Study.Verdict verdict : result.verdicts()) {
        GroupLaw law = verdict.law();
        groups.row(
            law.name(),
            Integer.toString(verdict.values()),
            law.measure() == GroupLaw.Measure.PERCENT ? "%" : "points",
            figure(verdict.median()),
            figure(verdict.p90()),
            figure(verdict.most()),
            plain(law.median()) + " / " + plain(law.p90()),
            verdict.holds() ? "" : "outside");
      }
      out.print(markdown ? groups.markdown() : groups);
      if (values) {
        out.println();
        TextTable table =
            new TextTable(
                "group", "question", "with", ">chips", "quantity", ">published", ">ours", ">off");
        for (Finding finding : result.findings()) {
          table.row(
              finding.group(),
              finding.file(),
              String.join(" ", finding.sets()),
              Integer.toString(finding.chips()),
              finding.quantity(),
              value(finding.expected()),
              value(finding.simulated()),
              String.format(Locale.ROOT, "%+.1f", finding.deviation()));
        }
        out.print(markdown ? table.markdown() : table);
      }
    }
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String value(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  void write(ArrayNode list) {
    for (Result result : results) {
      ObjectNode node = list.addObject();
      node.put("study", result.spec().name());
      node.put("source", result.spec().source());
      ArrayNode groups = node.putArray("groups");
      for (Study.Verdict verdict : result.verdicts()) {
        ObjectNode group = groups.addObject();
        group.put("group", verdict.law().name());
        group.put("measure", verdict.law().measure().name().toLowerCase(Locale.ROOT));
        group.put("values", verdict.values());
        Json.put(group, "median", verdict.median());
        Json.put(group, "p90", verdict.p90());
        Json.put(group, "largest", verdict.most());
        Json.put(group, "law_median", verdict.law().median());
        Json.put(group, "law_p90", verdict.law().p90());
        group.put("within", verdict.holds());
      }
      ArrayNode found = node.putArray("values");
      for (Finding finding : result.findings()) {
        ObjectNode value = found.addObject();
        value.put("group", finding.group());
        value.put("question", finding.file());
        ArrayNode sets = value.putArray("sets");
        finding.sets().forEach(sets::add);
        value.put("chips", finding.chips());
        value.put("quantity", finding.quantity());
        Json.put(value, "published", finding.expected());
        Json.put(value, "ours", finding.simulated());
        Json.put(value, "deviation", finding.deviation());
      }
    }
  }
}
