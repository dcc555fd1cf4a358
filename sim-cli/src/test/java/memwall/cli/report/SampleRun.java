package memwall.cli.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;

/**
 * A fabricated run with a plausible shape: an hour of chat requests with a rush in the middle,
 * replayed on a system with weights in flash. Seeded: equal arguments give equal results.
 */
final class SampleRun {
  static final long HOUR_PS = 3_600_000_000_000_000L;
  private static final int WINDOWS = 720;

  /** One row of requests.csv.gz. */
  record Row(
      long prompt, long output, long arrivalPs, long admittedPs, long firstPs, long lastPs) {}

  final RunResult result;
  final List<Row> rows;

  private SampleRun(RunResult result, List<Row> rows) {
    this.result = result;
    this.rows = rows;
  }

  static final Manifest MANIFEST =
      new Manifest(
          "0.1.0",
          List.of("memwall", "run", "traces/chat-405b-hbf/run.yaml", "-o", "out/chat"),
          7,
          List.of(new Manifest.Input("traces/chat-405b-hbf/run.yaml", 812, "ab".repeat(32))),
          "17.0.17",
          2,
          12.5,
          14.25);

  static final String CONFIG =
      """
      # name: chat-405b-hbf                 run.yaml:1:1
      system:
        preset: hbf-plus-8                  # run.yaml:3:11
        memory.weights.read_latency: 3 us   # --set
      workload:
        trace: chat.requests.jsonl          # run.yaml:6:10
      """;

  /** Writes the large run into a folder, to look at its report in a browser. */
  public static void main(String[] args) {
    large().write(Path.of(args[0]));
  }

  /** 20,000 requests in an hour. */
  static SampleRun large() {
    return of(20_000, 7);
  }

  /** A few hundred requests, for tests that need no mass. */
  static SampleRun small() {
    return of(300, 7);
  }

  static SampleRun of(int requests, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Stats stats = new Stats();
    Stats view = stats.child("requests");
    LatencyHistogram ttft = view.histogram("ttft", "Arrival to first token");
    LatencyHistogram tpot = view.histogram("tpot", "Mean gap between tokens of a request");
    LatencyHistogram gap = view.histogram("token_gap", "Gap between two tokens of a request");
    LatencyHistogram e2e = view.histogram("e2e", "Arrival to last token");
    LatencyHistogram queue = view.histogram("queue", "Arrival to admission");
    Stats hbf = stats.child("chip0").child("hbf");
    hbf.counter("read_bytes", "bytes", "Bytes read from the flash array").add(812_345_678_901_234L);
    hbf.derived("mean_queue", "1", "Mean transfers in the queue", () -> 1.0 / 3);

    long[] arrivals = new long[WINDOWS];
    long[] completions = new long[WINDOWS];
    long[] outputs = new long[WINDOWS];
    long[] prompts = new long[WINDOWS];
    double[] batch = new double[WINDOWS];
    double[] waiting = new double[WINDOWS];
    LatencyHistogram[] windowTtft = new LatencyHistogram[WINDOWS];
    Stats scratch = new Stats();
    for (int w = 0; w < WINDOWS; w++) {
      windowTtft[w] = scratch.histogram("w" + w, "TTFT in the window");
    }
    long windowPs = HOUR_PS / WINDOWS;
    List<Row> rows = new ArrayList<>();
    long promptSum = 0;
    long outputSum = 0;
    double gapNs = 21e6;
    for (int i = 0; i < requests; i++) {
      double place = rushed((i + random.nextDouble()) / requests);
      long arrivalPs = (long) (place * 0.985 * HOUR_PS);
      double rush = StrictMath.exp(-StrictMath.pow((place - 0.55) / 0.09, 2));
      long prompt = 8 + (long) lognormal(random, 6.6, 1.1);
      long output = 1 + (long) lognormal(random, 5.0, 0.9);
      double queueMs = 2 * exponential(random) + rush * rush * 1800 * exponential(random);
      long queuePs = (long) (queueMs * 1e9);
      long prefillPs = (long) ((45 + prompt * 0.11 * (1 + rush)) * 1e9);
      long firstPs = arrivalPs + queuePs + prefillPs;
      long lastPs = firstPs;
      double requestGap = gapNs * (1 + 0.9 * rush + 0.1 * random.nextDouble());
      for (long t = 1; t < output; t++) {
        double tail = random.nextInt(60) == 0 ? 1.5 + 4 * exponential(random) : 1;
        long gapPs = (long) (requestGap * 1e3 * tail * (0.97 + 0.06 * random.nextDouble()));
        gap.record(gapPs);
        lastPs += gapPs;
      }
      ttft.record(firstPs - arrivalPs);
      queue.record(queuePs);
      if (output > 1) {
        tpot.record((lastPs - firstPs) / (output - 1));
      }
      e2e.record(lastPs - arrivalPs);
      rows.add(new Row(prompt, output, arrivalPs, arrivalPs + queuePs, firstPs, lastPs));
      promptSum += prompt;
      outputSum += output;
      int from = window(firstPs, windowPs);
      int to = window(lastPs, windowPs);
      arrivals[window(arrivalPs, windowPs)]++;
      completions[to]++;
      prompts[from] += prompt;
      windowTtft[from].record(firstPs - arrivalPs);
      for (int w = from; w <= to; w++) {
        double overlap =
            (Math.min(lastPs, (w + 1) * windowPs) - Math.max(firstPs, w * windowPs))
                / (double) windowPs;
        batch[w] += Math.max(0, overlap);
        outputs[w] += output / (to - from + 1);
      }
      for (int w = window(arrivalPs, windowPs); w <= window(arrivalPs + queuePs, windowPs); w++) {
        double overlap =
            (Math.min(arrivalPs + queuePs, (w + 1) * windowPs) - Math.max(arrivalPs, w * windowPs))
                / (double) windowPs;
        waiting[w] += Math.max(0, overlap);
      }
    }
    double mostBatch = 1;
    for (double value : batch) {
      mostBatch = Math.max(mostBatch, value);
    }
    List<RunResult.Window> windows = new ArrayList<>();
    for (int w = 0; w < WINDOWS; w++) {
      double load = batch[w] / mostBatch;
      boolean any = windowTtft[w].count() > 0;
      windows.add(
          new RunResult.Window(
              w * windowPs,
              windowPs,
              arrivals[w],
              completions[w],
              outputs[w],
              prompts[w],
              batch[w],
              waiting[w],
              0.87 * load,
              List.of(
                  StrictMath.min(1, 0.35 + 0.6 * load),
                  StrictMath.min(1, 0.05 + 0.5 * load),
                  StrictMath.min(1, 0.02 + 0.2 * load)),
              any ? windowTtft[w].percentilePs(50) : null,
              any ? windowTtft[w].percentilePs(99) : null));
    }
    Snapshot snapshot = stats.snapshot(HOUR_PS);
    RunResult result =
        new RunResult(
            new RunResult.Identity(
                "chat-405b-hbf",
                "fast",
                seed,
                RunResult.Status.COMPLETED,
                0x0123_4567_89ab_cdefL,
                HOUR_PS,
                48_123_456),
            description(),
            new RunResult.Requests(requests, requests, List.of(), 0, 0),
            new RunResult.Tokens(promptSum, outputSum),
            snapshot,
            attribution(),
            List.of(
                new RunResult.Utilisation(
                    "HBF array", 0.631, 812_345_678_901_234L, "bytes", "array bandwidth"),
                new RunResult.Utilisation(
                    "HBM channels", 0.212, 96_345_678_901_234L, "bytes", "channel bandwidth"),
                new RunResult.Utilisation(
                    "tensor cores", 0.094, 61_234_567_890_123_456L, "FLOP", "FP8 rate"),
                new RunResult.Utilisation(
                    "switch links", 0.047, 9_345_678_901_234L, "bytes", "message latency")),
            List.of(
                new RunResult.MemoryTier(
                    "HBM",
                    "over 8 chips",
                    640_000_000_000L,
                    0,
                    471_000_000_000L,
                    188_000_000_000L,
                    24_000_000_000L,
                    145_000_000_000L),
                new RunResult.MemoryTier(
                    "HBF",
                    "over 8 chips",
                    4_096_000_000_000L,
                    405_000_000_000L,
                    0,
                    0,
                    0,
                    3_691_000_000_000L)),
            new RunResult.Energy(
                List.of(
                    new RunResult.EnergyPart("HBF reads", 5.2e6),
                    new RunResult.EnergyPart("HBM reads and writes", 3.1e6),
                    new RunResult.EnergyPart("arithmetic", 2.4e6),
                    new RunResult.EnergyPart("network", 0.4e6),
                    new RunResult.EnergyPart("static", 9.7e6)),
                20.8e6 / 3600),
            new RunResult.Wear(
                List.of(life("HBF", 38.2)),
                "rated cycles x capacity / (bytes programmed per year)"),
            null,
            new RunResult.Approximated(12_345, 9_876_543, 23_456_789_012L, 908_691_357_802_468L),
            List.of(
                RunResult.Law.equal(
                    "requests: arrived = completed + refused + running + waiting",
                    requests,
                    requests),
                RunResult.Law.equal("tokens: produced = asked for", outputSum, outputSum),
                RunResult.Law.atMost(
                    "bytes read from HBF <= peak x time", 812_345_678_901_234L, 1L << 50)),
            List.of(),
            new RunResult.Series(List.of("HBF array", "HBM channels", "tensor cores"), windows));
    return new SampleRun(result, rows);
  }

  private static RunResult.Description description() {
    return new RunResult.Description(
        List.of(
            new RunResult.Labelled("system", "8 chips, HBM4 + HBF, 1.6 TB/s switch"),
            new RunResult.Labelled("HBM", "80 GB at 3.35 TB/s per chip"),
            new RunResult.Labelled("HBF", "512 GB at 1.6 TB/s per chip, 4 KiB pages, 3 us")),
        List.of(
            new RunResult.Labelled("model", "Llama-3.1 405B"),
            new RunResult.Labelled("layers", "126"),
            new RunResult.Labelled("heads", "128 query, 8 key/value")),
        List.of(new RunResult.Labelled("precision", "FP8 weights, FP8 KV")),
        List.of(
            new RunResult.Labelled("sharding", "tensor parallel 8"),
            new RunResult.Labelled("replicas", "1")),
        List.of(
            new RunResult.Labelled("trace", "chat.requests.jsonl"),
            new RunResult.Labelled("requests", "20,000 in 1 h")));
  }

  private static RunResult.Attribution attribution() {
    long total = HOUR_PS;
    long[] parts = new long[8];
    long[] permille = {421, 163, 48, 92, 61, 23, 31};
    long sum = 0;
    for (int i = 0; i < permille.length; i++) {
      parts[i] = total / 1000 * permille[i];
      sum += parts[i];
    }
    parts[7] = total - sum;
    return new RunResult.Attribution(
        "Time of the serving engine from the first arrival to the end, by what held it up.",
        total,
        List.of(
            part("hbf.weights", "Weights from HBF", parts[0], "The step waited for weights."),
            part("hbm.kv", "KV from HBM", parts[1], "Attention waited for keys and values."),
            part("hbm.activations", "Activations", parts[2], "Reads and writes of activations."),
            part("compute", "Arithmetic", parts[3], "Matrix units were the later of the two."),
            part("network", "Network", parts[4], "All-reduce after attention and MLP."),
            part("overhead", "Overhead", parts[5], "Launches and scheduling between steps."),
            part("staging_stall", "Staging stalls", parts[6], "Prefetch buffer ran empty."),
            part("idle", "Idle", parts[7], "Nothing to do: no request in the system.")));
  }

  private static RunResult.Part part(String key, String label, long ps, String sentence) {
    return new RunResult.Part(key, label, ps, sentence);
  }

  /** The same run with other laws, warnings, status or counts. */
  static RunResult with(
      RunResult base,
      RunResult.Identity identity,
      RunResult.Requests requests,
      List<RunResult.Law> laws,
      List<String> warnings) {
    return new RunResult(
        identity,
        base.description(),
        requests,
        base.tokens(),
        base.snapshot(),
        base.attribution(),
        base.utilisation(),
        base.memory(),
        base.energy(),
        base.wear(),
        base.tiering(),
        base.approximated(),
        laws,
        warnings,
        base.series());
  }

  /** Flash that refresh by reads wears most. */
  static FlashLife life(String memory, double years) {
    return new FlashLife(
        memory,
        8,
        4_398_046_511_104L,
        "array",
        100_000,
        List.of(
            new FlashLife.Written("host", "KV cache", 405_000_000_000L),
            new FlashLife.Written("age", "refresh by age", 0),
            new FlashLife.Written("reads", "refresh by reads", 16_900_000_000L),
            new FlashLife.Written("swap", "swaps to level wear", 0),
            new FlashLife.Written("replay", "replay of failed programs", 0)),
        0.103,
        2,
        List.of(new FlashLife.Bin(0, 1_000), new FlashLife.Bin(1, 20), new FlashLife.Bin(2, 3)),
        new FlashLife.Load(50_625_000_000L, 1_000_000_000L, 14_000_000, 6.5e12, 85),
        new FlashLife.Intervals(86_400, 447, Double.POSITIVE_INFINITY),
        new FlashLife.Years(2_600, years, 3, 1e9, 3),
        new FlashLife.Shares(0.05, 0, 0.95, 0),
        "reads",
        new FlashLife.Change(5, years > 5, 2e9, 7e12, 900, Double.NaN, 13_000, 2));
  }

  /** A run that was interrupted before anything arrived: everything is empty. */
  static RunResult empty() {
    return new RunResult(
        new RunResult.Identity("empty", "fast", 1, RunResult.Status.INTERRUPTED, 0, 0, 0),
        new RunResult.Description(List.of(), List.of(), List.of(), List.of(), List.of()),
        new RunResult.Requests(0, 0, List.of(), 0, 0),
        new RunResult.Tokens(0, 0),
        new Snapshot(0, List.of(), List.of()),
        new RunResult.Attribution("Time of the serving engine.", 0, List.of()),
        List.of(),
        List.of(),
        new RunResult.Energy(List.of(), 0),
        null,
        null,
        new RunResult.Approximated(0, 0, 0, 0),
        List.of(),
        List.of(),
        new RunResult.Series(List.of(), List.of()));
  }

  /** Streams the requests and finishes the folder. */
  Path write(Path target) {
    RunFolder folder = RunFolder.create(target);
    try (RequestsCsv csv = RequestsCsv.open(folder.file(RequestsCsv.FILE))) {
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        csv.write(
            Integer.toString(i),
            RequestsCsv.Outcome.COMPLETED,
            row.prompt(),
            row.output(),
            row.arrivalPs(),
            row.admittedPs(),
            row.firstPs(),
            row.lastPs(),
            "");
      }
    }
    return folder.finish(result, MANIFEST, CONFIG);
  }

  /** Writes a result without requests. */
  static Path write(RunResult result, Path target) {
    RunFolder folder = RunFolder.create(target);
    RequestsCsv.open(folder.file(RequestsCsv.FILE)).close();
    return folder.finish(result, MANIFEST, CONFIG);
  }

  private static int window(long ps, long windowPs) {
    return (int) Math.min(WINDOWS - 1L, ps / windowPs);
  }

  private static double rushed(double u) {
    // Denser around 0.55: a rush hour.
    double start = 0.055 * StrictMath.sin(2 * StrictMath.PI * -0.55);
    return u + start - 0.055 * StrictMath.sin(2 * StrictMath.PI * (u - 0.55));
  }

  private static double exponential(SplittableRandom random) {
    return -StrictMath.log(1 - random.nextDouble());
  }

  private static double lognormal(SplittableRandom random, double mu, double sigma) {
    double u = 1 - random.nextDouble();
    double v = random.nextDouble();
    double normal = StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * StrictMath.PI * v);
    return StrictMath.exp(mu + sigma * normal);
  }
}
