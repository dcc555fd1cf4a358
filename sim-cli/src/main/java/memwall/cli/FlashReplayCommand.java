package memwall.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import memwall.cli.report.FlashReplayFiles;
import memwall.cli.report.RunFolder;
import memwall.core.config.Config;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.replay.FlashReplay;
import memwall.memory.flash.replay.FlashReplayResult;
import memwall.memory.flash.replay.FlashReplaySpec;
import memwall.memory.flash.trace.FlashTraceSummary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall flash replay}: a raw flash trace on a flash device. */
@Command(
    name = "replay",
    description = {
      "Replays a flash trace on a device, page by page: rates, the distribution of latency, write"
          + " amplification, wear, and which part of the device was used most.",
      "Accesses arrive at their times (open loop), or when others end (--depth)."
    },
    mixinStandardHelpOptions = true)
final class FlashReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "TRACE", description = "A flash trace, plain or gzip.")
  private Path trace;

  @Option(
      names = "--device",
      paramLabel = "PRESET|FILE",
      required = true,
      description =
          "The device: a preset of kind flash, or a file NAME.yaml with the key 'flash' and, if"
              + " wanted, 'replay'.")
  private String device;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Format of the trace, if it shall not be recognised by its first line.")
  private @Nullable String format;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description =
          "Accesses under way at once, instead of the trace's times; the same as --set"
              + " replay.depth=N.")
  private @Nullable String depth;

  @Option(
      names = "--gap",
      paramLabel = "TIME",
      description =
          "Time from one arrival to the next instead of the trace's times; the same as --set"
              + " replay.gap=TIME.")
  private @Nullable String gap;

  @Option(
      names = "--fill",
      paramLabel = "SHARE",
      description =
          "Share of the addresses that hold data before, 0 to 1; the same as --set"
              + " replay.fill=SHARE.")
  private @Nullable String fill;

  @Option(
      names = "--overwrite",
      paramLabel = "TIMES",
      description =
          "How often the host has overwritten the whole device in random pages before, some 4 for"
              + " the steady state; the same as --set replay.overwrite=TIMES.")
  private @Nullable String overwrite;

  @Mixin private ReplayOutput output = new ReplayOutput();

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and parameters before anything runs
  FlashReplayCommand() {}

  @Override
  public Integer call() {
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = config(presets, faults);
    FlashReplaySpec spec = FlashReplaySpec.read(config);
    faults.throwIfAny();
    FlashTraceSummary summary = FlashReplay.scan(trace, format, spec);
    return output.replay(command, config.resolved().yaml(), () -> results(spec, summary));
  }

  private ReplayOutput.Results results(FlashReplaySpec spec, FlashTraceSummary summary) {
    FlashReplayResult result = FlashReplay.run(trace, format, spec, summary);
    FlashReplayFiles files = new FlashReplayFiles(result);
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
        return new FlashReplayText(trace, result).text();
      }

      @Override
      public List<String> brokenLaws() {
        return result.brokenLaws();
      }
    };
  }

  private Config config(Presets presets, Faults faults) {
    options.addSet("replay.depth", depth);
    options.addSet("replay.gap", gap);
    options.addSet("replay.fill", fill);
    options.addSet("replay.overwrite", overwrite);
    return options.presetOrFile(
        "--device: ", FlashPart.KIND, device, "replay", "flash: %s\nreplay: {}\n", presets, faults);
  }
}
