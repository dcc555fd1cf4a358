package memwall.workloads.trace;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntImmutableList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of a token trace as a JSON object: reading and checking every field. */
final class TokenJson {
  static final int MAX_EXPERTS = 1 << 16;

  private static final List<String> RUN_KEYS = List.of("id", "i0", "t0", "dt");
  private static final List<String> DETAIL_KEYS = List.of("id", "i", "t", "phase", "c", "e", "acc");
  private static final List<String> PHASES = List.of("think", "answer", "tool", "draft");
  private static final int MAX_ACCEPTED = 1024;

  private final JsonLine line;
  private final TraceHeader header;
  private final RequestJson requests;

  TokenJson(JsonLine line, TraceHeader header) {
    this.line = line;
    this.header = header;
    this.requests = new RequestJson(line, header);
  }

  /** Reads the current line; null if it has a fault. */
  @Nullable TokenEntry read() {
    String expected = "a request, a token or a run of tokens as one JSON object";
    String decisive = line.begin(expected) ? decisiveKey() : null;
    if (decisive == null) {
      return null;
    }
    line.begin(expected);
    switch (decisive) {
      case "i0", "t0", "dt" -> {
        return run();
      }
      case "i", "t" -> {
        return detail();
      }
      default -> {
        Request request = requests.read(line.nextKey());
        return request == null ? null : new TokenEntry.Started(request);
      }
    }
  }

  private @Nullable String decisiveKey() {
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      switch (key) {
        case "i", "t", "i0", "t0", "dt", "arrival", "input", "output" -> {
          return key;
        }
        default -> line.skip();
      }
    }
    if (line.ok()) {
      line.fault(
          "found none of the keys 'arrival' (a request), 'i' (a token), 'i0' (a run of tokens)");
    }
    return null;
  }

  private TokenEntry.@Nullable Run run() {
    int given = 0;
    String id = "";
    int first = 0;
    long t0 = 0;
    LongArrayList times = new LongArrayList();
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      int index = RUN_KEYS.indexOf(key);
      if (index < 0) {
        line.unknown(key, RUN_KEYS);
        continue;
      }
      if ((given & 1 << index) != 0) {
        line.duplicate(key);
        continue;
      }
      given |= 1 << index;
      switch (key) {
        case "id" -> id = line.text(key);
        case "i0" -> first = (int) line.whole(key, 0, Request.MAX_TOKENS);
        case "t0" -> t0 = time(key);
        default -> deltas(key, times);
      }
    }
    line.end();
    if (!line.ok() || !complete(given, RUN_KEYS, RUN_KEYS.size())) {
      return null;
    }
    long[] absolute = new long[times.size() + 1];
    absolute[0] = t0;
    for (int i = 1; i < absolute.length; i++) {
      long deltaPs = times.getLong(i - 1);
      absolute[i] = absolute[i - 1] + deltaPs;
      if (deltaPs > Request.MAX_ARRIVAL_PS - absolute[i - 1]) {
        line.fault("'dt' leads beyond 53 days");
        return null;
      }
    }
    return new TokenEntry.Run(id, first, new LongImmutableList(absolute));
  }

  private void deltas(String key, LongArrayList out) {
    if (line.list(key, "whole numbers")) {
      while (line.inList()) {
        long most = Request.MAX_ARRIVAL_PS / header.timeUnitPs();
        out.add(line.element(key, 0, most) * header.timeUnitPs());
      }
    }
  }

  private TokenEntry.@Nullable Detail detail() {
    int given = 0;
    String id = "";
    int i = 0;
    long t = 0;
    Phase phase = null;
    int context = 0;
    List<IntImmutableList> experts = List.of();
    int accepted = 1;
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      int index = DETAIL_KEYS.indexOf(key);
      if (index < 0) {
        line.unknown(key, DETAIL_KEYS);
        continue;
      }
      if ((given & 1 << index) != 0) {
        line.duplicate(key);
        continue;
      }
      given |= 1 << index;
      switch (key) {
        case "id" -> id = line.text(key);
        case "i" -> i = (int) line.whole(key, 0, Request.MAX_TOKENS);
        case "t" -> t = time(key);
        case "phase" -> phase = phase(key);
        case "c" -> context = (int) line.whole(key, 1, 2L * Request.MAX_TOKENS);
        case "e" -> experts = experts(key);
        default -> accepted = (int) line.whole(key, 1, MAX_ACCEPTED);
      }
    }
    line.end();
    if (!line.ok() || !complete(given, DETAIL_KEYS, 3)) {
      return null;
    }
    return new TokenEntry.Detail(id, i, t, phase, context, experts, accepted);
  }

  private boolean complete(int given, List<String> keys, int required) {
    for (int k = 0; k < required; k++) {
      if ((given & 1 << k) == 0) {
        line.fault("key '" + keys.get(k) + "' is missing, expected " + String.join(", ", keys));
        return false;
      }
    }
    return true;
  }

  private long time(String key) {
    return line.whole(key, 0, Request.MAX_ARRIVAL_PS / header.timeUnitPs()) * header.timeUnitPs();
  }

  private @Nullable Phase phase(String key) {
    String text = line.text(key);
    Phase phase = Phase.of(text);
    if (phase == null && !text.isEmpty()) {
      line.fault(
          key,
          Words.quote(text)
              + " is no phase"
              + Words.didYouMean(text, PHASES)
              + " (allowed: "
              + String.join(", ", PHASES)
              + ")");
    }
    return phase;
  }

  private List<IntImmutableList> experts(String key) {
    List<IntImmutableList> layers = new ArrayList<>();
    if (!line.list(key, "lists of experts, one per MoE layer")) {
      return layers;
    }
    int experts = header.experts() == 0 ? MAX_EXPERTS : header.experts();
    while (line.inList()) {
      if (!line.elementIsList(key, "a list of experts such as [3,17]")) {
        continue;
      }
      IntArrayList layer = new IntArrayList();
      while (line.inList()) {
        int expert = (int) line.element(key, 0, experts - 1L);
        if (line.ok() && layer.contains(expert)) {
          line.fault(key, "expert " + expert + " twice in MoE layer " + layers.size());
        }
        layer.add(expert);
      }
      layers.add(new IntImmutableList(layer));
    }
    if (header.moeLayers() > 0 && line.ok() && layers.size() != header.moeLayers()) {
      line.fault(
          key,
          layers.size()
              + " MoE layers, expected the header's 'moe_layers' = "
              + header.moeLayers());
    }
    return layers;
  }

  /** An entry as one JSON object with times in units of {@code unitPs}. */
  static void write(StringBuilder out, TokenEntry entry, int unitPs) {
    if (entry instanceof TokenEntry.Started started) {
      JsonText.request(out, started.request(), unitPs);
    } else if (entry instanceof TokenEntry.Detail detail) {
      write(out, detail, unitPs);
    } else {
      throw new IllegalArgumentException("runs are written by TokenTraceWriter.tokens");
    }
  }

  private static void write(StringBuilder out, TokenEntry.Detail detail, int unitPs) {
    out.append("{\"id\":");
    JsonText.quoted(out, detail.id());
    JsonText.number(out, "i", detail.index());
    JsonText.time(out, "t", detail.completionPs(), unitPs);
    Phase phase = detail.phase();
    JsonText.text(out, "phase", phase == null ? null : phase.text());
    if (detail.contextTokens() > 0) {
      JsonText.number(out, "c", detail.contextTokens());
    }
    if (!detail.experts().isEmpty()) {
      out.append(",\"e\":");
      char before = '[';
      for (IntImmutableList layer : detail.experts()) {
        out.append(before).append('[');
        for (int k = 0; k < layer.size(); k++) {
          if (k > 0) {
            out.append(',');
          }
          out.append(layer.getInt(k));
        }
        out.append(']');
        before = ',';
      }
      out.append(']');
    }
    if (detail.accepted() > 1) {
      JsonText.number(out, "acc", detail.accepted());
    }
    out.append('}');
  }

  /** A run as one JSON object: {@code completionPs[from, to)}, at least one token. */
  static void writeRun(
      StringBuilder out,
      String id,
      int firstIndex,
      long[] completionPs,
      int from,
      int to,
      int unitPs) {
    out.append("{\"id\":");
    JsonText.quoted(out, id);
    JsonText.number(out, "i0", firstIndex);
    long before = JsonText.inUnits(completionPs[from], unitPs);
    JsonText.number(out, "t0", before);
    out.append(",\"dt\":[");
    for (int i = from + 1; i < to; i++) {
      long now = JsonText.inUnits(completionPs[i], unitPs);
      if (now < before) {
        throw new IllegalArgumentException(
            id + ": token " + (firstIndex + i - from) + " is complete before the one before it");
      }
      if (i > from + 1) {
        out.append(',');
      }
      out.append(now - before);
      before = now;
    }
    out.append("]}");
  }
}
