package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import it.unimi.dsi.fastutil.longs.LongList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import memwall.workloads.trace.Phases;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestTrace;
import memwall.workloads.trace.RequestTraces;
import org.junit.jupiter.api.Test;

/** Prefixes of a recorded trace, kept for ever. */
final class PrefixHitsTest {
  private static final int BLOCK = 512;

  /**
   * The published figure counts the last, partial block of a prompt too: 105,710 of 288,500 blocks.
   * An engine shares whole blocks in front of the last token, 105,592, as vLLM does. Both are 36.6
   * %. What order requests are in when the cache sees them does not depend on the machine, because
   * nobody overtakes.
   */
  @Test
  void ofMooncake() {
    Path file =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/traces/mooncake/conversation_trace.jsonl")
            .normalize();
    assumeTrue(Files.exists(file), "skipped: reference data " + file + " is absent");
    List<Request> requests = new ArrayList<>();
    try (RequestTrace trace = RequestTraces.open(file)) {
      for (Request request = trace.next(); request != null; request = trace.next()) {
        // Outputs do not matter here, and take most of the time.
        requests.add(
            new Request(
                request.id(),
                request.arrivalPs(),
                request.promptTokens(),
                1,
                Phases.ANSWER,
                request.extras()));
      }
    }
    assertThat(hits(requests, false)).isEqualTo(105_710);
    long whole = hits(requests, true);
    assertThat(whole).isEqualTo(105_592);

    SchedulingSpec shared =
        new SchedulingSpec(
            SchedulingSpec.Admission.CURRENT,
            SchedulingSpec.Preemption.RECOMPUTE,
            SchedulingSpec.Order.FCFS,
            Map.of(),
            null,
            true);
    ServingSpec spec = new ServingSpec(64, 8192, true, 16, 0.9).withScheduling(shared);
    PreemptionTest.Run run =
        new PreemptionTest.Run(spec, TinyModel.LONG, Long.MAX_VALUE / 4, BLOCK, requests);
    SchedulingOutcome.Prefixes prefixes = run.scheduling().prefixes();
    assertThat(prefixes.seenBlocks()).isEqualTo(288_500);
    assertThat(prefixes.hitBlocks()).isEqualTo(whole);
    assertThat(prefixes.hitTokens()).isEqualTo(whole * BLOCK);
    assertThat(prefixes.seenTokens()).isEqualTo(144_793_823);
    assertThat(prefixes.evictedBlocks()).isZero();
    assertThat(run.outcome.promptTokens()).isEqualTo(144_793_823 - whole * BLOCK);
    assertThat(Math.round(1000.0 * prefixes.hitBlocks() / prefixes.seenBlocks())).isEqualTo(366);
  }

  /** Blocks that were seen, and all blocks before them in the prompt too. */
  private static long hits(List<Request> requests, boolean wholeOnly) {
    LongOpenHashSet seen = new LongOpenHashSet();
    long hits = 0;
    for (Request request : requests) {
      LongList ids = request.extras().hashIds();
      int count = wholeOnly ? (request.promptTokens() - 1) / BLOCK : ids.size();
      int i = 0;
      while (i < count && seen.contains(ids.getLong(i))) {
        i++;
      }
      hits += i;
      seen.addAll(ids.subList(0, wholeOnly ? request.promptTokens() / BLOCK : count));
    }
    return hits;
  }
}
