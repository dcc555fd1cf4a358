package memwall.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import memwall.cli.report.CollectiveFiles;
import memwall.cli.report.CollectiveRow;
import memwall.cli.report.RunFolder;
import memwall.core.config.ConfigException;
import memwall.core.config.Suggestion;
import memwall.core.unit.Quantities;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Hierarchy;
import memwall.network.collective.Schedule;
import memwall.network.loggp.AlphaBeta;
import memwall.network.loggp.CollectiveFormula;
import memwall.network.loggp.Crossovers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall network collective}: algorithms of a collective beside each other. */
@Command(
    name = "collective",
    description = {
      "Carries out a collective, message by message, by some or all of its algorithms, for numbers"
          + " of ranks and sizes.",
      "Prints times beside the closed form, and from which size on which algorithm is the fastest."
    },
    mixinStandardHelpOptions = true)
final class NetworkCollectiveCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final String AUTO = "auto";
  private static final long MOST_CROSSOVER_BYTES = 1L << 34;

  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "COLLECTIVE",
      description = "all-reduce, reduce-scatter, all-gather, broadcast, reduce or all-to-all.")
  private String collective;

  @Option(
      names = "--algorithms",
      paramLabel = "NAMES",
      split = ",",
      defaultValue = ALL,
      description =
          "Names with commas between them, 'all', or 'auto': the fastest one by its closed form"
              + " (default: ${DEFAULT-VALUE}).")
  private List<String> algorithms;

  @Option(
      names = "--ranks",
      paramLabel = "NUMBERS",
      split = ",",
      defaultValue = "8",
      description = "Numbers of ranks with commas between them (default: ${DEFAULT-VALUE}).")
  private List<Integer> ranks;

  @Option(
      names = "--sizes",
      paramLabel = "SIZES",
      split = ",",
      defaultValue = "64 B,4 KiB,64 KiB,1 MiB,64 MiB",
      description =
          "Bytes of each rank's vector, with commas between them (default: ${DEFAULT-VALUE}).")
  private List<String> sizes;

  @Option(
      names = "--root",
      paramLabel = "RANK",
      defaultValue = "0",
      description = "Root of broadcast and reduce (default: ${DEFAULT-VALUE}).")
  private int root;

  @Option(
      names = "--chunks",
      paramLabel = "N",
      description =
          "Pieces of each half of the vector in the double tree (default: as many as are best by"
              + " its closed form; 8 on a graph).")
  private @Nullable Integer chunks;

  @Option(
      names = "--group",
      paramLabel = "RANKS",
      defaultValue = "8",
      description = "Ranks of a group of the hierarchical all-reduce (default: ${DEFAULT-VALUE}).")
  private int group;

  @Option(
      names = "--inner",
      paramLabel = "NAME",
      defaultValue = "direct",
      description =
          "What the hierarchical all-reduce does inside groups: ring, recursive, direct (default:"
              + " ${DEFAULT-VALUE}).")
  private Hierarchy.Inner inner;

  @Option(
      names = "--outer",
      paramLabel = "NAME",
      defaultValue = "ring",
      description = "Its algorithm between groups (default: ${DEFAULT-VALUE}).")
  private String outer;

  @Mixin private NetworkModelOptions models = new NetworkModelOptions();

  @Mixin private ReplayOutput output = new ReplayOutput();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and options before anything runs
  NetworkCollectiveCommand() {}

  @Override
  public Integer call() {
    NetworkModel model = models.load(command);
    List<String> wrong = new ArrayList<>();
    CollectiveKind kind = kind(wrong);
    Set<Algorithm> wanted = kind == null ? Set.of() : algorithms(kind, model, wrong);
    List<CollectiveShape> shapes = shapes(wrong);
    for (int number : ranks) {
      String misfit = model.misfit(number);
      if (misfit != null) {
        wrong.add("--ranks: " + misfit);
      }
    }
    if (kind == null || !wrong.isEmpty()) {
      throw new ConfigException(wrong);
    }
    return output.replay(
        command, model.resolvedConfig(), () -> results(kind, model, wanted, shapes));
  }

  private @Nullable CollectiveKind kind(List<String> wrong) {
    List<String> known = new ArrayList<>();
    for (CollectiveKind kind : CollectiveKind.values()) {
      if (kind.label().equals(collective)) {
        return kind;
      }
      known.add(kind.label());
    }
    wrong.add(unknown("a collective", collective, known));
    return null;
  }

  /** Those wanted; none for {@code auto}. */
  private Set<Algorithm> algorithms(CollectiveKind kind, NetworkModel model, List<String> wrong) {
    Set<Algorithm> wanted = new LinkedHashSet<>();
    for (String name : algorithms) {
      if (name.equals(ALL)) {
        wanted.addAll(Algorithm.of(kind));
      } else if (name.equals(AUTO)) {
        if (algorithms.size() > 1 || model.loggp() == null) {
          wrong.add("--algorithms: 'auto' stands alone, and needs closed forms (--loggp)");
        }
      } else {
        Algorithm one = algorithm(kind, name);
        if (one == null) {
          List<String> known = new ArrayList<>(List.of(ALL, AUTO));
          Algorithm.of(kind).forEach(algorithm -> known.add(algorithm.label()));
          wrong.add("--algorithms: " + unknown("an algorithm of " + kind.label(), name, known));
        } else {
          wanted.add(one);
        }
      }
    }
    return wanted;
  }

  private static @Nullable Algorithm algorithm(CollectiveKind kind, String name) {
    for (Algorithm algorithm : Algorithm.of(kind)) {
      if (algorithm.label().equals(name)) {
        return algorithm;
      }
    }
    return null;
  }

  private static String unknown(String what, String given, List<String> known) {
    return "'"
        + given
        + "' is not "
        + what
        + Suggestion.of(given, known)
        + " (known: "
        + known
        + ")";
  }

  private List<CollectiveShape> shapes(List<String> wrong) {
    Algorithm between = algorithm(CollectiveKind.ALL_REDUCE, outer);
    Hierarchy hierarchy = null;
    if (between == null) {
      List<String> known = new ArrayList<>();
      Algorithm.of(CollectiveKind.ALL_REDUCE).forEach(algorithm -> known.add(algorithm.label()));
      wrong.add("--outer: " + unknown("an algorithm of all-reduce", outer, known));
    } else {
      try {
        hierarchy = new Hierarchy(group, inner, between);
      } catch (IllegalArgumentException e) {
        wrong.add("--group, --outer: " + e.getMessage());
      }
    }
    List<Long> bytes = new ArrayList<>();
    for (String size : sizes) {
      try {
        bytes.add(Quantities.SIZE.parse(size.strip()));
      } catch (IllegalArgumentException e) {
        wrong.add("--sizes: " + e.getMessage());
      }
    }
    List<CollectiveShape> shapes = new ArrayList<>();
    for (int number : ranks) {
      for (long size : bytes) {
        try {
          if (hierarchy != null) {
            int pieces = chunks == null ? 8 : chunks;
            shapes.add(new CollectiveShape(number, size, root, pieces, hierarchy));
          }
        } catch (IllegalArgumentException e) {
          wrong.add(e.getMessage());
        }
      }
    }
    return shapes;
  }

  private ReplayOutput.Results results(
      CollectiveKind kind,
      NetworkModel model,
      Set<Algorithm> wanted,
      List<CollectiveShape> shapes) {
    CollectiveFormula formula =
        model.loggp() == null ? null : new CollectiveFormula(AlphaBeta.of(model.loggp()));
    List<CollectiveRow> rows = new ArrayList<>();
    Map<Integer, List<Crossovers.Change>> changes = new LinkedHashMap<>();
    for (CollectiveShape shape : shapes) {
      Algorithm fastest = formula == null ? null : formula.fastest(kind, shape);
      CollectiveShape cut =
          formula == null || chunks != null
              ? shape
              : shape.withPipelineChunks(formula.bestChunks(shape));
      Set<Algorithm> all = wanted.isEmpty() && fastest != null ? Set.of(fastest) : wanted;
      for (Algorithm algorithm : all) {
        rows.add(run(model, formula, algorithm, cut, algorithm == fastest));
      }
      if (formula != null) {
        changes.computeIfAbsent(
            shape.ranks(), number -> Crossovers.of(formula, kind, shape, MOST_CROSSOVER_BYTES));
      }
    }
    CollectiveFiles files = new CollectiveFiles(kind, model.name(), rows, changes);
    return new ReplayOutput.Results() {
      @Override
      public void write(RunFolder folder, String resolvedConfig) {
        files.write(folder, resolvedConfig);
      }

      @Override
      public String json() {
        return files.json();
      }

      @Override
      public String text() {
        return CollectiveText.of(kind, model, rows, changes);
      }

      @Override
      public List<String> brokenLaws() {
        return rows.stream().flatMap(row -> row.outcome().brokenLaws().stream()).toList();
      }
    };
  }

  private static CollectiveRow run(
      NetworkModel model,
      @Nullable CollectiveFormula formula,
      Algorithm algorithm,
      CollectiveShape shape,
      boolean chosen) {
    Schedule schedule;
    try {
      schedule = algorithm.schedule(shape);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          List.of(algorithm.label() + " of " + shape.ranks() + " ranks: " + e.getMessage()));
    }
    long[] sent = new long[shape.ranks()];
    long most = 0;
    for (int operation = 0; operation < schedule.operations(); operation++) {
      if (schedule.kind(operation) == Schedule.SEND) {
        int rank = schedule.rank(operation);
        sent[rank] += schedule.bytes(operation);
        most = Math.max(most, sent[rank]);
      }
    }
    return new CollectiveRow(
        shape.ranks(),
        shape.bytes(),
        algorithm,
        model.run(schedule),
        formula == null ? Double.NaN : formula.seconds(algorithm, shape),
        most,
        chosen);
  }
}
