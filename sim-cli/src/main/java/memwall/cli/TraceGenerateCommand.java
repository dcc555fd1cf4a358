package memwall.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Suggestion;
import memwall.workloads.trace.GeneratorSpec;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraceWriter;
import memwall.workloads.trace.TraceConverter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall trace generate}: requests from a few laws and a seed. */
@Command(
    name = "generate",
    description = {
      "Generates a request trace; one seed gives one trace, byte for byte.",
      "SPEC is the name of a generator preset, or a YAML file that holds the keys of a generator,"
          + " at its top or under the key 'generator' (which may extend a preset)."
    },
    mixinStandardHelpOptions = true)
final class TraceGenerateCommand implements Callable<Integer> {
  private static final String GENERATOR = "generator";

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "SPEC", description = "A preset's name or a file.")
  private String from;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "A new file, *.requests.jsonl[.gz].")
  private Path to;

  @Option(names = "--seed", paramLabel = "N", description = "The seed (default: 1).")
  private long seed = 1;

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  TraceGenerateCommand() {}

  @Override
  public Integer call() {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    try (RequestTrace trace = spec(presets).open(seed);
        RequestTraceWriter writer = RequestTraceWriter.create(to, trace.header())) {
      long count = TraceConverter.copy(trace, writer);
      writer.finish();
      command.commandLine().getErr().println(count + " requests written to " + to);
    }
    return ExitCode.OK;
  }

  private GeneratorSpec spec(Presets presets) {
    Faults faults = new Faults();
    Path file = Path.of(from);
    GeneratorSpec spec;
    if (presets.names(GENERATOR).contains(from)) {
      List<String> sets = new ArrayList<>();
      for (String set : options.sets()) {
        sets.add(GENERATOR + "." + set);
      }
      Config config =
          ConfigLoader.fromText("preset", GENERATOR + ": " + from, sets, presets, faults);
      spec = read(config);
    } else if (Files.exists(file)) {
      spec = read(options.load(file, presets, faults));
    } else {
      List<String> names = presets.names(GENERATOR);
      throw new ConfigException(
          List.of(
              "'"
                  + from
                  + "' is neither a file nor a generator preset"
                  + Suggestion.of(from, names)
                  + " (known: "
                  + names
                  + ")"));
    }
    faults.throwIfAny();
    return spec;
  }

  private static GeneratorSpec read(Config config) {
    GeneratorSpec spec =
        config.has(GENERATOR)
            ? GeneratorSpec.read(config.preset(GENERATOR, GENERATOR, "What is generated"))
            : GeneratorSpec.read(config);
    config.finishAll();
    return spec;
  }
}
