package memwall.cli;

import java.util.List;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Suggestion;
import memwall.network.endpoint.FabricRunSpec;
import memwall.network.graph.GraphSpec;
import memwall.network.loggp.LogGopsSpec;
import memwall.network.router.FabricSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that say what carries messages: LogGOPS, a graph of links or a network of routers. */
final class NetworkModelOptions {
  @ArgGroup(multiplicity = "1")
  private Model model;

  /** One of three models. */
  private static final class Model {
    @Option(
        names = "--loggp",
        paramLabel = "PRESET|FILE",
        description =
            "LogGOPS without topology: a preset of kind loggp, or a file NAME.yaml with the key"
                + " 'loggp'.")
    private @Nullable String loggp;

    @Option(
        names = "--graph",
        paramLabel = "TOPOLOGY",
        description = "Links: ring, full (each rank with each other one), switch.")
    private @Nullable String graph;

    @Option(
        names = "--fabric",
        paramLabel = "PRESET|FILE",
        description =
            "Routers, flit by flit: a preset of kind fabric, or a file NAME.yaml with the key"
                + " 'fabric' and, if wanted, 'messages', 'endpoint', 'fidelity', 'seed',"
                + " 'faults', 'stragglers', 'deadline', 'repeat' and"
                + " 'node_failures'.")
    private @Nullable String fabric;
  }

  @Option(
      names = "--link-rate",
      paramLabel = "RATE",
      description = "Rate of each link; the same as --set graph.link_rate=RATE.")
  private @Nullable String linkRate;

  @Option(
      names = "--link-latency",
      paramLabel = "TIME",
      description = "Latency of each link; the same as --set graph.link_latency=TIME.")
  private @Nullable String linkLatency;

  @Option(
      names = "--passing",
      paramLabel = "WHEN",
      description =
          "When a message goes on to the next link: cut-through or store-and-forward; the same as"
              + " --set graph.passing=WHEN.")
  private @Nullable String passing;

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the model before anything runs
  NetworkModelOptions() {}

  /** What the options say, checked. */
  NetworkModel load(CommandSpec command) {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    String loggp = model.loggp;
    String fabric = model.fabric;
    if (model.graph == null && (linkRate != null || linkLatency != null || passing != null)) {
      throw new ConfigException(
          List.of("--link-rate, --link-latency and --passing are options of --graph"));
    }
    if (fabric != null) {
      return fabric(fabric, presets, faults);
    }
    if (loggp == null) {
      options.addSet("graph.link_rate", linkRate);
      options.addSet("graph.link_latency", linkLatency);
      options.addSet("graph.passing", passing);
      String text = "graph: { topology: " + topology(model.graph) + " }\n";
      Config config = ConfigLoader.fromText("network", text, options.sets(), presets, faults);
      GraphSpec graph = GraphSpec.read(config.section("graph", "What the links are like"));
      config.finishAll();
      faults.throwIfAny();
      return new NetworkModel("graph " + model.graph, null, graph, null, config.resolved().yaml());
    }
    Config config = preset("loggp", LogGopsSpec.KIND, loggp, "", presets, faults);
    LogGopsSpec spec =
        LogGopsSpec.read(config.preset("loggp", LogGopsSpec.KIND, "What carries the messages"));
    config.finishAll();
    faults.throwIfAny();
    return new NetworkModel("loggp " + loggp, spec, null, null, config.resolved().yaml());
  }

  /** One word, so that nothing else comes into the configuration. */
  private static String topology(@Nullable String given) {
    String name = given == null ? "" : given;
    List<String> known = List.of("ring", "full", "switch");
    if (!known.contains(name)) {
      throw new ConfigException(
          List.of(
              "--graph: '"
                  + name
                  + "' is not a topology"
                  + Suggestion.of(name, known)
                  + " (known: "
                  + known
                  + ")"));
    }
    return name;
  }

  private NetworkModel fabric(String name, Presets presets, Faults faults) {
    Config config =
        preset("fabric", FabricSpec.KIND, name, "messages: {}\nendpoint: {}\n", presets, faults);
    FabricRunSpec spec = FabricRunSpec.read(config);
    config.finishAll();
    faults.throwIfAny();
    return new NetworkModel("fabric " + spec.text(), null, null, spec, config.resolved().yaml());
  }

  /** A preset of a kind, or a file with a key of that name. */
  private Config preset(
      String option, String kind, String name, String more, Presets presets, Faults faults) {
    return options.presetOrFile(
        "--" + option + ": ", kind, name, "network", option + ": %s\n" + more, presets, faults);
  }
}
