package memwall.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import memwall.cli.report.Manifest;
import memwall.cli.report.RequestsCsv;
import memwall.cli.report.RunFolder;
import memwall.cli.report.RunResult;
import memwall.cli.report.TextReport;
import memwall.core.config.Config;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.run.Fidelity;
import memwall.workloads.run.RunLaw;
import memwall.workloads.run.RunSpec;
import memwall.workloads.run.ServingRun;
import memwall.workloads.run.Workload;
import memwall.workloads.serving.RequestSource;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.trace.TokenTraceWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall run}: replays a trace and leaves a run folder. */
@Command(
    name = "run",
    description = "Replays a trace on a system and writes a run folder with a report.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /** File of the token trace in a run folder. */
  static final String TOKENS = "tokens.jsonl.gz";

  /**
   * Its name after an interrupted run: requests that were under way lack tokens, so it is no
   * complete token trace and readers refuse it.
   */
  static final String INCOMPLETE_TOKENS = "tokens.incomplete.jsonl.gz";

  @Spec private CommandSpec command;

  @Parameters(paramLabel = "RUN_FILE", description = "The run file, YAML.")
  private Path file;

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description =
          "The run folder; must not exist or be empty. Default: out/NAME, or the next free"
              + " out/NAME-2, out/NAME-3, ...")
  private @Nullable Path output;

  @Option(names = "--seed", paramLabel = "N", description = "Seed; the same as --set seed=N.")
  private @Nullable Long seed;

  @Option(
      names = "--fidelity",
      paramLabel = "LEVEL",
      description = "exact, fast or analytic; the same as --set fidelity=LEVEL.")
  private @Nullable Fidelity fidelity;

  @Option(
      names = "--token-trace",
      description =
          "Write the trace of every token, " + TOKENS + "; as --set output.token_trace=true.")
  private boolean tokenTrace;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell on standard error what is read, built and checked.")
  private boolean verbose;

  @Option(
      names = "--progress",
      paramLabel = "STYLE",
      description = "auto, plain or none (default: auto).")
  private Progress.Style progressStyle = Progress.Style.AUTO;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and file before anything runs
  RunCommand() {}

  @Override
  public Integer call() {
    long startNanos = System.nanoTime();
    if (verbose && LoggerFactory.getLogger("memwall") instanceof Logger root) {
      root.setLevel(Level.DEBUG);
    }
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Faults faults = new Faults();
    Presets presets = options.presets();
    if (seed != null) {
      options.addSet("seed=" + seed);
    }
    if (fidelity != null) {
      options.addSet("fidelity=" + fidelity.name().toLowerCase(Locale.ROOT));
    }
    if (tokenTrace) {
      options.addSet("output.token_trace=true");
    }
    Config config = options.load(file, presets, faults);
    RunSpec spec = RunSpec.read(config, faults, true);
    options.noteShadowed(presets, err);
    Workload workload = Workload.scan(spec);
    try (Interrupt interrupt = new Interrupt();
        RunFolder folder = RunFolder.create(output == null ? freeFolder(spec.name()) : output)) {
      RunResult result = simulate(spec, workload, folder, interrupt, err);
      double wallSeconds = (System.nanoTime() - startNanos) * 1e-9;
      Path written =
          folder.finish(
              result,
              manifest(spec, workload, files(config, presets), wallSeconds),
              config.resolved().yaml());
      out.println(TextReport.of(result, written));
      return exitCode(result, err);
    }
  }

  private RunResult simulate(
      RunSpec spec, Workload workload, RunFolder folder, Interrupt interrupt, PrintWriter err) {
    boolean[] stopped = {false};
    RunResult result;
    try (RequestSource source = workload.open();
        RequestsCsv csv = RequestsCsv.open(folder.file(RequestsCsv.FILE));
        RunRows files = new RunRows(csv, tokenWriter(spec, workload, folder))) {
      ServingRun run = new ServingRun(spec, source, files);
      Progress progress = new Progress(err, progressStyle, run.simulation(), workload.requests());
      files.watch(progress);
      run.simulation()
          .onProgress(
              () -> {
                progress.update();
                if (interrupt.isRequested()) {
                  stopped[0] = true;
                  run.simulation().stop();
                }
              });
      ServingOutcome outcome = run.run();
      progress.end();
      files.finish();
      List<RunLaw> laws = run.laws(outcome);
      result = new ResultAssembler(spec, workload, run, outcome, laws).assemble(stopped[0]);
    }
    if (stopped[0] && spec.tokenTrace()) {
      try {
        Files.move(folder.file(TOKENS), folder.file(INCOMPLETE_TOKENS));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return result;
  }

  private static @Nullable TokenTraceWriter tokenWriter(
      RunSpec spec, Workload workload, RunFolder folder) {
    return spec.tokenTrace()
        ? TokenTraceWriter.create(folder.file(TOKENS), workload.tokenHeader(spec.name()))
        : null;
  }

  /** The run file, the files it extends, and the user's presets among what they name. */
  private static List<Path> files(Config config, Presets presets) {
    List<Path> files = new ArrayList<>(config.resolved().files());
    files.addAll(presets.filesRead());
    return files;
  }

  private Manifest manifest(RunSpec spec, Workload workload, List<Path> files, double wallSeconds) {
    List<String> arguments = new ArrayList<>();
    arguments.add("memwall");
    arguments.addAll(command.commandLine().getParseResult().originalArgs());
    List<Manifest.Input> inputs = new ArrayList<>();
    for (Path read : files) {
      inputs.add(new Manifest.Input(read.toString(), size(read), Workload.sha256(read)));
    }
    workload
        .file()
        .ifPresent(
            trace ->
                inputs.add(new Manifest.Input(trace.toString(), size(trace), workload.sha256())));
    return new Manifest(
        Version.text(),
        arguments,
        spec.seed(),
        inputs,
        System.getProperty("java.version", "unknown"),
        Runtime.getRuntime().availableProcessors(),
        wallSeconds,
        cpuSeconds());
  }

  private static double cpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? bean.getProcessCpuTime() * 1e-9
        : 0;
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int exitCode(RunResult result, PrintWriter err) {
    if (!result.lawsHold()) {
      for (RunResult.Law law : result.laws()) {
        if (!law.holds()) {
          err.println("broken law: " + law.name() + ": " + law.left() + " and " + law.right());
        }
      }
      return ExitCode.FAILED;
    }
    if (result.requests().completed() == 0
        && result.identity().status() == RunResult.Status.COMPLETED) {
      err.println("no request was completed");
      return ExitCode.FAILED;
    }
    return ExitCode.OK;
  }

  /** {@code out/NAME}, or the first {@code out/NAME-n} that does not exist. */
  private static Path freeFolder(String runName) {
    Path parent = Path.of("out");
    String name = folderName(runName);
    Path folder = parent.resolve(name);
    for (int n = 2; Files.exists(folder); n++) {
      folder = parent.resolve(name + "-" + n);
    }
    return folder;
  }

  /** The name of a run as that of a visible folder: it must not lead elsewhere. */
  static String folderName(String runName) {
    String name = runName.replaceAll("[/\\\\\\p{Cntrl}]+", "-").strip();
    return name.isEmpty() || name.startsWith(".") ? "run" + name : name;
  }
}
