package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.workloads.trace.RequestExtras.Media;
import memwall.workloads.trace.RequestExtras.Observed;
import org.jspecify.annotations.Nullable;

/** One request as a JSON object: reading and checking every field. */
final class RequestJson {
  static final String EXAMPLE = "{\"id\":\"r1\",\"arrival\":0,\"input\":374,\"output\":44}";

  /** All keys, in the order in which they are written; the first four are required. */
  static final List<String> KEYS =
      List.of(
          "id",
          "arrival",
          "input",
          "output",
          "phases",
          "session",
          "parent",
          "turn",
          "gap_after_parent",
          "model",
          "tenant",
          "class",
          "slo_ttft",
          "slo_tpot",
          "media",
          "hash_ids",
          "observed",
          "x");

  private static final int REQUIRED = 4;
  private static final List<String> PHASES = List.of("think", "answer", "tool", "draft");
  private static final List<String> MEDIA_KEYS = List.of("kind", "tokens");
  private static final List<String> MEDIA_KINDS = List.of("image", "audio", "video");
  private static final List<String> OBSERVED_KEYS =
      List.of("queued", "scheduled", "first", "last", "ok");

  private final JsonLine line;
  private final int timeUnitPs;
  private final int blockTokens;

  private int given;
  private String id = "";
  private long arrivalPs;
  private int input;
  private int output;
  private Phases phases = Phases.ANSWER;
  private @Nullable String session;
  private @Nullable String parent;
  private int turn;
  private long gapAfterParentPs;
  private LongImmutableList hashIds = LongImmutableList.of();
  private @Nullable String model;
  private @Nullable String tenant;
  private @Nullable String serviceClass;
  private long sloTtftPs;
  private long sloTpotPs;
  private List<Media> media = List.of();
  private @Nullable Observed observed;
  private @Nullable String x;

  RequestJson(JsonLine line, TraceHeader header) {
    this.line = line;
    this.timeUnitPs = header.timeUnitPs();
    this.blockTokens = header.blockTokens();
  }

  /** Reads the object that the line has begun, from its first key or from a key already reached. */
  @Nullable Request read(@Nullable String firstKey) {
    clear();
    for (String key = firstKey; key != null; key = line.nextKey()) {
      int index = KEYS.indexOf(key);
      if (index < 0) {
        line.unknown(key, KEYS);
      } else if ((given & 1 << index) != 0) {
        line.duplicate(key);
      } else {
        given |= 1 << index;
        readValue(key);
      }
    }
    line.end();
    for (int i = 0; i < REQUIRED; i++) {
      if (line.ok() && (given & 1 << i) == 0) {
        line.fault("key '" + KEYS.get(i) + "' is missing, expected for example " + EXAMPLE);
        return null;
      }
    }
    if (!line.ok() || !consistent()) {
      return null;
    }
    boolean plain = given >>> (REQUIRED + 1) == 0;
    return new Request(id, arrivalPs, input, output, phases, plain ? null : extras());
  }

  private RequestExtras extras() {
    return new RequestExtras(
        session,
        parent,
        turn,
        gapAfterParentPs,
        hashIds,
        model,
        tenant,
        serviceClass,
        sloTtftPs,
        sloTpotPs,
        media,
        observed,
        x);
  }

  private void clear() {
    if (given >>> REQUIRED != 0) {
      phases = Phases.ANSWER;
      session = null;
      parent = null;
      hashIds = LongImmutableList.of();
      model = null;
      tenant = null;
      serviceClass = null;
      media = List.of();
      observed = null;
      x = null;
    }
    turn = -1;
    gapAfterParentPs = -1;
    sloTtftPs = -1;
    sloTpotPs = -1;
    given = 0;
  }

  private void readValue(String key) {
    switch (key) {
      case "id" -> id = line.text(key);
      case "arrival" -> arrivalPs = time(key, 0);
      case "input" -> input = tokens(key);
      case "output" -> output = tokens(key);
      case "phases" -> phases = phases(key);
      case "session" -> session = line.text(key);
      case "parent" -> parent = line.text(key);
      case "turn" -> turn = (int) line.whole(key, 0, Integer.MAX_VALUE);
      case "gap_after_parent" -> gapAfterParentPs = time(key, 0);
      case "model" -> model = line.text(key);
      case "tenant" -> tenant = line.text(key);
      case "class" -> serviceClass = line.text(key);
      case "slo_ttft" -> sloTtftPs = time(key, 1);
      case "slo_tpot" -> sloTpotPs = time(key, 1);
      case "media" -> media = media(key);
      case "hash_ids" -> hashIds = line.wholes(key, 0);
      case "observed" -> observed = observed(key);
      default -> x = line.rawObject(key);
    }
  }

  private boolean consistent() {
    if (phases.runs() > 0 && phases.totalTokens() != output) {
      line.fault(
          "'phases' has " + phases.totalTokens() + " tokens in sum, expected 'output' = " + output);
    }
    if (gapAfterParentPs >= 0 && parent == null) {
      line.fault("'gap_after_parent' is given without 'parent', expected both");
    }
    if (id.equals(parent)) {
      line.fault("'parent' is the request itself, expected the id of an earlier request");
    }
    long mediaTokens = 0;
    for (Media part : media) {
      mediaTokens += part.tokens();
    }
    if (mediaTokens > input) {
      line.fault(
          "'media' has " + mediaTokens + " tokens in sum, expected at most 'input' = " + input);
    }
    Blocks.fit(line, input, blockTokens, hashIds.size());
    return line.ok();
  }

  private long time(String key, long min) {
    return line.whole(key, min, Request.MAX_ARRIVAL_PS / timeUnitPs) * timeUnitPs;
  }

  private int tokens(String key) {
    return (int) line.whole(key, 1, Request.MAX_TOKENS);
  }

  private Phases phases(String key) {
    Phase[] kinds = new Phase[4];
    int[] tokens = new int[4];
    int runs = 0;
    long sum = 0;
    if (!line.list(key, "[phase, tokens] pairs")) {
      return Phases.ANSWER;
    }
    while (line.inList()) {
      if (!line.elementIsList(key, "a pair such as [\"think\",812]")) {
        continue;
      }
      Phase kind = line.inList() ? Phase.of(line.elementText()) : null;
      if (kind == null) {
        String text = line.given();
        line.fault(
            key,
            text
                + " is no phase"
                + Words.didYouMean(text.replace("'", ""), PHASES)
                + " (allowed: "
                + String.join(", ", PHASES)
                + ")");
        line.abandon();
        return Phases.ANSWER;
      }
      long count = line.inList() ? line.element(key, 1, Request.MAX_TOKENS) : 0;
      if (count == 0 || line.inList()) {
        line.fault(key, "a pair must be a phase and a number of tokens, as [\"think\",812]");
        line.abandon();
        return Phases.ANSWER;
      }
      if (runs == kinds.length) {
        kinds = Arrays.copyOf(kinds, 2 * runs);
        tokens = Arrays.copyOf(tokens, 2 * runs);
      }
      sum += count;
      kinds[runs] = kind;
      tokens[runs++] = (int) count;
    }
    if (line.ok() && (runs == 0 || sum > Request.MAX_TOKENS)) {
      line.fault(key, sum + " tokens in sum, expected 1 to " + Request.MAX_TOKENS);
      return Phases.ANSWER;
    }
    return line.ok()
        ? Phases.of(Arrays.copyOf(kinds, runs), Arrays.copyOf(tokens, runs))
        : Phases.ANSWER;
  }

  private List<Media> media(String key) {
    if (!line.list(key, "objects such as {\"kind\":\"image\",\"tokens\":1225}")) {
      return List.of();
    }
    List<Media> parts = new ArrayList<>();
    while (line.inList()) {
      if (!line.elementIsObject(key, "an object {\"kind\":\"image\",\"tokens\":1225}")) {
        continue;
      }
      String kind = "";
      int tokens = 0;
      for (String name = line.nextKey(); name != null; name = line.nextKey()) {
        if (name.equals("kind") && kind.isEmpty()) {
          kind = word(name, MEDIA_KINDS);
        } else if (name.equals("tokens") && tokens == 0) {
          tokens = tokens(name);
        } else if (MEDIA_KEYS.contains(name)) {
          line.duplicate(name);
        } else {
          line.unknown(name, MEDIA_KEYS);
        }
      }
      if (line.ok() && (kind.isEmpty() || tokens == 0)) {
        line.fault(key, "each object needs 'kind' and 'tokens'");
      }
      parts.add(new Media(kind, tokens));
    }
    return parts;
  }

  private String word(String key, List<String> allowed) {
    String text = line.text(key);
    if (!text.isEmpty() && !allowed.contains(text)) {
      line.fault(
          key,
          Words.quote(text)
              + " is unknown"
              + Words.didYouMean(text, allowed)
              + " (allowed: "
              + String.join(", ", allowed)
              + ")");
    }
    return text;
  }

  private @Nullable Observed observed(String key) {
    if (!line.object(key, "an object such as {\"first\":120,\"last\":900,\"ok\":true}")) {
      return null;
    }
    long[] times = {-1, -1, -1, -1};
    Boolean ok = null;
    for (String name = line.nextKey(); name != null; name = line.nextKey()) {
      int index = OBSERVED_KEYS.indexOf(name);
      if (index < 0) {
        line.unknown(name, OBSERVED_KEYS);
      } else if (index == times.length ? ok != null : times[index] >= 0) {
        line.duplicate(name);
      } else if (index == times.length) {
        ok = line.bool(name);
      } else {
        times[index] = time(name, 0);
      }
    }
    long before = -1;
    for (int i = 0; i < times.length; i++) {
      if (times[i] >= 0 && times[i] < before) {
        line.fault(key, "'" + OBSERVED_KEYS.get(i) + "' is earlier than a time before it");
      }
      before = Math.max(before, times[i]);
    }
    return new Observed(times[0], times[1], times[2], times[3], ok);
  }
}
