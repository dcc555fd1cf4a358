package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.StepShape;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.trace.Request;
import org.junit.jupiter.api.Test;

/** Hand-worked batches of a tiny model with 8 bytes of KV per token. */
final class BatchFormerTest {
  private final List<Sequence> running = new ArrayList<>();
  private final WaitingLine waiting = new WaitingLine(SchedulingSpec.Order.FCFS);
  private final StepShape shape = new StepShape(TinyModel.MODEL);
  private final KvCache cache = cache(8 * 1000);

  private static KvCache cache(long bytes) {
    return new KvCache(
        new Simulation(1),
        new Stats(),
        TinyModel.MODEL,
        Precision.BF16,
        ShardingPlan.SINGLE,
        16,
        bytes);
  }

  private static Sequence sequence(String id, int prompt, int output, KvCache cache) {
    return new Sequence(
        new Request(id, 0, prompt, output), cache.bytes(prompt + output), null, false);
  }

  private BatchFormer former(int batch, int tokens, boolean chunked) {
    return new BatchFormer(new ServingSpec(batch, tokens, chunked, 16, 0.9), cache);
  }

  @Test
  void cutsPromptsToTheRestOfTheBudgetAndAdmitsInOrder() {
    waiting.add(sequence("a", 30, 5, cache));
    waiting.add(sequence("b", 50, 5, cache));
    waiting.add(sequence("c", 10, 5, cache));
    BatchFormer former = former(8, 64, true);

    former.form(shape, running, waiting, 7);
    // a: 30 tokens, b: the other 34; c waits, because nobody overtakes.
    assertThat(running).extracting(s -> s.request.id()).containsExactly("a", "b");
    assertThat(running).extracting(s -> s.scheduledTokens).containsExactly(30, 34);
    assertThat(running).extracting(s -> s.admittedPs).containsExactly(7L, 7L);
    assertThat(shape.prefillTokens()).isEqualTo(64);
    assertThat(shape.logitRows()).isEqualTo(1);
    assertThat(waiting.size()).isEqualTo(1);
  }

  @Test
  void runningSequencesComeFirstAndDecodeOneTokenEach() {
    Sequence decoding = sequence("a", 30, 5, cache);
    decoding.promptDone = 30;
    decoding.produced = 2;
    Sequence prefilling = sequence("b", 50, 5, cache);
    prefilling.promptDone = 34;
    running.add(decoding);
    running.add(prefilling);
    waiting.add(sequence("c", 100, 5, cache));
    former(8, 64, true).form(shape, running, waiting, 0);
    assertThat(running).extracting(s -> s.scheduledTokens).containsExactly(1, 16, 47);
    // The token of output index 2 attends to 30 prompt tokens and 2 outputs, its own input
    // included.
    assertThat(shape.decodeKvTokens()).isEqualTo(32);
    assertThat(shape.logitRows()).isEqualTo(2);
  }

  @Test
  void withoutChunksAPromptRunsWholeAndAlone() {
    waiting.add(sequence("long", 100, 5, cache));
    waiting.add(sequence("short", 10, 5, cache));
    former(8, 64, false).form(shape, running, waiting, 0);
    assertThat(running).extracting(s -> s.scheduledTokens).containsExactly(100);
    assertThat(waiting.size()).isEqualTo(1);
  }

  @Test
  void withoutChunksSeveralPromptsShareAStepIfTheyFit() {
    waiting.add(sequence("a", 40, 5, cache));
    waiting.add(sequence("b", 24, 5, cache));
    waiting.add(sequence("c", 1, 5, cache));
    former(8, 64, false).form(shape, running, waiting, 0);
    assertThat(running).extracting(s -> s.scheduledTokens).containsExactly(40, 24);
  }

  @Test
  void theBatchIsBounded() {
    for (int i = 0; i < 5; i++) {
      waiting.add(sequence("r" + i, 3, 2, cache));
    }
    former(3, 64, true).form(shape, running, waiting, 0);
    assertThat(running).hasSize(3);
    assertThat(waiting.size()).isEqualTo(2);
  }

  @Test
  void nobodyIsAdmittedWithoutRoomForItsFinalLength() {
    // 35 tokens take 3 blocks of 16, 48 tokens of 8 bytes.
    KvCache small = cache(8 * (48 + 47));
    BatchFormer former = new BatchFormer(new ServingSpec(8, 64, true, 16, 0.9), small);
    waiting.add(sequence("a", 30, 5, small));
    waiting.add(sequence("b", 30, 5, small));
    former.form(shape, running, waiting, 0);
    assertThat(running).hasSize(1);
    assertThat(small.usedBytes()).isEqualTo(8 * 48);
    small.release(8 * 48);
    running.clear();
    former.form(shape, running, waiting, 0);
    assertThat(running).extracting(s -> s.request.id()).containsExactly("b");
  }
}
