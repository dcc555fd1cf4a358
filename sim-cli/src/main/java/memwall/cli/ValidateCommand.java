package memwall.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.unit.Quantities;
import memwall.memory.stack.SustainedClock;
import memwall.workloads.run.RunSpec;
import memwall.workloads.run.Validation;
import memwall.workloads.run.Validation.Comparison;
import memwall.workloads.system.TierSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall validate}: unloaded steps and requests beside the roofline. */
@Command(
    name = "validate",
    description = {
      "Compares unloaded steps and an unloaded request, simulated, with the roofline: the time"
          + " that bytes, FLOPs and latencies give on paper.",
      "Without files: every shipped system with every shipped model that fits, cut over all chips.",
      "Published studies are answered by the planner, and compared value by value."
    },
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  private static final double PS_PER_MS = 1e9;

  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "RUN_FILE",
      arity = "0..*",
      description = "Run files; their traces need not exist.")
  private List<Path> files = new ArrayList<>();

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--tolerance",
      paramLabel = "PERCENT",
      description = "Largest deviation allowed, in per cent (default: 1).")
  private double tolerance = 1;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--study",
      paramLabel = "FILE",
      description = "A published study to compare with, instead of unloaded steps; repeatable.")
  private List<Path> studies = new ArrayList<>();

  @Option(
      names = "--all",
      description = "Unloaded steps of everything shipped, and every study under --studies.")
  private boolean all;

  @Option(
      names = "--studies",
      paramLabel = "DIR",
      description = "Where --all looks for study.yaml, one folder down (default: traces).")
  private Path studiesFolder = Path.of("traces");

  @Option(names = "--values", description = "Print every value of a study, not only its groups.")
  private boolean values;

  @Option(names = "--markdown", description = "Print tables as Markdown, for documents.")
  private boolean markdown;

  private final Set<String> noted = new LinkedHashSet<>();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the command before anything runs
  ValidateCommand() {}

  @Override
  public Integer call() {
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw new ParameterException(
          command.commandLine(),
          "--tolerance: '" + tolerance + "' is not allowed, a number of per cent from 0");
    }
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Presets presets = options.presets();
    options.noteShadowed(presets, err);
    if (all && !(files.isEmpty() && studies.isEmpty())) {
      throw new ParameterException(
          command.commandLine(), "--all compares everything; it takes no files and no --study");
    }
    StudyTables tables = new StudyTables(presets, values);
    List<Path> wanted = all ? StudyTables.below(studiesFolder) : studies;
    tables.read(wanted);
    List<Comparison> comparisons =
        !wanted.isEmpty() && files.isEmpty() && !all
            ? List.of()
            : files.isEmpty() ? shipped(presets, err) : ofFiles(presets);
    if (json) {
      ObjectNode tree = tree(comparisons);
      tables.write(tree.putArray("studies"));
      out.println(Json.text(tree));
    } else {
      if (!comparisons.isEmpty()) {
        TextTable table = table(comparisons);
        out.print(markdown ? table.markdown() : table);
      }
      tables.print(out, markdown);
    }
    out.flush();
    noted.forEach(note -> err.println("note: " + note));
    long outside = comparisons.stream().filter(this::isOutside).count();
    if (!comparisons.isEmpty()) {
      err.printf(
          Locale.ROOT,
          "%d of %d within %s %%%n",
          comparisons.size() - outside,
          comparisons.size(),
          number(tolerance));
    }
    tables.judge(err);
    return outside == 0 && tables.hold() ? ExitCode.OK : ExitCode.OUTSIDE_TOLERANCE;
  }

  private List<Comparison> shipped(Presets presets, PrintWriter err) {
    if (options.hasSets()) {
      throw new ParameterException(
          command.commandLine(), "--set changes a run file; name one to validate");
    }
    List<Comparison> found = new ArrayList<>();
    for (Validation.Pair pair : Validation.shipped(presets)) {
      RunSpec spec = pair.spec();
      if (spec == null) {
        err.println(
            "note: " + pair.model() + " does not fit on " + pair.system() + ": " + pair.reason());
      } else {
        found.addAll(Validation.compare(pair.system(), pair.model(), spec));
        noteHeat(pair.system(), spec);
      }
    }
    return found;
  }

  private List<Comparison> ofFiles(Presets presets) {
    List<RunSpec> specs = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Path file : files) {
      Faults faults = new Faults();
      try {
        Config config = options.load(file, presets, faults);
        specs.add(RunSpec.read(config, faults, false));
      } catch (ConfigException e) {
        wrong.addAll(e.faults());
      }
    }
    if (!wrong.isEmpty()) {
      throw new ConfigException(wrong);
    }
    List<Comparison> found = new ArrayList<>();
    for (RunSpec spec : specs) {
      found.addAll(Validation.compare(spec.name(), spec.model().name(), spec));
      noteHeat(spec.name(), spec);
    }
    return found;
  }

  /** A single request ends before anything is warm; what heat allows for ever is said beside. */
  private void noteHeat(String name, RunSpec spec) {
    for (TierSpec tier : spec.system().chip().tiers()) {
      long bytesPerSec = tier.device().readBytesPerSec();
      tier.device()
          .heatLimit()
          .filter(limit -> limit.bytesPerSec() < bytesPerSec)
          .ifPresent(
              limit ->
                  noted.add(
                      String.format(
                          Locale.ROOT,
                          "%s: heat allows each stack of %s %s for ever, less than its %s; the"
                              + " comparison is with a cool one",
                          name,
                          tier.name(),
                          Quantities.BYTE_RATE.human(limit.bytesPerSec()),
                          Quantities.BYTE_RATE.human((double) bytesPerSec))));
      tier.device().clockLimit(0).ifPresent(alone -> noteClock(name, tier, alone));
    }
  }

  /** What heat leaves of the clock of engines on a memory's logic dies. */
  private void noteClock(String name, TierSpec tier, SustainedClock alone) {
    SustainedClock full =
        tier.device().clockLimit((double) tier.device().readBytesPerSec()).orElse(alone);
    if (full.clockShare() < 1 || !full.holds()) {
      noted.add(
          String.format(
              Locale.ROOT,
              "%s: heat allows the engines on the logic die of %s %s of their clock for ever, %s"
                  + " while the memory moves all it can; the comparison is with a cool one",
              name,
              tier.name(),
              share(alone),
              share(full)));
    }
  }

  private static String share(SustainedClock clock) {
    return clock.holds()
        ? String.format(Locale.ROOT, "%.1f %%", 100 * clock.clockShare())
        : "no part";
  }

  private boolean isOutside(Comparison comparison) {
    return !(Math.abs(comparison.deviationPercent()) <= tolerance);
  }

  private TextTable table(List<Comparison> comparisons) {
    TextTable table =
        new TextTable(
            files.isEmpty() ? "system" : "run",
            "model",
            "precision",
            "step",
            ">tokens",
            ">simulated ms",
            ">roofline ms",
            ">deviation %",
            "");
    for (Comparison comparison : comparisons) {
      table.row(
          comparison.system(),
          comparison.model(),
          comparison.precision(),
          comparison.quantity().words(),
          comparison.tokens() + "",
          milliseconds(comparison.simulatedPs()),
          milliseconds(comparison.expectedPs()),
          String.format(Locale.ROOT, "%+.3f", comparison.deviationPercent()),
          isOutside(comparison) ? "outside" : "");
    }
    return table;
  }

  private ObjectNode tree(List<Comparison> comparisons) {
    ObjectNode root = Json.object();
    root.put("schema", "memwall.validate/1");
    root.put("tolerance_percent", tolerance);
    ArrayNode list = root.putArray("comparisons");
    for (Comparison comparison : comparisons) {
      ObjectNode node = list.addObject();
      node.put(files.isEmpty() ? "system" : "run", comparison.system());
      node.put("model", comparison.model());
      node.put("precision", comparison.precision());
      node.put("step", comparison.quantity().name().toLowerCase(Locale.ROOT));
      node.put("tokens", comparison.tokens());
      Json.put(node, "simulated_ms", comparison.simulatedPs() / PS_PER_MS);
      Json.put(node, "roofline_ms", comparison.expectedPs() / PS_PER_MS);
      Json.put(node, "deviation_percent", comparison.deviationPercent());
      node.put("within", !isOutside(comparison));
    }
    return root;
  }

  private static String milliseconds(long ps) {
    return String.format(Locale.ROOT, "%.4f", ps / PS_PER_MS);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
