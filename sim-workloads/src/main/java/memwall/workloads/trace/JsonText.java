package memwall.workloads.trace;

import java.util.Locale;
import memwall.workloads.trace.RequestExtras.Media;
import memwall.workloads.trace.RequestExtras.Observed;
import org.jspecify.annotations.Nullable;

/** Writes our JSON lines: keys in one order, no spaces, the same bytes for the same values. */
final class JsonText {
  private JsonText() {}

  /** A request as one JSON object with times in units of {@code unitPs}. */
  static void request(StringBuilder out, Request request, int unitPs) {
    out.append("{\"id\":");
    quoted(out, request.id());
    time(out, "arrival", request.arrivalPs(), unitPs);
    number(out, "input", request.promptTokens());
    number(out, "output", request.outputTokens());
    Phases phases = request.phases();
    if (phases.runs() > 0) {
      out.append(",\"phases\":");
      for (int run = 0; run < phases.runs(); run++) {
        out.append(run == 0 ? "[[\"" : ",[\"").append(phases.kind(run).text());
        out.append("\",").append(phases.tokens(run)).append(']');
      }
      out.append(']');
    }
    RequestExtras extras = request.extras();
    if (extras != null) {
      extras(out, extras, unitPs);
    }
    out.append('}');
  }

  private static void extras(StringBuilder out, RequestExtras extras, int unitPs) {
    text(out, "session", extras.session());
    text(out, "parent", extras.parent());
    if (extras.turn() >= 0) {
      number(out, "turn", extras.turn());
    }
    optionalTime(out, "gap_after_parent", extras.gapAfterParentPs(), unitPs);
    text(out, "model", extras.model());
    text(out, "tenant", extras.tenant());
    text(out, "class", extras.serviceClass());
    optionalTime(out, "slo_ttft", extras.sloTtftPs(), unitPs);
    optionalTime(out, "slo_tpot", extras.sloTpotPs(), unitPs);
    if (!extras.media().isEmpty()) {
      out.append(",\"media\":");
      char before = '[';
      for (Media part : extras.media()) {
        out.append(before).append("{\"kind\":");
        quoted(out, part.kind());
        number(out, "tokens", part.tokens());
        out.append('}');
        before = ',';
      }
      out.append(']');
    }
    if (!extras.hashIds().isEmpty()) {
      out.append(",\"hash_ids\":");
      for (int i = 0; i < extras.hashIds().size(); i++) {
        out.append(i == 0 ? '[' : ',').append(extras.hashIds().getLong(i));
      }
      out.append(']');
    }
    Observed observed = extras.observed();
    if (observed != null) {
      out.append(",\"observed\":{");
      int from = out.length();
      optionalTime(out, "queued", observed.queuedPs(), unitPs);
      optionalTime(out, "scheduled", observed.scheduledPs(), unitPs);
      optionalTime(out, "first", observed.firstPs(), unitPs);
      optionalTime(out, "last", observed.lastPs(), unitPs);
      if (observed.ok() != null) {
        out.append(",\"ok\":").append(observed.ok());
      }
      if (out.length() > from) {
        out.deleteCharAt(from);
      }
      out.append('}');
    }
    if (extras.x() != null) {
      out.append(",\"x\":").append(extras.x());
    }
  }

  static void text(StringBuilder out, String key, @Nullable String value) {
    if (value != null) {
      out.append(",\"").append(key).append("\":");
      quoted(out, value);
    }
  }

  static void number(StringBuilder out, String key, long value) {
    out.append(",\"").append(key).append("\":").append(value);
  }

  private static void optionalTime(StringBuilder out, String key, long ps, int unitPs) {
    if (ps >= 0) {
      time(out, key, ps, unitPs);
    }
  }

  /**
   * A time.
   *
   * @throws IllegalArgumentException if it is not a whole number of units
   */
  static void time(StringBuilder out, String key, long ps, int unitPs) {
    number(out, key, inUnits(ps, unitPs));
  }

  static long inUnits(long ps, int unitPs) {
    if (ps % unitPs != 0) {
      throw new IllegalArgumentException(
          ps + " ps is not a whole number of units of " + unitPs + " ps");
    }
    return ps / unitPs;
  }

  static void quoted(StringBuilder out, String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
