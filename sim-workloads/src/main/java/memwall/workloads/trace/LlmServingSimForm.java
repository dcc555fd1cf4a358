package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Traces of LLMServingSim: times in nanoseconds, tokens of prompts, whose blocks of 16 get ids. A
 * line with {@code sub_requests} is a session of an agent: each of them starts the duration of a
 * tool after the end of the one before.
 */
final class LlmServingSimForm implements JsonForm {
  static final String INPUT = "input_toks";
  static final String SUB_REQUESTS = "sub_requests";

  private static final String OUTPUT = "output_toks";
  private static final String ARRIVAL = "arrival_time_ns";
  private static final String TOOL = "tool_duration_ns";
  static final String INPUT_IDS = "input_tok_ids";
  private static final String OUTPUT_IDS = "output_tok_ids";
  private static final List<String> PART_KEYS = List.of(INPUT, OUTPUT, TOOL, INPUT_IDS, OUTPUT_IDS);
  private static final int BLOCK_TOKENS = 16;
  private static final long PS_PER_NS = 1_000;
  private static final long MAX_NS = Request.MAX_ARRIVAL_PS / PS_PER_NS;

  private final boolean hasTokens;
  private final BlockHash hash = new BlockHash(BLOCK_TOKENS);

  /**
   * A form.
   *
   * @param hasTokens whether the first line has the tokens of its prompt
   */
  LlmServingSimForm(boolean hasTokens) {
    this.hasTokens = hasTokens;
  }

  private static final class Part {
    int input = -1;
    int output = -1;
    long toolPs = -1;
    LongImmutableList ids = LongImmutableList.of();
  }

  @Override
  public TraceHeader header() {
    return new TraceHeader(
        TraceHeader.REQUESTS,
        1000,
        hasTokens ? BLOCK_TOKENS : 0,
        0,
        0,
        Map.of("source", "a trace in the format of LLMServingSim"),
        null);
  }

  @Override
  public String example() {
    return "{\"input_toks\": 10, \"output_toks\": 70, \"arrival_time_ns\": 46926808}";
  }

  @Override
  public void read(JsonLine line, long number, Consumer<Request> sink, Runnable failed) {
    long arrivalPs = -1;
    String session = null;
    Part whole = new Part();
    List<Part> parts = new ArrayList<>();
    List<String[]> others = new ArrayList<>();
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      switch (key) {
        case ARRIVAL -> arrivalPs = PS_PER_NS * line.whole(key, 0, MAX_NS);
        case "session_id" -> session = line.anything();
        case SUB_REQUESTS -> parts(line, parts);
        case INPUT, OUTPUT, TOOL, INPUT_IDS, OUTPUT_IDS -> read(line, key, whole);
        default -> others.add(new String[] {key, line.anything()});
      }
    }
    line.end();
    boolean isSession = !parts.isEmpty();
    if (line.ok() && (arrivalPs < 0 || (!isSession && (whole.input < 0 || whole.output < 0)))) {
      line.fault("a key is missing, expected for example " + example());
    }
    if (!line.ok()) {
      return;
    }
    if (!isSession) {
      ExtrasBuilder extras = new ExtrasBuilder().hashIds(whole.ids).session(session);
      others.forEach(other -> extras.other(other[0], other[1]));
      give("r" + number, arrivalPs, whole, extras, sink, failed);
      return;
    }
    String name = session == null || session.isEmpty() ? "s" + number : session;
    String before = null;
    long gapPs = 0;
    for (int turn = 0; turn < parts.size(); turn++) {
      Part part = parts.get(turn);
      ExtrasBuilder extras = new ExtrasBuilder().hashIds(part.ids).session(name).turn(turn);
      if (before != null) {
        extras.parent(before, gapPs);
      }
      if (give("r" + number + '.' + turn, arrivalPs, part, extras, sink, failed)) {
        before = "r" + number + '.' + turn;
        gapPs = 0;
      }
      gapPs += Math.max(0, part.toolPs);
    }
  }

  private static boolean give(
      String id,
      long arrivalPs,
      Part part,
      ExtrasBuilder extras,
      Consumer<Request> sink,
      Runnable failed) {
    if (part.input == 0 || part.output == 0) {
      failed.run();
      return false;
    }
    sink.accept(new Request(id, arrivalPs, part.input, part.output, Phases.ANSWER, extras.build()));
    return true;
  }

  private void parts(JsonLine line, List<Part> parts) {
    if (!line.list(SUB_REQUESTS, "objects such as {\"input_toks\": 10, \"output_toks\": 70}")) {
      return;
    }
    while (line.inList()) {
      if (!line.elementIsObject(SUB_REQUESTS, "an object with input_toks and output_toks")) {
        continue;
      }
      Part part = new Part();
      for (String key = line.nextKey(); key != null; key = line.nextKey()) {
        if (PART_KEYS.contains(key)) {
          read(line, key, part);
        } else {
          line.skip();
        }
      }
      if (line.ok() && (part.input < 0 || part.output < 0)) {
        line.fault(SUB_REQUESTS, "each needs 'input_toks' and 'output_toks'");
      }
      parts.add(part);
    }
    if (line.ok() && parts.isEmpty()) {
      line.fault(SUB_REQUESTS, "an empty list given, expected at least one request");
    }
  }

  private void read(JsonLine line, String key, Part part) {
    switch (key) {
      case INPUT -> part.input = (int) line.whole(key, 0, Request.MAX_TOKENS);
      case OUTPUT -> part.output = (int) line.whole(key, 0, Request.MAX_TOKENS);
      case TOOL -> part.toolPs = PS_PER_NS * line.whole(key, 0, MAX_NS);
      case INPUT_IDS -> part.ids = blocks(line, key);
      default -> line.skip(); // What was generated is not needed.
    }
  }

  private LongImmutableList blocks(JsonLine line, String key) {
    if (!line.list(key, "whole numbers")) {
      return LongImmutableList.of();
    }
    hash.begin();
    while (line.inList()) {
      hash.add(line.element(key, 0, Long.MAX_VALUE));
    }
    // Without a size of blocks in the header they would mean nothing.
    return hasTokens ? hash.ids() : LongImmutableList.of();
  }
}
