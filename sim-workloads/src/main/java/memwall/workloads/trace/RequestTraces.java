package memwall.workloads.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/** Opens request traces of any readable format; a new format is one line in the table here. */
public final class RequestTraces {
  /** The name that stands for the format of requests that are generated. */
  private static final String GENERATED = "generated";

  /**
   * A readable format.
   *
   * @param name what a user types to force it
   * @param sentence what it is
   */
  public record Format(String name, String sentence) {}

  /** Opens a trace whose lines stand on the first. */
  private interface Opener {
    RequestTrace open(LineReader lines, boolean anyOrder);
  }

  private record Entry(Format format, Predicate<String> recognises, Opener opener) {}

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
          csv(
              "burstgpt",
              "CSV of BurstGPT, with sessions or without",
              CsvForms.BURSTGPT,
              "Request tokens"),
          json(
              "mooncake",
              "JSON lines of Mooncake: milliseconds, ids of blocks of 512 tokens",
              lines -> new MooncakeForm(),
              line -> line.contains("\"input_length\"") && !line.contains("\"chat_id\"")),
          json(
              "qwen-bailian",
              "JSON lines of Qwen on Bailian: chats that follow chats",
              lines -> new BailianForm(),
              line -> line.contains("\"chat_id\"")),
          csv("vidur", "CSV of Vidur, and of Frontier", CsvForms.VIDUR, "num_prefill_tokens"),
          json(
              "llmservingsim",
              "JSON lines of LLMServingSim: nanoseconds, tokens, sessions of agents",
              lines ->
                  new LlmServingSimForm(
                      lines.startOfLine().contains('"' + LlmServingSimForm.INPUT_IDS + '"')),
              line ->
                  line.contains('"' + LlmServingSimForm.INPUT + '"')
                      || line.contains('"' + LlmServingSimForm.SUB_REQUESTS + '"')),
          csv(
              "splitwise",
              "CSV of the simulator of Splitwise",
              CsvForms.SPLITWISE,
              "arrival_timestamp"),
          csv("blis", "CSV of BLIS, TraceV2", CsvForms.BLIS, "request_id,client_id"),
          new Entry(
              new Format("tokens", "the requests of our token trace, *.tokens.jsonl or .gz"),
              line -> HeaderJson.recognises(line, TraceHeader.TOKENS),
              (lines, anyOrder) -> new TokenTrace(lines, anyOrder).asRequests()));

  private RequestTraces() {}

  private static Entry csv(String name, String sentence, CsvForm form, String column) {
    return new Entry(
        new Format(name, sentence),
        line -> !line.startsWith("{") && line.contains(column),
        (lines, anyOrder) -> new CsvRequests(lines, anyOrder, form));
  }

  private static Entry json(
      String name,
      String sentence,
      Function<LineReader, JsonForm> form,
      Predicate<String> recognises) {
    return new Entry(
        new Format(name, sentence),
        line -> line.startsWith("{") && recognises.test(line),
        (lines, anyOrder) -> new JsonRequests(lines, anyOrder, form.apply(lines)));
  }

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
    return open(path, format, false);
  }

  /**
   * Opens a trace whose requests are in any order of arrival, and puts them in order; holds all of
   * them. Requests that arrive together stay as they are.
   *
   * @param format name of a format, or null to detect it
   * @throws memwall.core.config.ConfigException if the file cannot be read, is no trace, has
   *     faults, or there is no such format
   */
  public static RequestTrace openAndSort(Path path, @Nullable String format) {
    try (RequestTrace trace = open(path, format, true)) {
      List<Request> requests = new ArrayList<>();
      for (Request request = trace.next(); request != null; request = trace.next()) {
        requests.add(request);
      }
      requests.sort(Comparator.comparingLong(Request::arrivalPs));
      return of(trace.header(), requests, trace.leftOut());
    }
  }

  private static RequestTrace open(Path path, @Nullable String format, boolean anyOrder) {
    LineReader lines = lines(path);
    try {
      return entry(lines, format).opener().open(lines, anyOrder);
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
    return scan(path, format, TraceEdit.NONE);
  }

  /**
   * Reads a trace once, as far as what is kept of it goes: checks everything and counts.
   *
   * @param format name of a format, or null to detect it
   * @throws memwall.core.config.ConfigException with the first 20 faults and the number of others
   */
  public static TraceSummary scan(Path path, @Nullable String format, TraceEdit edit) {
    try (LineReader lines = lines(path)) {
      Entry entry = entry(lines, format);
      RequestTrace trace = entry.opener().open(lines, false);
      return TraceSummary.count(
          entry.format().name(),
          edit.changes() ? new TraceConverter(trace, edit) : trace,
          lines::sha256);
    }
  }

  /** Generates requests once and counts them. */
  public static TraceSummary scan(GeneratorSpec generator, long seed, TraceEdit edit) {
    return TraceSummary.count(GENERATED, new TraceConverter(generator.open(seed), edit), () -> "");
  }

  /** A trace of requests that are already in memory, in order of arrival. */
  public static RequestTrace of(TraceHeader header, List<Request> requests) {
    return of(header, requests, 0);
  }

  private static RequestTrace of(TraceHeader header, List<Request> requests, long leftOut) {
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
      public long leftOut() {
        return leftOut;
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
              + " or TIMESTAMP,ContextTokens,GeneratedTokens"
              + " ('memwall trace formats' lists what can be read)");
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
