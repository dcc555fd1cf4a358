package memwall.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import memwall.core.stat.Snapshot;
import memwall.workloads.economy.Economy;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about a run at its end: data only, filled by the application, read by
 * the writers of this package. Times are simulated picoseconds.
 *
 * @param identity name, seed, status, fingerprint
 * @param description what was simulated, in words
 * @param requests where each request ended up
 * @param tokens tokens processed
 * @param snapshot all statistics and histograms; the latencies of requests have the paths {@code
 *     requests.ttft}, {@code requests.tpot}, {@code requests.token_gap}, {@code requests.e2e} and
 *     {@code requests.queue}; one that is missing is reported as empty
 * @param attribution where the time went; sums exactly
 * @param utilisation how busy each resource was, in the order to be shown
 * @param memory who holds how many bytes, per tier
 * @param energy joules per component
 * @param economy cost and carbon over the life of the machine; null if that was not asked
 * @param wear of the flash; null if the system has none
 * @param tiering what passed between memories; null if the system places everything in one each
 * @param approximated the share of transfers that a closed form answered
 * @param laws the conservation laws and bounds that were checked
 * @param warnings full sentences, the most important first
 * @param series the run over time
 */
public record RunResult(
    Identity identity,
    Description description,
    Requests requests,
    Tokens tokens,
    Snapshot snapshot,
    Attribution attribution,
    List<Utilisation> utilisation,
    List<MemoryTier> memory,
    Energy energy,
    @Nullable Economy economy,
    @Nullable Wear wear,
    @Nullable Tiering tiering,
    Approximated approximated,
    List<Law> laws,
    List<String> warnings,
    Series series) {

  /** A run whose cost was not asked. */
  public RunResult(
      Identity identity,
      Description description,
      Requests requests,
      Tokens tokens,
      Snapshot snapshot,
      Attribution attribution,
      List<Utilisation> utilisation,
      List<MemoryTier> memory,
      Energy energy,
      @Nullable Wear wear,
      @Nullable Tiering tiering,
      Approximated approximated,
      List<Law> laws,
      List<String> warnings,
      Series series) {
    this(
        identity,
        description,
        requests,
        tokens,
        snapshot,
        attribution,
        utilisation,
        memory,
        energy,
        null,
        wear,
        tiering,
        approximated,
        laws,
        warnings,
        series);
  }

  /** Copies the lists. */
  public RunResult {
    utilisation = List.copyOf(utilisation);
    memory = List.copyOf(memory);
    laws = List.copyOf(laws);
    warnings = List.copyOf(warnings);
  }

  /** Whether every law that was checked holds. */
  public boolean lawsHold() {
    return laws.stream().allMatch(Law::holds);
  }

  /** How a run ended. */
  public enum Status {
    /** The whole trace was replayed. */
    COMPLETED,
    /** The user stopped it (Ctrl-C). */
    INTERRUPTED,
    /** A stop condition of the configuration was met. */
    STOPPED;

    /** The word in files: lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Which run this is.
   *
   * @param name of the scenario or run file
   * @param fidelity {@code exact}, {@code fast} or {@code analytic}
   * @param seed of all random streams
   * @param status how it ended
   * @param fingerprint of the order of all events
   * @param simulatedPs simulated time at the end, 0 or more
   * @param eventsFired events that fired, 0 or more
   */
  public record Identity(
      String name,
      String fidelity,
      long seed,
      Status status,
      long fingerprint,
      long simulatedPs,
      long eventsFired) {
    /** Checks the ranges. */
    public Identity {
      notNegative("simulated time", simulatedPs);
      notNegative("events fired", eventsFired);
    }

    /** The fingerprint as 16 hexadecimal digits. */
    public String fingerprintHex() {
      return String.format(Locale.ROOT, "%016x", fingerprint);
    }
  }

  /** A label and its value, for example {@code chips} and {@code 8 x H100 SXM}. */
  public record Labelled(String label, String value) {}

  /** What was simulated, in words; the first line of each list is its title. */
  public record Description(
      List<Labelled> system,
      List<Labelled> model,
      List<Labelled> precision,
      List<Labelled> sharding,
      List<Labelled> trace) {
    /** Copies the lists. */
    public Description {
      system = List.copyOf(system);
      model = List.copyOf(model);
      precision = List.copyOf(precision);
      sharding = List.copyOf(sharding);
      trace = List.copyOf(trace);
    }
  }

  /** Requests refused for one reason. */
  public record Refusal(String reason, long count) {
    /** Checks the range. */
    public Refusal {
      notNegative("refused requests", count);
    }
  }

  /**
   * Where each request ended up. The law {@code arrived = completed + refused + running + waiting}
   * is checked by the application and reported under {@link RunResult#laws}, not enforced here: a
   * run that breaks it must still be readable.
   */
  public record Requests(
      long arrived, long completed, List<Refusal> refusals, long running, long waiting) {
    /** Checks the ranges and copies the list. */
    public Requests {
      notNegative("arrived requests", arrived);
      notNegative("completed requests", completed);
      notNegative("running requests", running);
      notNegative("waiting requests", waiting);
      refusals = List.copyOf(refusals);
    }

    /** Requests refused for any reason. */
    public long refused() {
      long sum = 0;
      for (Refusal refusal : refusals) {
        sum = Math.addExact(sum, refusal.count());
      }
      return sum;
    }
  }

  /** Tokens processed: of prompts (prefill) and produced (decode). */
  public record Tokens(long prompt, long output) {
    /** Checks the ranges. */
    public Tokens {
      notNegative("prompt tokens", prompt);
      notNegative("output tokens", output);
    }
  }

  /**
   * One part of the time.
   *
   * @param key for example {@code hbm.weights}, {@code hbf.kv}, {@code compute}, {@code network},
   *     {@code overhead}, {@code staging_stall}, {@code idle}; a dot separates a memory tier from
   *     what was read there
   * @param label for readers
   * @param ps 0 or more
   * @param sentence what is counted here
   */
  public record Part(String key, String label, long ps, String sentence) {
    /** Checks the range. */
    public Part {
      notNegative("part '" + key + "'", ps);
    }
  }

  /**
   * Where the time went.
   *
   * @param sentence which time this is, for example that of the serving engine from start to end
   * @param totalPs the whole
   * @param parts in the order to be shown; they sum to the whole, to the picosecond
   */
  public record Attribution(String sentence, long totalPs, List<Part> parts) {
    /**
     * Checks the sum.
     *
     * @throws IllegalArgumentException if the parts do not sum to the total
     */
    public Attribution {
      parts = List.copyOf(parts);
      long sum = 0;
      for (Part part : parts) {
        sum = Math.addExact(sum, part.ps());
      }
      if (sum != totalPs) {
        throw new IllegalArgumentException(
            "the parts of the time sum to " + sum + " ps, the total is " + totalPs + " ps");
      }
    }
  }

  /**
   * How busy a resource was.
   *
   * @param resource for example {@code hbf array}
   * @param busyShare of the simulated time, 0 to 1
   * @param amount moved or computed, 0 or more
   * @param unit {@code bytes} or {@code FLOP}
   * @param bound what limits it when it is busy, for example {@code array bandwidth}
   */
  public record Utilisation(
      String resource, double busyShare, long amount, String unit, String bound) {
    /** Checks the ranges. */
    public Utilisation {
      share("busy share of '" + resource + "'", busyShare);
      notNegative("amount of '" + resource + "'", amount);
    }
  }

  /**
   * Who holds the bytes of one memory tier.
   *
   * @param tier for example {@code HBM}
   * @param scope what the bytes are counted over, for example {@code per chip}
   * @param capacityBytes usable bytes
   * @param weightsBytes of the model
   * @param kvPeakBytes most bytes ever reserved for keys and values
   * @param kvMeanBytes time-weighted mean of the same
   * @param activationBytes activations and buffers
   * @param freeBytes never used by anything
   */
  public record MemoryTier(
      String tier,
      String scope,
      long capacityBytes,
      long weightsBytes,
      long kvPeakBytes,
      long kvMeanBytes,
      long activationBytes,
      long freeBytes) {
    /** Checks the ranges. */
    public MemoryTier {
      notNegative("capacity of '" + tier + "'", capacityBytes);
      notNegative("weights in '" + tier + "'", weightsBytes);
      notNegative("KV peak in '" + tier + "'", kvPeakBytes);
      notNegative("KV mean in '" + tier + "'", kvMeanBytes);
      notNegative("activations in '" + tier + "'", activationBytes);
      notNegative("free bytes of '" + tier + "'", freeBytes);
    }
  }

  /** Energy of one component, in joules. */
  public record EnergyPart(String component, double joules) {
    /** Checks the range. */
    public EnergyPart {
      if (!(joules >= 0) || Double.isInfinite(joules)) {
        throw new IllegalArgumentException(
            "energy of '" + component + "' must be finite and 0 or more: " + joules + " J");
      }
    }
  }

  /**
   * Energy by component.
   *
   * @param parts in the order to be shown
   * @param meanWatts mean power over the simulated time
   * @param peakWatts highest mean power of a window of the series
   */
  public record Energy(List<EnergyPart> parts, double meanWatts, double peakWatts) {
    /** Energy of a run without windows. */
    public Energy(List<EnergyPart> parts, double meanWatts) {
      this(parts, meanWatts, meanWatts);
    }

    /** Copies the list. */
    public Energy {
      parts = List.copyOf(parts);
    }

    /** The sum of the parts, in joules. */
    public double totalJoules() {
      double sum = 0;
      for (EnergyPart part : parts) {
        sum += part.joules();
      }
      return sum;
    }
  }

  /**
   * Wear of all flash.
   *
   * @param memories wear and life of each memory made of flash, at least one
   * @param law which formula gives the years, in words
   */
  public record Wear(List<FlashLife> memories, String law) {
    /** Copies the list. */
    public Wear {
      memories = List.copyOf(memories);
      if (memories.isEmpty()) {
        throw new IllegalArgumentException("no memory wears");
      }
    }

    /** The memory that is worn out first; of equals the first. */
    public FlashLife first() {
      FlashLife first = memories.get(0);
      for (FlashLife life : memories) {
        first = life.years().left() < first.years().left() ? life : first;
      }
      return first;
    }
  }

  /**
   * How much a closed form answered instead of the state machine; zero transfers means exact.
   *
   * @param transfers approximated transfers
   * @param allTransfers of all transfers
   * @param bytes bytes in approximated transfers
   * @param allBytes bytes in all transfers
   */
  public record Approximated(long transfers, long allTransfers, long bytes, long allBytes) {
    /** Checks the ranges. */
    public Approximated {
      notNegative("approximated transfers", transfers);
      notNegative("approximated bytes", bytes);
      if (transfers > allTransfers || bytes > allBytes) {
        throw new IllegalArgumentException(
            "more approximated than there is: "
                + transfers
                + " of "
                + allTransfers
                + " transfers, "
                + bytes
                + " of "
                + allBytes
                + " bytes");
      }
    }

    /** Share of the transfers, 0 to 1; 0 if there were none. */
    public double transferShare() {
      return allTransfers == 0 ? 0 : (double) transfers / allTransfers;
    }

    /** Share of the bytes, 0 to 1; 0 if there were none. */
    public double byteShare() {
      return allBytes == 0 ? 0 : (double) bytes / allBytes;
    }
  }

  /**
   * A law that was checked.
   *
   * @param name for example {@code arrived = completed + refused + running + waiting}
   * @param relation {@code =} or {@code <=}
   * @param left value of the left side
   * @param right value of the right side
   * @param holds whether it holds
   */
  public record Law(String name, String relation, long left, long right, boolean holds) {
    /** Both sides must be equal. */
    public static Law equal(String name, long left, long right) {
      return new Law(name, "=", left, right, left == right);
    }

    /** The left side must not exceed the right. */
    public static Law atMost(String name, long left, long right) {
      return new Law(name, "<=", left, right, left <= right);
    }
  }

  /**
   * One window of the time series.
   *
   * @param startPs begin of the window
   * @param lengthPs length, at least 1
   * @param arrivals requests that arrived in it
   * @param completions requests completed in it
   * @param outputTokens tokens produced in it
   * @param promptTokens tokens of prompts processed in it
   * @param meanBatch time-weighted mean of running requests
   * @param meanWaiting time-weighted mean of waiting requests
   * @param kvShare mean share of the KV capacity in use, 0 to 1
   * @param busyShares of the resources named in {@link Series#resources}, in their order, 0 to 1
   * @param ttftP50Ps median of the times to first token that ended in it; null if none did
   * @param ttftP99Ps 99th percentile of the same; null if none did
   */
  public record Window(
      long startPs,
      long lengthPs,
      long arrivals,
      long completions,
      long outputTokens,
      long promptTokens,
      double meanBatch,
      double meanWaiting,
      double kvShare,
      List<Double> busyShares,
      @Nullable Long ttftP50Ps,
      @Nullable Long ttftP99Ps) {
    /** Checks the ranges and copies the list. */
    public Window {
      notNegative("begin of a window", startPs);
      if (lengthPs < 1) {
        throw new IllegalArgumentException("a window must last 1 ps or more: " + lengthPs + " ps");
      }
      busyShares = List.copyOf(busyShares);
    }
  }

  /**
   * The run over time, in windows that follow each other; about 2,000 at most are useful.
   *
   * @param resources names of the resources whose busy shares the windows hold
   * @param windows in order of time
   */
  public record Series(List<String> resources, List<Window> windows) {
    /**
     * Checks that the windows fit the resources and follow each other.
     *
     * @throws IllegalArgumentException if not
     */
    public Series {
      resources = List.copyOf(resources);
      windows = List.copyOf(windows);
      List<String> faults = new ArrayList<>();
      long endPs = 0;
      for (Window window : windows) {
        if (window.startPs() < endPs) {
          faults.add("window at " + window.startPs() + " ps begins before " + endPs + " ps");
        }
        if (window.busyShares().size() != resources.size()) {
          faults.add(
              "window at "
                  + window.startPs()
                  + " ps has "
                  + window.busyShares().size()
                  + " busy shares for "
                  + resources.size()
                  + " resources");
        }
        endPs = Math.addExact(window.startPs(), window.lengthPs());
      }
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults));
      }
    }
  }

  private static void notNegative(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " must be 0 or more: " + value);
    }
  }

  private static void share(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(what + " must be between 0 and 1: " + value);
    }
  }
}
