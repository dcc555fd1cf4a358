package memwall.cli;

import java.util.List;
import java.util.concurrent.Callable;
import memwall.cli.report.ReduceFiles;
import memwall.cli.report.RunFolder;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.config.Suggestion;
import memwall.network.aggregation.AggregationSpec;
import memwall.network.reduce.Reduce;
import memwall.network.reduce.ReduceSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall network reduce}: operations on a network whose switches add. */
@Command(
    name = "reduce",
    description = {
      "Reduces or broadcasts vectors, or exchanges tokens of experts, again and again on a network"
          + " whose switches add, of several groups at once,"
          + " while messages are lost, parts fail and hosts are late.",
      "Prints the distribution of latency; with a deadline beside that without, and what share of"
          + " the data it cost."
    },
    mixinStandardHelpOptions = true)
final class NetworkReduceCommand implements Callable<Integer> {
  private static final List<String> ORDERS = List.of("arrival", "reproducible");

  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "PRESET|FILE",
      description =
          "The network: a preset of kind aggregation, or a file NAME.yaml with the keys"
              + " 'aggregation' and 'reduce'.")
  private String network;

  @Option(
      names = "--sizes",
      paramLabel = "SIZE[,SIZE...]",
      description =
          "Bytes of each host's vector, a run for each; the same as --set reduce.sizes=[...].")
  private @Nullable String sizes;

  @Option(
      names = "--operations",
      paramLabel = "N",
      description = "Of each group and size; the same as --set reduce.operations=N.")
  private @Nullable String operations;

  @Option(
      names = "--gap",
      paramLabel = "TIME",
      description =
          "From the end of an operation to the call of the group's next; the same as --set"
              + " reduce.gap=TIME.")
  private @Nullable String gap;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description =
          "In which operands are added: arrival or reproducible; the same as --set"
              + " aggregation.switch.ordered=false or true.")
  private @Nullable String order;

  @Option(
      names = "--loss",
      paramLabel = "SHARE",
      description = "Share of messages lost on each link; the same as --set reduce.loss=SHARE.")
  private @Nullable String loss;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description =
          "How long to wait for contributions; the same as --set aggregation.deadline.wait=TIME.")
  private @Nullable String deadline;

  @Option(
      names = "--substitute",
      paramLabel = "NAME",
      description =
          "What stands for what did not come: wait, zero, stale, partial-sum, partial-mean; the"
              + " same as --set aggregation.deadline.substitute=NAME.")
  private @Nullable String substitute;

  @Mixin private ReplayOutput output = new ReplayOutput();

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  NetworkReduceCommand() {}

  @Override
  public Integer call() {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = config(presets, faults);
    ReduceSpec spec = ReduceSpec.read(config);
    faults.throwIfAny();
    return output.replay(command, config.resolved().yaml(), () -> results(spec));
  }

  private static ReplayOutput.Results results(ReduceSpec spec) {
    Reduce reduce = Reduce.run(spec);
    ReduceFiles files = new ReduceFiles(reduce);
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
        return new ReduceText(reduce).text();
      }

      @Override
      public List<String> brokenLaws() {
        return reduce.brokenLaws();
      }
    };
  }

  private Config config(Presets presets, Faults faults) {
    options.addSet("reduce.sizes", sizes == null ? null : "[" + sizes + "]");
    options.addSet("reduce.operations", operations);
    options.addSet("reduce.gap", gap);
    options.addSet("reduce.loss", loss);
    options.addSet("aggregation.deadline.wait", deadline);
    options.addSet("aggregation.deadline.substitute", substitute);
    if (order != null) {
      if (!ORDERS.contains(order)) {
        throw new ConfigException(
            List.of(
                "--order: '"
                    + order
                    + "' is not an order"
                    + Suggestion.of(order, ORDERS)
                    + " (known: "
                    + ORDERS
                    + ")"));
      }
      options.addSet("aggregation.switch.ordered", order.equals(ORDERS.get(0)) ? "false" : "true");
    }
    return options.presetOrFile(
        "",
        AggregationSpec.KIND,
        network,
        "reduce",
        "aggregation: %s\nreduce: {}\n",
        presets,
        faults);
  }
}
