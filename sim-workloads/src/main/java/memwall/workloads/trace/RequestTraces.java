package memwall.workloads.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/** Opens request traces of any readable format; a new format is one line in the table here. */
public final class RequestTraces {
  /**
   * A readable format.
   *
   * @param name what a user types to force it
   * @param sentence what it is
   */
  public record Format(String name, String sentence) {}

  private record Entry(
      Format format, Predicate<String> recognises, Function<LineReader, RequestTrace> reader) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(
              new Format("requests", "our request trace, *.requests.jsonl or .gz"),
              line -> HeaderJson.recognises(line, TraceHeader.REQUESTS),
              RequestReader::new),
          new Entry(
              new Format("azure", "CSV of the Azure LLM inference traces, plain or .gz"),
              AzureReader::recognises,
              AzureReader::new),
          new Entry(
              new Format("tokens", "the requests of our token trace, *.tokens.jsonl or .gz"),
              line -> HeaderJson.recognises(line, TraceHeader.TOKENS),
              lines -> new TokenTrace(lines).asRequests()));

  private RequestTraces() {}

  /** All readable formats. */
  public static List<Format> formats() {
    return ENTRIES.stream().map(Entry::format).toList();
  }

  /**
   * Opens a trace, its format detected by its first line.
   *
   * @throws memwall.core.config.ConfigException if the file cannot be read or is no trace
   */
  public static RequestTrace open(Path path) {
    return open(path, null);
  }

  /**
   * Opens a trace.
   *
   * @param format name of a format, or null to detect it
   * @throws memwall.core.config.ConfigException if the file cannot be read, is no trace, or there
   *     is no such format
   */
  public static RequestTrace open(Path path, @Nullable String format) {
    LineReader lines = lines(path);
    try {
      return entry(lines, format).reader().apply(lines);
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /** Reads a whole trace once, its format detected: checks everything and counts. */
  public static TraceSummary scan(Path path) {
    return scan(path, null);
  }

  /**
   * Reads a whole trace once: checks everything and counts, so that a run knows before it starts
   * that the trace is good and how long it is.
   *
   * @param format name of a format, or null to detect it
   * @throws memwall.core.config.ConfigException with the first 20 faults and the number of others
   */
  public static TraceSummary scan(Path path, @Nullable String format) {
    try (LineReader lines = lines(path)) {
      Entry entry = entry(lines, format);
      RequestTrace trace = entry.reader().apply(lines);
      long requests = 0;
      long prompt = 0;
      long output = 0;
      long firstPs = 0;
      long lastPs = 0;
      int maxPrompt = 0;
      int maxOutput = 0;
      int maxContext = 0;
      for (Request request = trace.next(); request != null; request = trace.next()) {
        firstPs = requests == 0 ? request.arrivalPs() : firstPs;
        lastPs = request.arrivalPs();
        requests++;
        prompt += request.promptTokens();
        output += request.outputTokens();
        maxPrompt = Math.max(maxPrompt, request.promptTokens());
        maxOutput = Math.max(maxOutput, request.outputTokens());
        maxContext = Math.max(maxContext, request.maxContextTokens());
      }
      return new TraceSummary(
          entry.format().name(),
          trace.header(),
          requests,
          prompt,
          output,
          firstPs,
          lastPs,
          maxPrompt,
          maxOutput,
          maxContext,
          lines.sha256());
    }
  }

  /** A trace of requests that are already in memory, in order of arrival. */
  public static RequestTrace of(TraceHeader header, List<Request> requests) {
    Iterator<Request> iterator = List.copyOf(requests).iterator();
    return new RequestTrace() {
      @Override
      public TraceHeader header() {
        return header;
      }

      @Override
      public @Nullable Request next() {
        return iterator.hasNext() ? iterator.next() : null;
      }

      @Override
      public void close() {
        // Holds nothing.
      }
    };
  }

  static LineReader lines(Path path) {
    return LineReader.open(path, "trace");
  }

  private static Entry entry(LineReader lines, @Nullable String format) {
    InputFaults faults = lines.faults();
    List<String> names = new ArrayList<>();
    for (Entry entry : ENTRIES) {
      names.add(entry.format().name());
      if (format == null
          ? entry.recognises().test(lines.startOfLine())
          : entry.format().name().equals(format)) {
        return entry;
      }
    }
    if (format == null) {
      faults.add(
          1,
          "found "
              + Words.quote(lines.startOfLine())
              + ", expected a header such as {\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\"}"
              + " or TIMESTAMP,ContextTokens,GeneratedTokens");
    } else {
      faults.add(
          "unknown trace format "
              + Words.quote(format)
              + Words.didYouMean(format, names)
              + " (allowed: "
              + String.join(", ", names)
              + ")");
    }
    throw faults.exception();
  }
}
