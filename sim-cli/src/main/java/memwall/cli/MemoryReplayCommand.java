package memwall.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import memwall.cli.report.ReplayFiles;
import memwall.cli.report.RunFolder;
import memwall.core.config.Config;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.replay.MemoryReplay;
import memwall.memory.replay.MemoryTraceSummary;
import memwall.memory.replay.ReplayResult;
import memwall.memory.replay.ReplaySpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall memory replay}: a raw memory trace on the channels of a DRAM device. */
@Command(
    name = "replay",
    description = {
      "Replays a memory trace on a DRAM device, command by command: bandwidth, row hits, the"
          + " distribution of latency.",
      "An access becomes all the bursts that it touches. A trace without times is played as fast as"
          + " the controllers take it."
    },
    mixinStandardHelpOptions = true)
final class MemoryReplayCommand implements Callable<Integer> {
  private static final String DRAM = "dram";

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "TRACE", description = "A memory trace, plain or gzip.")
  private Path trace;

  @Option(
      names = "--memory",
      paramLabel = "PRESET",
      required = true,
      description = "The device, a preset of kind dram.")
  private String memory;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Format of the trace, if it shall not be recognised by its first line.")
  private @Nullable String format;

  @Option(
      names = "--mapping",
      paramLabel = "ORDER",
      description =
          "Order of the address fields in a channel; the same as --set controller.mapping=ORDER.")
  private @Nullable String mapping;

  @Option(
      names = "--channels",
      paramLabel = "N",
      description =
          "Channels that the addresses are spread over (default: those of the device); the same as"
              + " --set replay.channels=N.")
  private @Nullable String channels;

  @Option(
      names = "--gap",
      paramLabel = "TIME",
      description =
          "Time from one access to the next instead of the trace's times, '0 ps' for all at once;"
              + " the same as --set replay.gap=TIME.")
  private @Nullable String gap;

  @Option(
      names = "--outstanding",
      paramLabel = "N",
      description =
          "Bursts of a channel under way at a time, 1 for one after the other; the same as --set"
              + " replay.outstanding=N.")
  private @Nullable String outstanding;

  @Mixin private ReplayOutput output = new ReplayOutput();

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  MemoryReplayCommand() {}

  @Override
  public Integer call() {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = config(presets, faults);
    ReplaySpec spec = ReplaySpec.read(config);
    faults.throwIfAny();
    MemoryTraceSummary summary = MemoryReplay.scan(trace, format, spec);
    return output.replay(command, config.resolved().yaml(), () -> results(spec, summary));
  }

  private ReplayOutput.Results results(ReplaySpec spec, MemoryTraceSummary summary) {
    ReplayResult result = MemoryReplay.run(trace, format, spec);
    ReplayFiles files = new ReplayFiles(summary, result);
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
        return new ReplayText(trace, summary, result).text();
      }

      @Override
      public List<String> brokenLaws() {
        return result.brokenLaws();
      }
    };
  }

  private Config config(Presets presets, Faults faults) {
    options.addSet("controller.mapping", mapping);
    options.addSet("replay.channels", channels);
    options.addSet("replay.gap", gap);
    options.addSet("replay.outstanding", outstanding);
    return options.preset(
        "--memory: ",
        DRAM,
        memory,
        "replay",
        "dram: %s\ncontroller: {}\nreplay: {}\n",
        presets,
        faults);
  }
}
