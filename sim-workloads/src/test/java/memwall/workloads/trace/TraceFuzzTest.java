package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import memwall.core.Mutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken traces give a result or a ConfigException, nothing else. */
final class TraceFuzzTest {
  private static final int MUTATIONS = 5_000;
  private static final String LIKELY = "0123456789\"{}[],:.-eNn\n\\";

  private static final String REQUESTS =
      """
      {"tdt":1,"kind":"requests","time_unit":"ns","block_tokens":4,"source":"s","x":{"a":[1]}}
      {"id":"a","arrival":0,"input":10,"output":5}
      {"id":"b","arrival":7,"input":9,"output":5,"phases":[["think",3],["answer",2]]}
      {"id":"c","arrival":7,"input":8,"output":6,"session":"s","parent":"b","turn":1,"gap_after_parent":3}
      {"id":"d","arrival":9,"input":7,"output":7,"hash_ids":[1,2],"slo_ttft":5,"media":[{"kind":"image","tokens":3}]}
      {"id":"é","arrival":9,"input":7,"output":7,"observed":{"queued":1,"last":2,"ok":true},"x":{"k":{"l":1.5e3}}}
      """;

  private static final String AZURE =
      """
      TIMESTAMP,NumImages,ContextTokens,GeneratedTokens
      2023-11-16 18:15:46.6805900,0,374,44
      2023-11-16 18:15:50.9951690,1,396,109
      2023-11-16 18:15:51.2224670+00:00,0,879,55
      """;

  private static final String TOKENS =
      """
      {"tdt":1,"kind":"tokens","time_unit":"ps","moe_layers":2,"experts":256}
      {"id":"a","arrival":1,"input":10,"output":5,"phases":[["think",3],["answer",2]]}
      {"id":"a","i":0,"t":5,"phase":"think","c":10,"e":[[1,2],[3,4]],"acc":2}
      {"id":"b","arrival":2,"input":10,"output":3}
      {"id":"a","i0":2,"t0":9,"dt":[1,1]}
      {"id":"b","i0":0,"t0":9,"dt":[100,1]}
      """;

  private static final String BURSTGPT =
      """
      Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
      7,,7.9,GPT-4,68,381,449,API log
      10,s000,0.7,"Chat""GPT",741,19,760,Conversation log
      10.5,s000,0.7,ChatGPT,741,0,741,Conversation log
      """;

  private static final String AGENTS =
      """
      {"input_toks": 3, "output_toks": 3, "arrival_time_ns": 4, "input_tok_ids": [1, 2, 3]}
      {"session_id": "a", "arrival_time_ns": 5, "sub_requests": [{"input_toks": 9, "output_toks": 2, "tool_duration_ns": 5}, {"input_toks": 20, "output_toks": 4}]}
      """;

  private static final String BAILIAN =
      """
      {"chat_id": 4, "parent_chat_id": -1, "timestamp": 0.25, "input_length": 17, "output_length": 3, "type": "text", "turn": 1, "hash_ids": [9, 8]}
      {"chat_id": 6, "parent_chat_id": 4, "timestamp": 61.114, "input_length": 40, "output_length": 5, "type": "text", "turn": 2, "hash_ids": [9, 8, 7], "z": {"y": [1]}}
      """;

  @TempDir Path folder;

  @Test
  void burstGpt() throws IOException {
    fuzz(BURSTGPT, false, 5);
  }

  @Test
  void agents() throws IOException {
    fuzz(AGENTS, false, 6);
  }

  @Test
  void bailian() throws IOException {
    fuzz(BAILIAN, false, 7);
  }

  @Test
  void requests() throws IOException {
    fuzz(REQUESTS, false, 1);
  }

  @Test
  void azure() throws IOException {
    fuzz(AZURE, false, 2);
  }

  @Test
  void tokens() throws IOException {
    fuzz(TOKENS, false, 3);
  }

  @Test
  void gzip() throws IOException {
    fuzz(REQUESTS, true, 4);
  }

  private void fuzz(String text, boolean packed, long seed) throws IOException {
    byte[] original = text.getBytes(StandardCharsets.UTF_8);
    byte[] gzip = Mutations.gzip(original);
    Mutations.Outcome outcome =
        Mutations.check(
            folder.resolve(packed ? "fuzz.jsonl.gz" : "fuzz.jsonl"),
            MUTATIONS,
            seed,
            random -> packed ? Mutations.mutate(gzip, LIKELY, random) : mutate(text, random),
            path -> read(path, text.equals(TOKENS)));
    // A mutation inside a name or a number may leave a valid trace, and formats of others may have
    // other columns and keys; most must be found.
    assertThat(outcome.read()).isPositive();
    assertThat(outcome.refused()).isGreaterThan(MUTATIONS * 2 / 5);
  }

  private static void read(Path path, boolean mayBeTokens) throws IOException {
    TraceSummary summary = RequestTraces.scan(path);
    assertThat(summary.requests()).isPositive();
    if (mayBeTokens && summary.format().equals("tokens")) {
      try (TokenTrace trace = TokenTrace.open(path)) {
        long requests = 0;
        while (trace.nextRecorded() != null) {
          requests++;
        }
        assertThat(requests).isEqualTo(summary.requests());
      }
    }
  }

  private static byte[] mutate(String text, SplittableRandom random) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int kind = random.nextInt(6);
    if (kind == 0) {
      Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
    } else if (kind == 1) {
      int at = random.nextInt(lines.size());
      lines.set(at, lines.get(at).substring(0, random.nextInt(lines.get(at).length())));
    } else if (kind == 2) {
      lines.remove(random.nextInt(lines.size()));
    } else if (kind == 3) {
      lines.add(random.nextInt(lines.size()), lines.get(random.nextInt(lines.size())));
    }
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    return kind < 3 && random.nextBoolean() ? bytes : Mutations.mutate(bytes, LIKELY, random);
  }
}
