package memwall.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import memwall.cli.report.AllReduceFiles;
import memwall.cli.report.AllReduceRow;
import memwall.cli.report.RunFolder;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Suggestion;
import memwall.core.unit.Quantities;
import memwall.network.AllReduceChange;
import memwall.network.AllReduceFormula;
import memwall.network.AllReduceRun;
import memwall.network.AllReduceSpec;
import memwall.network.InterconnectSpec;
import memwall.network.LibrarySpec;
import memwall.network.NetworkSpec;
import memwall.network.TreeNetworkSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall network all-reduce}: all-reduces of a machine's libraries. */
@Command(
    name = "all-reduce",
    description = {
      "Simulates all-reduces of a machine's network, by its libraries or implementations.",
      "Prints their times, and from which size on which implementation is used."
    },
    mixinStandardHelpOptions = true)
final class NetworkAllReduceCommand implements Callable<Integer> {
  private static final String KIND = "network";
  private static final String SUFFIX = ".yaml";
  private static final String ALL = "all";
  private static final long MOST_BYTES = 1L << 34;

  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "PRESET|FILE",
      description =
          "The network: a preset of kind network, or a file NAME.yaml with the key 'network'.")
  private String network;

  @Option(
      names = "--libraries",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Libraries or implementations with commas between them, 'auto', or 'all' for every"
              + " library (default: what the network says in all_reduce).")
  private List<String> libraries = List.of();

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
      defaultValue = "4 KiB,64 KiB,1 MiB,16 MiB,256 MiB",
      description =
          "Bytes of each rank's vector, with commas between them (default: ${DEFAULT-VALUE}).")
  private List<String> sizes;

  @Mixin private ReplayOutput output = new ReplayOutput();

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  NetworkAllReduceCommand() {}

  @Override
  public Integer call() {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = config(presets, faults);
    InterconnectSpec read =
        InterconnectSpec.read(config.preset(KIND, KIND, "What connects the ranks"));
    config.finishAll();
    faults.throwIfAny();
    if (!(read instanceof NetworkSpec spec)) {
      throw new ConfigException(
          List.of(
              "'"
                  + network
                  + (read instanceof TreeNetworkSpec
                      ? "' has trees of switches that add: see 'memwall network reduce'"
                      : "' is a network of routers, whose all-reduces have no libraries: see"
                          + " 'memwall network collective all-reduce --fabric'")));
    }
    List<String> wrong = new ArrayList<>();
    List<NetworkSpec> specs = specs(spec, wrong);
    List<Long> bytes = bytes(wrong);
    for (int number : ranks) {
      if (number < 1 || number > spec.ports()) {
        wrong.add("--ranks: " + number + " is not from 1 to " + spec.ports() + ", its ports");
      }
    }
    if (!wrong.isEmpty()) {
      throw new ConfigException(wrong);
    }
    return output.replay(command, config.resolved().yaml(), () -> results(specs, bytes));
  }

  private Config config(Presets presets, Faults faults) {
    if (network.endsWith(SUFFIX)) {
      return options.load(Path.of(network), presets, faults);
    }
    List<String> names = presets.names(KIND);
    if (!names.contains(network)) {
      throw new ConfigException(
          List.of(
              "'"
                  + network
                  + "' is not a preset of kind "
                  + KIND
                  + Suggestion.of(network, names)
                  + (Files.exists(Path.of(network)) ? "; a file's name ends in .yaml" : "")
                  + " (known: "
                  + names
                  + ")"));
    }
    return ConfigLoader.fromText(
        KIND, KIND + ": " + network + "\n", options.sets(), presets, faults);
  }

  /** One for each library that is wanted. */
  private List<NetworkSpec> specs(NetworkSpec spec, List<String> wrong) {
    List<String> known = new ArrayList<>(List.of(ALL, NetworkSpec.AUTO));
    spec.libraries().stream().map(LibrarySpec::name).forEach(known::add);
    spec.allReduces().stream().map(AllReduceSpec::name).forEach(known::add);
    Set<String> wanted = new LinkedHashSet<>();
    for (String name : libraries) {
      if (!known.contains(name)) {
        wrong.add(
            "--libraries: '"
                + name
                + "' is not a library or an implementation"
                + Suggestion.of(name, known)
                + " (known: "
                + known
                + ")");
      } else if (!name.equals(ALL)) {
        wanted.add(name);
      } else if (spec.libraries().isEmpty()) {
        wrong.add("--libraries: this network has no libraries");
      } else {
        spec.libraries().forEach(library -> wanted.add(library.name()));
      }
    }
    if (libraries.isEmpty()) {
      wanted.add(spec.allReduce());
    }
    List<NetworkSpec> specs = new ArrayList<>();
    for (String name : wanted) {
      try {
        specs.add(spec.withAllReduce(name));
      } catch (IllegalArgumentException e) {
        wrong.add("--libraries: " + e.getMessage());
      }
    }
    return specs;
  }

  private List<Long> bytes(List<String> wrong) {
    List<Long> bytes = new ArrayList<>();
    for (String size : sizes) {
      try {
        bytes.add(Quantities.SIZE.parse(size.strip()));
        if (bytes.get(bytes.size() - 1) > MOST_BYTES) {
          wrong.add("--sizes: " + size + " is more than " + Quantities.SIZE.print(MOST_BYTES));
        }
      } catch (IllegalArgumentException e) {
        wrong.add("--sizes: " + e.getMessage());
      }
    }
    return bytes;
  }

  private ReplayOutput.Results results(List<NetworkSpec> specs, List<Long> bytes) {
    List<AllReduceRow> rows = new ArrayList<>();
    List<AllReduceFiles.Changes> changes = new ArrayList<>();
    for (NetworkSpec spec : specs) {
      for (int number : ranks) {
        for (long size : bytes) {
          rows.add(
              new AllReduceRow(
                  spec.allReduce(), number, size, AllReduceRun.of(spec, number, size)));
        }
        changes.add(
            new AllReduceFiles.Changes(
                spec.allReduce(),
                number,
                AllReduceChange.of(new AllReduceFormula(spec, number), MOST_BYTES)));
      }
    }
    AllReduceFiles files = new AllReduceFiles(network, rows, changes);
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
        return AllReduceText.of(network, rows, changes);
      }

      @Override
      public List<String> brokenLaws() {
        return rows.stream().flatMap(row -> row.run().brokenLaws().stream()).toList();
      }
    };
  }
}
