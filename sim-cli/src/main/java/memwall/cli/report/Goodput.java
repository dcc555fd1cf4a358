package memwall.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import memwall.core.stat.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Requests that kept the limits promised to them, from the statistics of a run.
 *
 * @param judged requests that were completed or refused
 * @param kept those that kept all their limits
 * @param keptTokens output tokens of these
 * @param missed requests by the limit that they missed; one may have missed several
 * @param classes the classes of service with limits of their own
 */
record Goodput(
    long judged, long kept, long keptTokens, List<Missed> missed, List<ServiceClass> classes) {
  private static final String SLO = "slo.";
  private static final String CLASS = SLO + "class.";
  private static final String JUDGED = ".judged";
  private static final String MISSED = SLO + "missed_";
  private static final double PS_PER_SECOND = 1e12;

  /** How many missed a limit. */
  record Missed(String limit, long requests) {}

  /** Requests of a class. */
  record ServiceClass(String name, long judged, long kept) {}

  /** Copies the lists. */
  Goodput {
    missed = List.copyOf(missed);
    classes = List.copyOf(classes);
  }

  /** Share of those judged; NaN if there are none. */
  double keptShare() {
    return (double) kept / judged;
  }

  /** Of a run; null if nothing was promised in it. */
  static @Nullable Goodput of(Snapshot snapshot) {
    List<Missed> missed = new ArrayList<>();
    List<ServiceClass> classes = new ArrayList<>();
    boolean promised = false;
    for (Snapshot.Value value : snapshot.values()) {
      String path = value.path();
      promised |= path.equals(SLO + "judged");
      if (path.startsWith(MISSED)) {
        missed.add(new Missed(path.substring(MISSED.length()), Math.round(value.number())));
      } else if (path.startsWith(CLASS) && path.endsWith(JUDGED)) {
        String name = path.substring(CLASS.length(), path.length() - JUDGED.length());
        classes.add(
            new ServiceClass(
                name, Math.round(value.number()), count(snapshot, CLASS + name + ".kept")));
      }
    }
    return promised
        ? new Goodput(
            count(snapshot, SLO + "judged"),
            count(snapshot, SLO + "kept"),
            count(snapshot, SLO + "kept_tokens"),
            missed,
            classes)
        : null;
  }

  private static long count(Snapshot snapshot, String path) {
    return Math.round(snapshot.number(path));
  }

  /** The value of {@code slo} in the summary: null where nothing was promised. */
  static void write(JsonGenerator json, RunResult result) throws IOException {
    Goodput goodput = of(result.snapshot());
    if (goodput == null) {
      json.writeNull();
      return;
    }
    double seconds = result.identity().simulatedPs() / PS_PER_SECOND;
    json.writeStartObject();
    json.writeNumberField("judged", goodput.judged);
    json.writeNumberField("kept", goodput.kept);
    JsonText.number(json, "kept_share", goodput.keptShare());
    JsonText.number(json, "requests_per_sec", goodput.kept / seconds);
    JsonText.number(json, "output_tokens_per_sec", goodput.keptTokens / seconds);
    json.writeObjectFieldStart("missed");
    for (Missed one : goodput.missed) {
      json.writeNumberField(one.limit(), one.requests());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("classes");
    for (ServiceClass one : goodput.classes) {
      json.writeStartObject();
      json.writeStringField("name", one.name());
      json.writeNumberField("judged", one.judged());
      json.writeNumberField("kept", one.kept());
      JsonText.number(json, "kept_share", (double) one.kept() / one.judged());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** For readers: share, rates, and what was missed. */
  String text(long simulatedPs) {
    double seconds = simulatedPs / PS_PER_SECOND;
    StringBuilder text = new StringBuilder();
    text.append(judged == 0 ? Figures.NONE : Figures.percent(keptShare()))
        .append(" of requests kept their limits: ")
        .append(Figures.number(kept / seconds))
        .append(" requests/s, ")
        .append(Figures.number(keptTokens / seconds))
        .append(" output tokens/s");
    String before = "; missed: ";
    for (Missed one : missed) {
      if (one.requests() > 0) {
        text.append(before).append(one.limit()).append(' ').append(Figures.count(one.requests()));
        before = ", ";
      }
    }
    for (ServiceClass one : classes) {
      text.append("; ")
          .append(one.name())
          .append(' ')
          .append(
              one.judged() == 0
                  ? Figures.NONE
                  : Figures.percent((double) one.kept() / one.judged()));
    }
    return text.toString();
  }
}
