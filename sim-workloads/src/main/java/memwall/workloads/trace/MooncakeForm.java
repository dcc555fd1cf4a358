package memwall.workloads.trace;

import java.util.Map;
import java.util.function.Consumer;

/** Traces of Mooncake: times in milliseconds, ids of the prompt's blocks of 512 tokens. */
final class MooncakeForm implements JsonForm {
  private static final long PS_PER_MS = 1_000_000_000;
  private static final int BLOCK_TOKENS = 512;

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
            "Mooncake (kvcache-ai/Mooncake)",
            "license",
            "Apache-2.0",
            "hash_space",
            "mooncake"),
        null);
  }

  @Override
  public String example() {
    return "{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0]}";
  }

  @Override
  public void read(JsonLine line, long number, Consumer<Request> sink, Runnable failed) {
    long arrivalPs = -1;
    int input = -1;
    int output = -1;
    ExtrasBuilder extras = new ExtrasBuilder();
    for (String key = line.nextKey(); key != null; key = line.nextKey()) {
      switch (key) {
        case "timestamp" ->
            arrivalPs = PS_PER_MS * line.whole(key, 0, Request.MAX_ARRIVAL_PS / PS_PER_MS);
        case "input_length" -> input = (int) line.whole(key, 0, Request.MAX_TOKENS);
        case "output_length" -> output = (int) line.whole(key, 0, Request.MAX_TOKENS);
        case "hash_ids" -> extras.hashIds(line.wholes(key, 0));
        default -> extras.other(key, line.anything());
      }
    }
    line.end();
    if (arrivalPs < 0 || input < 0 || output < 0) {
      line.fault("'timestamp', 'input_length' and 'output_length' are needed, as in " + example());
    }
    RequestExtras built = extras.build();
    if (line.ok() && !Blocks.fit(line, input, BLOCK_TOKENS, built)) {
      return;
    }
    if (line.ok() && (input == 0 || output == 0)) {
      failed.run();
    } else if (line.ok()) {
      sink.accept(new Request("r" + number, arrivalPs, input, output, Phases.ANSWER, built));
    }
  }
}
