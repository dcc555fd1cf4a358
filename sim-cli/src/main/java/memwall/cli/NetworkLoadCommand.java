package memwall.cli;

import java.util.List;
import java.util.concurrent.Callable;
import memwall.cli.report.LoadCurveFiles;
import memwall.cli.report.RunFolder;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.network.router.FabricSpec;
import memwall.network.router.LoadCurve;
import memwall.network.router.LoadCurveSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall network load}: latency against load of a network of routers. */
@Command(
    name = "load",
    description = {
      "Loads a network of routers with synthetic traffic, flit by flit: latency and accepted load"
          + " for each offered load, and where it saturates."
    },
    mixinStandardHelpOptions = true)
final class NetworkLoadCommand implements Callable<Integer> {
  private static final String LOADS = "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0";

  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "PRESET|FILE",
      description =
          "The network: a preset of kind fabric, or a file NAME.yaml with the keys 'fabric' and"
              + " 'load'.")
  private String fabric;

  @Option(
      names = "--offered",
      paramLabel = "LOAD[,LOAD...]",
      description =
          "Loads in flits per node and cycle; the same as --set load.offered=[...]. With a preset"
              + " by default "
              + LOADS
              + ".")
  private @Nullable String offered;

  @Option(
      names = "--pattern",
      paramLabel = "NAME",
      description = "Who sends to whom; the same as --set load.pattern=NAME.")
  private @Nullable String pattern;

  @Option(
      names = "--packet-flits",
      paramLabel = "N",
      description = "Length of a packet; the same as --set load.packet_flits=N.")
  private @Nullable String packetFlits;

  @Option(
      names = "--saturation",
      paramLabel = "TOLERANCE",
      description =
          "Also search for the load that saturates the network, so closely; the same as --set"
              + " load.saturation.tolerance=TOLERANCE.")
  private @Nullable String saturation;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Loads that are measured at the same time; results do not depend on it (default:"
              + " ${DEFAULT-VALUE}).")
  private int threads;

  @Mixin private ReplayOutput output = new ReplayOutput();

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  NetworkLoadCommand() {}

  @Override
  public Integer call() {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = config(presets, faults);
    LoadCurveSpec spec = LoadCurveSpec.read(config);
    faults.throwIfAny();
    if (threads < 1 || threads > Parallel.MOST_THREADS) {
      throw new ConfigException(
          List.of("--threads: " + threads + " is not in 1 to " + Parallel.MOST_THREADS));
    }
    return output.replay(command, config.resolved().yaml(), () -> results(spec));
  }

  private ReplayOutput.Results results(LoadCurveSpec spec) {
    LoadCurve curve = LoadCurve.run(spec, tasks -> Parallel.all(tasks, threads));
    LoadCurveFiles files = new LoadCurveFiles(curve);
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
        return new LoadCurveText(curve).text();
      }

      @Override
      public List<String> brokenLaws() {
        return curve.brokenLaws();
      }
    };
  }

  private Config config(Presets presets, Faults faults) {
    options.addSet("load.offered", offered == null ? null : "[" + offered + "]");
    options.addSet("load.pattern", pattern);
    options.addSet("load.saturation.tolerance", saturation);
    options.addSet("load.packet_flits", packetFlits);
    return options.presetOrFile(
        "",
        FabricSpec.KIND,
        fabric,
        "load",
        "fabric: %s\nload: { offered: [" + LOADS + "] }\n",
        presets,
        faults);
  }
}
