package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.Long2LongLinkedOpenHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Traces of Qwen on Bailian: chats that follow chats, ids of the prompt's blocks of 16 tokens. The
 * session of a chat is the first chat of its chain, among the last million chats.
 */
final class BailianForm implements JsonForm {
  private static final int BLOCK_TOKENS = 16;
  private static final long ROOT = -1;

  private final Long2LongLinkedOpenHashMap sessions = new Long2LongLinkedOpenHashMap();

  @Override
  public TraceHeader header() {
    return new TraceHeader(
        TraceHeader.REQUESTS,
        1000,
        BLOCK_TOKENS,
        0,
        0,
        Map.of(
            "source",
            "Qwen on Bailian (alibaba-edu/qwen-bailian-usagetraces-anon)",
            "license",
            "Apache-2.0",
            "hash_space",
            "qwen-bailian"),
        null);
  }

  @Override
  public String example() {
    return "{\"chat_id\": 1, \"parent_chat_id\": -1, \"timestamp\": 0.5, \"input_length\": 20,"
        + " \"output_length\": 30, \"type\": \"text\", \"turn\": 1, \"hash_ids\": [1, 2]}";
  }

  @Override
  public void read(JsonLine line, long number, Consumer<Request> sink, Runnable failed) {
    long chat = -1;
    long parent = ROOT;
    long arrivalPs = -1;
    int input = -1;
    int output = -1;
    ExtrasBuilder extras = new ExtrasBuilder();
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      switch (key) {
        case "chat_id" -> chat = line.whole(key, 0, Long.MAX_VALUE);
        case "parent_chat_id" -> parent = line.whole(key, ROOT, Long.MAX_VALUE);
        case "timestamp" -> arrivalPs = line.secondsPs(key);
        case "input_length" -> input = (int) line.whole(key, 0, Request.MAX_TOKENS);
        case "output_length" -> output = (int) line.whole(key, 0, Request.MAX_TOKENS);
        case "type" -> extras.serviceClass(line.text(key));
        case "turn" -> extras.turn((int) line.whole(key, 0, Integer.MAX_VALUE));
        case "hash_ids" -> extras.hashIds(line.wholes(key, 0));
        default -> extras.other(key, line.anything());
      }
    }
    line.end();
    if (chat < 0 || arrivalPs < 0 || input < 0 || output < 0) {
      line.fault("a key is missing, expected for example " + example());
    }
    if (!line.ok()) {
      return;
    }
    if (parent == chat) {
      line.fault("'parent_chat_id' is the chat itself, expected an earlier one or -1");
      return;
    }
    long session = parent == ROOT ? chat : sessions.getOrDefault(parent, parent);
    if (sessions.size() >= IdCheck.REMEMBERED) {
      sessions.removeFirstLong();
    }
    sessions.put(chat, session);
    if (parent != ROOT) {
      extras.parent(Long.toString(parent), -1);
    }
    RequestExtras built = extras.session(Long.toString(session)).build();
    if (!Blocks.fit(line, input, BLOCK_TOKENS, built)) {
      return;
    }
    if (input == 0 || output == 0) {
      failed.run();
    } else {
      sink.accept(new Request(Long.toString(chat), arrivalPs, input, output, Phases.ANSWER, built));
    }
  }
}
