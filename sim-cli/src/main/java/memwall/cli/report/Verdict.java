package memwall.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Says in a few sentences what binds a run, derived from the numbers of its summary. */
final class Verdict {
  private static final double MOSTLY = 0.4;

  private static final Map<String, String> BINDS =
      Map.of(
          "memory", "Memory binds this run.",
          "compute", "Arithmetic binds this run.",
          "near", "Compute in or beside memory binds this run.",
          "network", "The network binds this run.",
          "overhead", "Fixed overheads bind this run.",
          "queue", "The queue binds this run: requests wait longer than they are worked on.",
          "staging_stall", "Staging stalls bind this run: weights arrive too late to hide flash.");

  private static final Map<String, String> WORDS =
      Map.of(
          "compute", "arithmetic",
          "near", "compute in or beside memory",
          "network", "the network",
          "overhead", "fixed overheads",
          "queue", "waiting for a place in the batch",
          "pause", "waiting for the recorded time",
          "staging_stall", "staging stalls");

  private static final int NAMED = 3;

  private Verdict() {}

  /** The headline, then the sentences. */
  static List<String> sentences(JsonNode summary) {
    List<String> sentences = new ArrayList<>();
    time(summary.path("time"), sentences);
    load(summary, sentences);
    latency(summary, sentences);
    return sentences;
  }

  /**
   * Memory tiers have a dot in their keys, and what they compute ends in {@code .near}; all other
   * parts stand for themselves.
   */
  private static String kind(String key) {
    if (key.endsWith(".near")) {
      return "near";
    }
    return key.indexOf('.') > 0 ? "memory" : key;
  }

  private static void time(JsonNode time, List<String> sentences) {
    Map<String, Double> kinds = new TreeMap<>();
    double busyPs = 0;
    String memoryPart = "";
    double memoryPartPs = 0;
    int memoryParts = 0;
    for (JsonNode part : time.path("parts")) {
      String kind = kind(part.path("key").asText());
      double ps = part.path("ps").asDouble();
      if (kind.equals("idle") || ps == 0) {
        continue;
      }
      busyPs += ps;
      kinds.merge(kind, ps, Double::sum);
      if (kind.equals("memory")) {
        memoryParts++;
        if (ps > memoryPartPs) {
          memoryPartPs = ps;
          memoryPart = part.path("label").asText();
        }
      }
    }
    if (busyPs == 0) {
      sentences.add("No work was done.");
      return;
    }
    List<Map.Entry<String, Double>> order = new ArrayList<>(kinds.entrySet());
    order.sort(Map.Entry.<String, Double>comparingByValue().reversed());
    Map.Entry<String, Double> most = order.get(0);
    sentences.add(
        most.getValue() / busyPs < MOSTLY
            ? "No single resource binds this run."
            : BINDS.getOrDefault(most.getKey(), "One part of the system binds this run."));
    List<String> shares = new ArrayList<>();
    for (Map.Entry<String, Double> kind : order.subList(0, Math.min(NAMED, order.size()))) {
      String share =
          Figures.percent(kind.getValue() / busyPs)
              + " went to "
              + WORDS.getOrDefault(kind.getKey(), kind.getKey().replace('_', ' '));
      shares.add(
          kind.getKey().equals("memory") && memoryParts > 1
              ? share
                  + " ("
                  + inside(memoryPart)
                  + " alone: "
                  + Figures.percent(memoryPartPs / busyPs)
                  + ")"
              : share);
    }
    sentences.add("Of the time of an average output token, " + listed(shares) + '.');
  }

  /** A label inside a sentence: {@code weights}, but {@code KV}. */
  private static String inside(String label) {
    return label.length() > 1 && Character.isLowerCase(label.charAt(1))
        ? label.substring(0, 1).toLowerCase(Locale.ROOT) + label.substring(1)
        : label;
  }

  /** {@code a, b and c}, with the verb only in the first. */
  private static String listed(List<String> items) {
    StringBuilder text = new StringBuilder(items.get(0));
    for (int i = 1; i < items.size(); i++) {
      text.append(i == items.size() - 1 ? " and " : ", ");
      text.append(items.get(i).replaceFirst(" went to ", " to "));
    }
    return text.toString();
  }

  private static void load(JsonNode summary, List<String> sentences) {
    JsonNode busiest = null;
    for (JsonNode entry : summary.path("utilisation")) {
      if (busiest == null
          || entry.path("busy_share").asDouble() > busiest.path("busy_share").asDouble()) {
        busiest = entry;
      }
    }
    if (busiest != null) {
      double share = busiest.path("busy_share").asDouble();
      sentences.add(
          "The busiest resource, "
              + busiest.path("resource").asText()
              + ", was in use "
              + Figures.percent(share)
              + " of the time (limit: "
              + busiest.path("bound").asText()
              + ")"
              + (share < MOSTLY ? ", so the system can take more load." : "."));
    }
  }

  private static void latency(JsonNode summary, List<String> sentences) {
    JsonNode ttft = summary.path("latency").path("ttft");
    if (ttft.path("count").asLong() == 0) {
      sentences.add("No request got a first token.");
      return;
    }
    StringBuilder text = new StringBuilder("Half of the requests had their first token within ");
    text.append(Figures.milliseconds(ttft.path("p50_ms").asDouble()));
    text.append("; one in a hundred waited longer than ");
    text.append(Figures.milliseconds(ttft.path("p99_ms").asDouble()));
    JsonNode queue = summary.path("latency").path("queue");
    if (queue.path("count").asLong() > 0 && ttft.path("mean_ms").asDouble() > 0) {
      double share = queue.path("mean_ms").asDouble() / ttft.path("mean_ms").asDouble();
      text.append(". Queueing is ").append(Figures.percent(Math.min(1, share)));
      text.append(" of the mean wait");
    }
    sentences.add(text.append('.').toString());
    long running = summary.path("requests").path("running").asLong();
    long waiting = summary.path("requests").path("waiting").asLong();
    if (running + waiting > 0) {
      sentences.add(
          "At the end "
              + Figures.count(running)
              + " requests were still running and "
              + Figures.count(waiting)
              + " waiting.");
    }
  }
}
