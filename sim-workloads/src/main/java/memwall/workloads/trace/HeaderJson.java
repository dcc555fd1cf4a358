package memwall.workloads.trace;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import memwall.core.input.LineReader;
import org.jspecify.annotations.Nullable;

/** The header line of our own formats: reading and checking. */
final class HeaderJson {
  private static final List<String> KEYS =
      List.of(
          "tdt",
          "kind",
          "time_unit",
          "block_tokens",
          "moe_layers",
          "experts",
          "source",
          "license",
          "epoch",
          "model",
          "tokenizer",
          "hash_space",
          "jitter",
          "x");
  private static final int MAX_BLOCK_TOKENS = 1 << 20;
  private static final int MAX_LAYERS = 10_000;

  private HeaderJson() {}

  /** Whether a first line looks like a header of this kind. */
  static boolean recognises(String line, String kind) {
    return line.startsWith("{") && line.contains("\"tdt\"") && kindIn(line).equals(kind);
  }

  private static String kindIn(String line) {
    int at = line.indexOf("\"kind\"");
    int from = at < 0 ? -1 : line.indexOf('"', at + 6);
    int to = from < 0 ? -1 : line.indexOf('"', from + 1);
    return to < 0 ? "" : line.substring(from + 1, to);
  }

  /**
   * Reads the current line, the first of the file.
   *
   * @throws memwall.core.config.ConfigException if anything is wrong with it: without a header the
   *     rest has no meaning
   */
  static TraceHeader read(LineReader lines, String kind) {
    String example = "a header such as {\"tdt\":1,\"kind\":\"" + kind + "\",\"time_unit\":\"ns\"}";
    JsonLine line = new JsonLine(lines);
    if (!line.begin(example)) {
      throw lines.faults().exception();
    }
    int given = 0;
    int timeUnitPs = 1;
    long[] numbers = new long[3];
    Map<String, String> texts = new TreeMap<>();
    String x = null;
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      int index = KEYS.indexOf(key);
      if (index < 0) {
        line.unknown(key, KEYS);
        continue;
      }
      if ((given & 1 << index) != 0) {
        line.duplicate(key);
        continue;
      }
      given |= 1 << index;
      switch (key) {
        case "tdt" -> line.whole(key, TraceHeader.VERSION, TraceHeader.VERSION);
        case "kind" -> expectKind(line, key, kind);
        case "time_unit" -> timeUnitPs = timeUnit(line, key);
        case "block_tokens" -> numbers[0] = line.whole(key, 1, MAX_BLOCK_TOKENS);
        case "moe_layers" -> numbers[1] = line.whole(key, 1, MAX_LAYERS);
        case "experts" -> numbers[2] = line.whole(key, 1, TokenJson.MAX_EXPERTS);
        case "x" -> x = line.rawObject(key);
        default -> texts.put(key, line.text(key));
      }
    }
    line.end();
    for (int i = 0; i < 3; i++) {
      if (line.ok() && (given & 1 << i) == 0) {
        line.fault("key '" + KEYS.get(i) + "' is missing, expected " + example);
      }
    }
    lines.faults().throwIfAny();
    return new TraceHeader(
        kind, timeUnitPs, (int) numbers[0], (int) numbers[1], (int) numbers[2], texts, x);
  }

  private static void expectKind(JsonLine line, String key, String kind) {
    String text = line.text(key);
    if (!text.isEmpty() && !text.equals(kind)) {
      line.fault(key, Words.quote(text) + " given, expected '" + kind + "'");
    }
  }

  private static int timeUnit(JsonLine line, String key) {
    String text = line.text(key);
    if (!text.isEmpty() && !text.equals("ns") && !text.equals("ps")) {
      line.fault(key, Words.quote(text) + " given, expected 'ns' or 'ps'");
    }
    return text.equals("ns") ? 1000 : 1;
  }

  /** The header as one line of JSON, without the end of the line. */
  static void write(StringBuilder out, TraceHeader header) {
    out.append("{\"tdt\":").append(TraceHeader.VERSION);
    JsonText.text(out, "kind", header.kind());
    JsonText.text(out, "time_unit", header.timeUnit());
    number(out, "block_tokens", header.blockTokens());
    number(out, "moe_layers", header.moeLayers());
    number(out, "experts", header.experts());
    for (String key : TraceHeader.TEXTS) {
      JsonText.text(out, key, header.texts().get(key));
    }
    raw(out, header.x());
    out.append('}');
  }

  private static void number(StringBuilder out, String key, int value) {
    if (value > 0) {
      JsonText.number(out, key, value);
    }
  }

  private static void raw(StringBuilder out, @Nullable String x) {
    if (x != null) {
      out.append(",\"x\":").append(x);
    }
  }
}
