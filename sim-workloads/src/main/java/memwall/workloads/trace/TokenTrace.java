package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code *.tokens.jsonl}, strictly: requests in order of arrival, each before its tokens;
 * indices without gap or repetition; times that do not go back; all announced tokens present.
 * Memory holds the requests that are running, not the trace.
 */
public final class TokenTrace implements AutoCloseable {
  private static final class Live {
    final Request request;
    final long line;
    final @Nullable LongArrayList completionPs;
    int nextIndex;
    long latestPs;

    Live(Request request, long line, boolean keepTimes) {
      this.request = request;
      this.line = line;
      this.latestPs = request.arrivalPs();
      this.completionPs = keepTimes ? new LongArrayList() : null;
    }

    boolean complete() {
      return nextIndex == request.outputTokens();
    }
  }

  private final LineReader lines;
  private final InputFaults faults;
  private final TraceHeader header;
  private final TokenJson json;
  private final IdCheck ids = new IdCheck();
  private final ArrivalOrder order;
  // In order of arrival, so that faults at the end are reported in order.
  private final Map<String, Live> running = new LinkedHashMap<>();
  private final Queue<Live> recorded = new ArrayDeque<>();
  private boolean recording;
  private long requests;

  /** The reader stands on the first line. */
  TokenTrace(LineReader lines, boolean anyOrder) {
    this.lines = lines;
    this.faults = lines.faults();
    this.header = HeaderJson.read(lines, TraceHeader.TOKENS);
    this.json = new TokenJson(new JsonLine(lines), header);
    this.order = new ArrivalOrder(lines, header.timeUnitPs(), header.timeUnit(), anyOrder);
  }

  /**
   * Opens a token trace.
   *
   * @throws memwall.core.config.ConfigException if the file cannot be read or is no token trace
   */
  public static TokenTrace open(Path path) {
    LineReader lines = RequestTraces.lines(path);
    try {
      return new TokenTrace(lines, false);
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /** What the trace says about itself. */
  public TraceHeader header() {
    return header;
  }

  /**
   * The next line, or null after the last one.
   *
   * @throws memwall.core.config.ConfigException if the rest of the trace has faults: all of them,
   *     up to a limit, each with its place
   */
  public @Nullable TokenEntry next() {
    while (lines.next()) {
      TokenEntry entry = json.read();
      if (entry == null) {
        continue;
      }
      if (entry instanceof TokenEntry.Started started) {
        start(started.request());
      } else if (entry instanceof TokenEntry.Run run) {
        run(run);
      } else if (entry instanceof TokenEntry.Detail detail) {
        detail(detail);
      }
      if (faults.isEmpty()) {
        return entry;
      }
    }
    if (requests == 0 && faults.isEmpty()) {
      faults.add("the trace has a header but no request, expected at least one");
    }
    if (faults.isEmpty()) {
      for (Live live : running.values()) {
        faults.add(
            live.line,
            "request "
                + Words.quote(live.request.id())
                + " announces "
                + live.request.outputTokens()
                + " tokens, but only "
                + live.nextIndex
                + " follow");
      }
    }
    faults.throwIfAny();
    return null;
  }

  /**
   * The next request with the recorded completion times of its tokens, in order of arrival, or null
   * after the last one; an alternative to {@link #next}, not to be mixed with it. Holds the
   * requests that were running at one time.
   *
   * @throws memwall.core.config.ConfigException as {@link #next}
   */
  public @Nullable RecordedRequest nextRecorded() {
    recording = true;
    while (recorded.isEmpty() || !recorded.element().complete()) {
      if (next() == null) {
        return null;
      }
    }
    Live live = recorded.remove();
    LongArrayList times = live.completionPs;
    if (times == null) {
      throw new IllegalStateException("next and nextRecorded are mixed");
    }
    return new RecordedRequest(live.request, new LongImmutableList(times));
  }

  /** The requests alone, while all lines are checked. */
  RequestTrace asRequests() {
    TokenTrace tokens = this;
    return new RequestTrace() {
      private final TraceHeader header = tokens.header.asRequests(tokens.header.timeUnitPs());

      @Override
      public TraceHeader header() {
        return header;
      }

      @Override
      public @Nullable Request next() {
        for (TokenEntry entry = tokens.next(); entry != null; entry = tokens.next()) {
          if (entry instanceof TokenEntry.Started started) {
            return started.request();
          }
        }
        return null;
      }

      @Override
      public void close() {
        tokens.close();
      }
    };
  }

  @Override
  public void close() {
    lines.close();
  }

  private void start(Request request) {
    requests++;
    if (!ids.isNew(request.id()) || running.containsKey(request.id())) {
      fault("'id': " + Words.quote(request.id()) + " was used before, expected a new id");
      return;
    }
    order.check(request.arrivalPs());
    Live live = new Live(request, lines.number(), recording);
    running.put(request.id(), live);
    if (recording) {
      recorded.add(live);
    }
  }

  private void run(TokenEntry.Run run) {
    int count = run.completionPs().size();
    Live live = running(run.id(), run.firstIndex(), count);
    if (live == null) {
      return;
    }
    // Inside a run times cannot go back: the differences are checked when the line is read.
    if (time(live, run.firstIndex(), run.completionPs().getLong(0))) {
      live.latestPs = run.completionPs().getLong(count - 1);
      if (live.completionPs != null) {
        live.completionPs.addAll(run.completionPs());
      }
    }
    advance(live, count);
  }

  private void detail(TokenEntry.Detail detail) {
    Live live = running(detail.id(), detail.index(), detail.accepted());
    if (live == null) {
      return;
    }
    Request request = live.request;
    Phase phase = detail.phase();
    if (phase != null && phase != request.phases().at(detail.index())) {
      fault(
          "'phase' is '"
              + phase.text()
              + "', expected '"
              + request.phases().at(detail.index()).text()
              + "' as in 'phases' of the request in line "
              + live.line);
    }
    if (detail.contextTokens() > request.maxContextTokens()) {
      fault(
          "'c' is "
              + detail.contextTokens()
              + ", expected at most input + output = "
              + request.maxContextTokens());
    }
    if (time(live, detail.index(), detail.completionPs())) {
      live.latestPs = detail.completionPs();
      if (live.completionPs != null) {
        for (int i = 0; i < detail.accepted(); i++) {
          live.completionPs.add(detail.completionPs());
        }
      }
    }
    advance(live, detail.accepted());
  }

  private @Nullable Live running(String id, int index, int count) {
    Live live = running.get(id);
    if (live == null) {
      fault(
          "'id': "
              + Words.quote(id)
              + " is not running, expected a request that started in an earlier line and has tokens"
              + " left");
      return null;
    }
    if (index != live.nextIndex) {
      fault(
          "token "
              + index
              + " of "
              + Words.quote(id)
              + (index < live.nextIndex ? " is given again" : " skips some")
              + ", expected token "
              + live.nextIndex);
      return null;
    }
    if (count > live.request.outputTokens() - index) {
      fault(
          "tokens up to "
              + (index + (long) count - 1)
              + " of "
              + Words.quote(id)
              + ", expected at most "
              + live.request.outputTokens()
              + " tokens as announced in line "
              + live.line);
      return null;
    }
    return live;
  }

  private boolean time(Live live, int index, long completionPs) {
    if (completionPs >= live.latestPs) {
      return true;
    }
    int unitPs = header.timeUnitPs();
    String unit = ' ' + header.timeUnit();
    fault(
        "token "
            + index
            + " of "
            + Words.quote(live.request.id())
            + " is complete at "
            + completionPs / unitPs
            + unit
            + ", expected not before "
            + (index == 0 ? "its arrival at " : "the token before it at ")
            + live.latestPs / unitPs
            + unit);
    return false;
  }

  private void advance(Live live, int count) {
    live.nextIndex += count;
    if (live.complete()) {
      running.remove(live.request.id());
    }
  }

  private void fault(String message) {
    faults.add(lines.number(), message);
  }
}
