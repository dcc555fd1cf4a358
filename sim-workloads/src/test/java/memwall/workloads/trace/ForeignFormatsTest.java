package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces of others: public ones against their known sums, and what becomes of each column. */
final class ForeignFormatsTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("trace.txt"), text);
  }

  private List<Request> read(String text) throws IOException {
    return RequestReaderTest.read(file(text));
  }

  private String fault(String text) throws IOException {
    Path path = file(text);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> RequestTraces.scan(path));
    return e.getMessage().replace(path.toString(), "t");
  }

  /** Sums and ends as counted by another program, see the README beside the traces. */
  @ParameterizedTest
  @CsvSource({
    "vidur/splitwise_conv.csv, vidur, 19366, 22361870, 4088665, 0, 3501721937000000",
    "mooncake/conversation_trace.jsonl, mooncake, 12031, 144793823, 4122048, 0, 3536999000000000",
    "llmservingsim/sharegpt-llama-3.1-8b-300-sps10.jsonl, llmservingsim, 300, 257239, 195753,"
        + " 46926808000, 29183763203000",
    "llmservingsim/workload_me2_01_mixed.jsonl, llmservingsim, 608, 5604402, 1837003,"
        + " 101537000000, 61000000000000",
    "llmservingsim/example_trace.jsonl, llmservingsim, 10, 120, 591, 46926808000, 1026970077000",
    "splitwise/test_trace.csv, splitwise, 3, 8192, 56, 1000000000000, 4000000000000",
  })
  void publicTraces(
      String name, String format, long requests, long input, long output, long first, long last) {
    TraceSummary summary = RequestTraces.scan(Shared.trace(name));
    assertThat(summary.format()).isEqualTo(format);
    assertThat(summary.requests()).isEqualTo(requests);
    assertThat(summary.promptTokens()).isEqualTo(input);
    assertThat(summary.outputTokens()).isEqualTo(output);
    assertThat(summary.firstArrivalPs()).isEqualTo(first);
    assertThat(summary.lastArrivalPs()).isEqualTo(last);
    assertThat(summary.leftOut()).isZero();
  }

  /** Vidur's file is Azure's, rounded to microseconds. */
  @Test
  void vidurIsAzure() {
    try (RequestTrace azure =
            RequestTraces.open(Shared.trace("azure2023/AzureLLMInferenceTrace_conv.csv"));
        RequestTrace vidur = RequestTraces.open(Shared.trace("vidur/splitwise_conv.csv"))) {
      for (Request a = azure.next(); a != null; a = azure.next()) {
        Request b = vidur.next();
        assertThat(Math.abs(b.arrivalPs() - a.arrivalPs())).isLessThanOrEqualTo(1_000_000);
        assertThat(b.withArrivalPs(0)).isEqualTo(a.withArrivalPs(0));
      }
      assertThat(vidur.next()).isNull();
    }
  }

  /** The share of blocks that a cache without limit has, and that every prompt has all its ids. */
  @Test
  void prefixesOfMooncake() {
    try (RequestTrace trace =
        RequestTraces.open(Shared.trace("mooncake/conversation_trace.jsonl"))) {
      TraceStatistics.Prefix prefix = TraceInspector.inspect(trace).prefix();
      assertThat(prefix.blocks()).isEqualTo(288_500);
      assertThat(prefix.distinct()).isEqualTo(182_790);
      assertThat(prefix.hits()).isEqualTo(105_710);
      assertThat(prefix.hitShare()).isBetween(0.36641247, 0.36641249);
      assertThat((double) prefix.once() / prefix.distinct()).isBetween(0.75845, 0.75855);
    }
    try (RequestTrace trace =
        RequestTraces.open(Shared.trace("mooncake/conversation_trace.jsonl"))) {
      assertThat(trace.header().blockTokens()).isEqualTo(512);
      for (Request request = trace.next(); request != null; request = trace.next()) {
        assertThat(request.extras().hashIds().size())
            .isEqualTo((request.promptTokens() + 511) / 512);
      }
    }
  }

  /** Lost on the way to our format: nothing. */
  @ParameterizedTest
  @CsvSource({
    "mooncake/conversation_trace.jsonl",
    "llmservingsim/sharegpt-llama-3.1-8b-300-sps10.jsonl",
    "burstgpt/format_fixture_not_real_data/eight_columns.csv"
  })
  void survivesTheConversion(String name) {
    Path copy = folder.resolve("copy.requests.jsonl.gz");
    try (RequestTrace trace =
            new TraceConverter(RequestTraces.open(Shared.trace(name)), TraceEdit.NONE);
        RequestTraceWriter writer = RequestTraceWriter.create(copy, trace.header())) {
      TraceConverter.copy(trace, writer);
      writer.finish();
    }
    try (RequestTrace a = RequestTraces.open(Shared.trace(name));
        RequestTrace b = RequestTraces.open(copy)) {
      assertThat(b.header()).isEqualTo(a.header());
      for (Request request = a.next(); request != null; request = a.next()) {
        assertThat(b.next()).isEqualTo(request);
      }
      assertThat(b.next()).isNull();
    }
  }

  /** Two prompts of LLMServingSim have as many equal ids as equal blocks at their beginning. */
  @Test
  void blocksOfTokens() throws IOException {
    List<Request> requests =
        read(line(40, 1, 2) + line(33, 1, 2) + line(40, 1, 3) + line(16, 1, 2) + line(40, 1, 2));
    List<List<Long>> ids = new ArrayList<>();
    requests.forEach(request -> ids.add(List.copyOf(request.extras().hashIds())));
    assertThat(ids.get(0)).hasSize(3).doesNotHaveDuplicates();
    assertThat(ids.get(1)).hasSize(3);
    assertThat(ids.get(1).subList(0, 2)).isEqualTo(ids.get(0).subList(0, 2));
    assertThat(ids.get(1).get(2)).isNotEqualTo(ids.get(0).get(2));
    assertThat(ids.get(2).get(0)).isEqualTo(ids.get(0).get(0));
    assertThat(ids.get(2).subList(1, 3)).doesNotContainAnyElementsOf(ids.get(0));
    assertThat(ids.get(3)).isEqualTo(ids.get(0).subList(0, 1));
    assertThat(ids.get(4)).isEqualTo(ids.get(0));
  }

  /** A prompt whose tokens 20 and up differ by {@code second}. */
  private static String line(int tokens, int first, int second) {
    StringBuilder text = new StringBuilder("{\"input_tok_ids\": [");
    for (int i = 0; i < tokens; i++) {
      text.append(i == 0 ? "" : ", ").append(i < 20 ? first : second + i);
    }
    return text.append("], \"input_toks\": ")
        .append(tokens)
        .append(", \"output_toks\": 1, \"arrival_time_ns\": 5}\n")
        .toString();
  }

  @Test
  void sessionsOfAgents() throws IOException {
    List<Request> requests =
        read(
            """
            {"session_id": "a", "arrival_time_ns": 7, "sub_requests": [{"input_toks": 10, \
            "output_toks": 2, "tool_duration_ns": 500}, {"input_toks": 20, "output_toks": 0, \
            "tool_duration_ns": 30}, {"input_toks": 30, "output_toks": 3}]}
            {"input_toks": 5, "output_toks": 6, "arrival_time_ns": 8}
            """);
    assertThat(requests).extracting(Request::id).containsExactly("r1.0", "r1.2", "r2");
    assertThat(requests).extracting(Request::arrivalPs).containsExactly(7_000L, 7_000L, 8_000L);
    RequestExtras last = requests.get(1).extras();
    assertThat(last.session()).isEqualTo("a");
    assertThat(last.parent()).isEqualTo("r1.0");
    assertThat(last.gapAfterParentPs()).isEqualTo(530_000);
    assertThat(last.turn()).isEqualTo(2);
    assertThat(requests.get(2).extras()).isNull();
  }

  @Test
  void burstGpt() throws IOException {
    Path six = Shared.trace("burstgpt/format_fixture_not_real_data/six_columns.csv");
    Path eight = Shared.trace("burstgpt/format_fixture_not_real_data/eight_columns.csv");
    TraceSummary a = RequestTraces.scan(six);
    TraceSummary b = RequestTraces.scan(eight);
    assertThat(a.format()).isEqualTo("burstgpt");
    assertThat(a.requests() + a.leftOut()).isEqualTo(60);
    assertThat(a.leftOut()).isPositive().isEqualTo(b.leftOut());
    assertThat(b.promptTokens()).isEqualTo(a.promptTokens());
    assertThat(b.outputTokens()).isEqualTo(a.outputTokens());
    Request second = RequestReaderTest.read(eight).get(1);
    assertThat(second.id()).isEqualTo("r2");
    assertThat(second.arrivalPs()).isEqualTo(10_000_000_000_000L);
    assertThat(second.extras().session()).isEqualTo("s000");
    assertThat(second.extras().model()).isEqualTo("ChatGPT");
    assertThat(second.extras().serviceClass()).isEqualTo("Conversation log");
    assertThat(second.extras().x()).isEqualTo("{\"Elapsed time\":\"0.7\"}");
  }

  @Test
  void chatsOfBailian() throws IOException {
    List<Request> requests =
        read(
            """
            {"chat_id": 4, "parent_chat_id": -1, "timestamp": 0.25, "input_length": 17, "output_length": 3, "type": "text", "turn": 1, "hash_ids": [9, 8]}
            {"chat_id": 6, "parent_chat_id": 4, "timestamp": 61.114, "input_length": 40, "output_length": 5, "type": "file", "turn": 2, "hash_ids": [9, 8, 7], "new": {"a": 1}}
            {"chat_id": 7, "parent_chat_id": 6, "timestamp": 62, "input_length": 1, "output_length": 1, "type": "text", "turn": 3, "hash_ids": []}
            """);
    assertThat(requests)
        .extracting(Request::arrivalPs)
        .containsExactly(250_000_000_000L, 61_114_000_000_000L, 62_000_000_000_000L);
    RequestExtras last = requests.get(2).extras();
    assertThat(last.session()).isEqualTo("4");
    assertThat(last.parent()).isEqualTo("6");
    assertThat(last.turn()).isEqualTo(3);
    assertThat(List.copyOf(requests.get(1).extras().hashIds())).containsExactly(9L, 8L, 7L);
    assertThat(requests.get(1).extras().x()).isEqualTo("{\"new\":\"{\\\"a\\\": 1}\"}");
    assertThat(requests.get(1).extras().serviceClass()).isEqualTo("file");
  }

  @Test
  void frontierAddsSessionsAndBlocks() throws IOException {
    List<Request> requests =
        read(
            """
            arrived_at,num_prefill_tokens,num_decode_tokens,session_id,block_hash_ids,priority
            0.0,32,30,7,11|22,1
            1.5e-3,32.0,30,,,
            """);
    assertThat(requests.get(0).extras().session()).isEqualTo("7");
    assertThat(List.copyOf(requests.get(0).extras().hashIds())).containsExactly(11L, 22L);
    assertThat(requests.get(0).extras().x()).isEqualTo("{\"priority\":\"1\"}");
    assertThat(requests.get(1)).isEqualTo(new Request("r2", 1_500_000_000L, 32, 30));
  }

  @Test
  void blis() throws IOException {
    List<Request> requests =
        read(
            """
            request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,prefix_length,streaming,input_tokens,output_tokens,text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,model,deadline_us,slo_target_us,server_input_tokens,arrival_time_us,send_time_us,first_chunk_time_us,last_chunk_time_us,num_chunks,status,error_message,finish_reason
            0,c1,t1,standard,s1,0,,0,false,10,5,7,3,0,0,0.4,m,0,2000,0,100,200,500,900,0,ok,,stop
            1,c1,t1,standard,,1,g,4,false,10,5,10,0,0,0,0.0,,0,0,0,100000,100000,0,0,0,timeout,"too ""late"", again",
            2,c1,t1,standard,,1,,0,false,10,0,10,0,0,0,0.0,,0,0,0,100000,100000,0,0,0,error,,
            """);
    assertThat(requests).hasSize(2);
    Request first = requests.get(0);
    assertThat(first.id()).isEqualTo("0");
    assertThat(first.arrivalPs()).isEqualTo(100_000_000);
    assertThat(first.phases()).isEqualTo(Phases.thinkThenAnswer(2, 3));
    RequestExtras extras = first.extras();
    assertThat(extras.tenant()).isEqualTo("t1");
    assertThat(extras.serviceClass()).isEqualTo("standard");
    assertThat(extras.sloTtftPs()).isEqualTo(2_000_000_000L);
    assertThat(extras.media()).containsExactly(new RequestExtras.Media("image", 3));
    assertThat(extras.observed().firstPs()).isEqualTo(500_000_000);
    assertThat(extras.observed().ok()).isTrue();
    RequestExtras second = requests.get(1).extras();
    assertThat(second.observed()).isNull();
    assertThat(second.x()).contains("too \\\"late\\\", again").contains("\"status\":\"timeout\"");
  }

  @Test
  void sorted() throws IOException {
    Path path = file("arrived_at,num_prefill_tokens,num_decode_tokens\n2,1,1\n1,2,2\n1,3,3\n");
    try (RequestTrace trace = RequestTraces.openAndSort(path, null)) {
      List<String> order = new ArrayList<>();
      for (Request request = trace.next(); request != null; request = trace.next()) {
        order.add(request.id() + "@" + request.arrivalPs() / 1_000_000_000_000L);
      }
      assertThat(order).containsExactly("r2@1", "r3@1", "r1@2");
    }
    assertThat(fault("arrived_at,num_prefill_tokens,num_decode_tokens\n2,1,1\n1,2,2\n"))
        .isEqualTo(
            "t:3: the arrival 1000000000 ns is before 2000000000 ns in line 2, expected arrivals in"
                + " order ('memwall trace convert --sort' puts them there)");
  }

  @Test
  void wrongRows() throws IOException {
    assertThat(
            fault(
                "arrived_at,num_prefill_tokens,num_decode_tokens\n-1,x,1\n1e99999,1.5,1\n,1,1\n0,1\n"))
        .isEqualTo(
            """
            t:2: 'arrived_at': '-1' given, expected seconds from 0 to 4611686
            t:2: 'num_prefill_tokens': 'x' given, expected a whole number from 0 to 100000000
            t:3: 'arrived_at': '1e99999' given, expected seconds from 0 to 4611686
            t:3: 'num_prefill_tokens': '1.5' given, expected a whole number from 0 to 100000000
            t:4: 'arrived_at': '' given, expected seconds from 0 to 4611686
            t:5: found 2 cells, expected 3: arrived_at,num_prefill_tokens,num_decode_tokens""");
    assertThat(fault("arrived_at,num_prefill_tokens,num_decode_tokens,arrived_at\n0,1,1,0\n"))
        .isEqualTo("t:1: column 'arrived_at' is given twice");
    assertThat(fault("Timestamp,Request tokens,Response tokens\n0,1,1\n"))
        .isEqualTo("t:1: column 'Model' is missing");
    assertThat(fault("arrived_at,num_prefill_tokens,num_decode_tokens\n0,1,0\n"))
        .isEqualTo("t: all 1 requests have no prompt or no output tokens");
    assertThat(fault("arrived_at,num_prefill_tokens,num_decode_tokens\n"))
        .isEqualTo("t: no request in the trace, expected at least one");
    assertThat(
            fault(
                """
                {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1, 2]}
                {"timestamp": 1.5, "input_length": 600, "output_length": 5, "hash_ids": [0, -1]}
                {"timestamp": 2, "input_length": 600}
                """))
        .isEqualTo(
            """
            t:1: 'hash_ids' has 3 blocks, expected at most 2 (input 600 in blocks of 512)
            t:2:15: 'timestamp': '1.5' given, expected a whole number from 0 to 4611686018
            t:2:77: 'hash_ids': '-1' given, expected a whole number from 0 to 9223372036854775807
            t:3: 'timestamp', 'input_length' and 'output_length' are needed, as in {"timestamp": 0,\
             "input_length": 6758, "output_length": 500, "hash_ids": [0]}""");
  }
}
