package memwall.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.cli.report.RunResult;
import memwall.cli.report.RunResult.Labelled;
import memwall.core.stat.Snapshot;
import memwall.core.unit.Quantities;
import memwall.memory.Usage;
import memwall.workloads.execution.Parts;
import memwall.workloads.run.Fidelity;
import memwall.workloads.run.RunLaw;
import memwall.workloads.run.RunSpec;
import memwall.workloads.run.ServingRun;
import memwall.workloads.run.Workload;
import memwall.workloads.serving.SchedulingOutcome;
import memwall.workloads.serving.Series;
import memwall.workloads.serving.ServingOutcome;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.TierSpec;
import memwall.workloads.trace.TraceSummary;

/**
 * Turns a finished run into the data of its report: shares, energy, wear are derived here, once.
 */
final class ResultAssembler {
  private final RunSpec spec;
  private final Workload workload;
  private final ServingRun run;
  private final ServingOutcome outcome;
  private final List<RunLaw> laws;
  private final Snapshot snapshot;
  private final List<Series.Window> windows;

  ResultAssembler(
      RunSpec spec, Workload workload, ServingRun run, ServingOutcome outcome, List<RunLaw> laws) {
    this.spec = spec;
    this.workload = workload;
    this.run = run;
    this.outcome = outcome;
    this.laws = laws;
    this.snapshot = run.snapshot();
    this.windows = outcome.series().windows(run.simulation().nowPs());
  }

  RunResult assemble(boolean interrupted) {
    HardwareAccount hardware =
        new HardwareAccount(
            spec, outcome, run.executor().near(), run.executor().stagedBytes(), snapshot, windows);
    RunResult.Energy energy = hardware.energy();
    return new RunResult(
        new RunResult.Identity(
            spec.name(),
            lower(spec.fidelity()),
            spec.seed(),
            interrupted ? RunResult.Status.INTERRUPTED : RunResult.Status.COMPLETED,
            run.simulation().fingerprint(),
            run.simulation().nowPs(),
            run.simulation().eventsFired()),
        description(),
        new RunResult.Requests(
            outcome.arrived(),
            outcome.completed(),
            outcome.refused().entrySet().stream()
                .map(entry -> new RunResult.Refusal(entry.getKey(), entry.getValue()))
                .toList(),
            outcome.running(),
            outcome.waiting()),
        new RunResult.Tokens(outcome.promptTokens(), outcome.outputTokens()),
        snapshot,
        attribution(),
        hardware.utilisation(),
        hardware.memory(),
        energy,
        hardware.economy(energy),
        hardware.wear(),
        new TieringAccount(spec, outcome, run.executor(), snapshot).tiering(),
        approximated(hardware),
        laws.stream().map(ResultAssembler::law).toList(),
        new Warnings(spec, outcome, windows, workload.summary().leftOut(), snapshot)
            .list(interrupted),
        new RunResult.Series(
            outcome.series().resources(), windows.stream().map(ResultAssembler::window).toList()));
  }

  private RunResult.Description description() {
    ChipSpec chip = spec.system().chip();
    List<Labelled> system = new ArrayList<>();
    system.add(new Labelled("system", spec.systemName()));
    system.add(new Labelled("chips", spec.system().chips() + ""));
    for (TierSpec tier : chip.tiers()) {
      system.add(
          new Labelled(
              "memory " + tier.name() + " per chip",
              Quantities.SIZE.human((double) tier.capacityBytes(Usage.WEIGHTS))
                  + ", "
                  + Quantities.BYTE_RATE.human((double) tier.readBytesPerSec())
                  + " sustained"));
    }
    TraceSummary trace = workload.summary();
    return new RunResult.Description(
        system,
        List.of(
            new Labelled("model", spec.model().name()),
            new Labelled(
                "parameters",
                String.format(Locale.ROOT, "%.2f G", spec.model().parameterCount() * 1e-9)),
            new Labelled(
                "active parameters",
                String.format(Locale.ROOT, "%.2f G", spec.model().activeParameterCount() * 1e-9)),
            new Labelled("layers", spec.model().layers() + "")),
        List.of(
            new Labelled("weights", lower(spec.precision().weights())),
            new Labelled("KV cache", lower(spec.precision().kv())),
            new Labelled("activations", lower(spec.precision().activations())),
            new Labelled("compute", lower(spec.precision().compute()))),
        List.of(new Labelled("sharding", "tensor parallel " + spec.sharding().tensorParallel())),
        List.of(
            new Labelled("trace", workload.name()),
            new Labelled("format", trace.format()),
            new Labelled("requests", workload.requests() + " of " + trace.requests()),
            new Labelled("prompt tokens in the trace", trace.promptTokens() + ""),
            new Labelled("output tokens in the trace", trace.outputTokens() + ""),
            new Labelled("replay", workload.replayText()),
            new Labelled("SHA-256", trace.sha256())));
  }

  /**
   * The time of an average output token: the time of all requests, waiting included, divided by the
   * output tokens. Each part is rounded down and the remainders go to the largest part, so that the
   * parts sum exactly.
   */
  private RunResult.Attribution attribution() {
    BigInteger tokens = BigInteger.valueOf(Math.max(1, outcome.outputTokens()));
    List<RunResult.Part> parts = new ArrayList<>();
    parts.add(
        part(
            "queue",
            "Waiting for a place in the batch",
            outcome.waitingPs(),
            tokens,
            "From arrival to the first step that works on the request"));
    parts.add(
        part(
            "pause",
            "Waiting for the recorded time",
            outcome.pausingPs(),
            tokens,
            "Open-loop replay of a token trace: the next token was not asked for yet"));
    BigInteger total = outcome.waitingPs().add(outcome.pausingPs());
    SchedulingOutcome scheduling = outcome.scheduling();
    if (scheduling != null) {
      parts.add(
          part(
              "preempted",
              "Waiting for a place after preemption",
              scheduling.preemptedPs(),
              tokens,
              "From being put out of the batch to the next step that works on the request"));
      parts.add(
          part(
              "swap",
              "Copies to and from the host",
              scheduling.swappingPs(),
              tokens,
              "Entries of preempted requests were copied before the step could begin"));
      total = total.add(scheduling.preemptedPs()).add(scheduling.swappingPs());
    }
    List<Parts.Part> names = run.executor().parts().list();
    for (int i = 0; i < names.size(); i++) {
      BigInteger ps = outcome.stepsPs().get(i);
      total = total.add(ps);
      parts.add(
          part(names.get(i).key(), names.get(i).label(), ps, tokens, names.get(i).sentence()));
    }
    long totalPs = total.divide(tokens).longValueExact();
    long missingPs = totalPs;
    int largest = 0;
    for (int i = 0; i < parts.size(); i++) {
      missingPs -= parts.get(i).ps();
      largest = parts.get(i).ps() > parts.get(largest).ps() ? i : largest;
    }
    RunResult.Part most = parts.get(largest);
    parts.set(
        largest,
        new RunResult.Part(most.key(), most.label(), most.ps() + missingPs, most.sentence()));
    return new RunResult.Attribution(
        "Where the time of an average output token went: the time of all requests from arrival to"
            + " last token, waiting included, divided by the output tokens",
        totalPs,
        parts);
  }

  private static RunResult.Part part(
      String key, String label, BigInteger ps, BigInteger tokens, String sentence) {
    return new RunResult.Part(key, label, ps.divide(tokens).longValueExact(), sentence);
  }

  private RunResult.Approximated approximated(HardwareAccount hardware) {
    long steps = Math.round(snapshot.number("engine.steps"));
    long bytes = hardware.bytesMoved();
    return spec.fidelity() == Fidelity.ANALYTIC
        ? new RunResult.Approximated(steps, steps, bytes, bytes)
        : new RunResult.Approximated(0, steps, 0, bytes);
  }

  private static RunResult.Law law(RunLaw law) {
    return new RunResult.Law(law.name(), "=", shown(law.left()), shown(law.right()), law.holds());
  }

  /** A side of a law for the report; whether it holds was decided on the exact value. */
  private static long shown(BigInteger side) {
    return side.bitLength() < Long.SIZE ? side.longValue() : Long.MAX_VALUE;
  }

  private static RunResult.Window window(Series.Window window) {
    return new RunResult.Window(
        window.startPs(),
        window.lengthPs(),
        window.arrivals(),
        window.completions(),
        window.outputTokens(),
        window.promptTokens(),
        window.meanBatch(),
        window.meanWaiting(),
        window.kvShare(),
        window.busyShares(),
        window.ttftP50Ps(),
        window.ttftP99Ps());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Refusals by reason in words, for messages. */
  static String words(Map<String, Long> refusals) {
    List<String> list = new ArrayList<>();
    refusals.forEach((reason, count) -> list.add(count + " for " + reason));
    return String.join(", ", list);
  }
}
