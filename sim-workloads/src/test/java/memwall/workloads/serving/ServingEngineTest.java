package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Snapshot;
import memwall.core.stat.Stats;
import memwall.workloads.execution.Parts;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.trace.RecordedRequest;
import memwall.workloads.trace.Request;
import org.junit.jupiter.api.Test;

/** The engine with steps of one microsecond. */
final class ServingEngineTest {
  private static final long STEP = 1_000_000;

  private final Simulation simulation = new Simulation(1);
  private final Stats stats = new Stats();
  private final FixedExecutor executor = new FixedExecutor(simulation, STEP);
  private final List<RequestRecord> records = new ArrayList<>();
  private final List<long[]> tokens = new ArrayList<>();

  private ServingEngine engine(ServingSpec spec, long kvBytes, List<RequestSource.Item> items) {
    Iterator<RequestSource.Item> iterator = items.iterator();
    RequestSource source =
        new RequestSource() {
          @Override
          public Item next() {
            return iterator.hasNext() ? iterator.next() : null;
          }

          @Override
          public void close() {}
        };
    ServingObserver observer =
        new ServingObserver() {
          @Override
          public void ended(RequestRecord record) {
            records.add(record);
          }

          @Override
          public boolean wantsTokens() {
            return true;
          }

          @Override
          public void tokens(Request request, long[] completionPs, int produced) {
            tokens.add(Arrays.copyOf(completionPs, produced));
          }
        };
    StepBusy busy =
        new StepBusy() {
          @Override
          public List<String> resources() {
            return List.of("compute");
          }

          @Override
          public double busyPs(int resource, OperatorPlan plan) {
            return STEP / 2.0;
          }
        };
    return new ServingEngine(
        simulation,
        stats,
        executor,
        new OperatorPlan(TinyModel.MODEL, Precision.BF16, ShardingPlan.SINGLE),
        TinyModel.MODEL,
        Precision.BF16,
        ShardingPlan.SINGLE,
        spec,
        kvBytes,
        source,
        busy,
        observer);
  }

  private ServingOutcome run(ServingSpec spec, long kvBytes, List<RequestSource.Item> items) {
    ServingEngine engine = engine(spec, kvBytes, items);
    engine.start();
    simulation.run();
    return engine.finish();
  }

  private static RequestSource.Item item(String id, long arrivalPs, int prompt, int output) {
    return new RequestSource.Item(new Request(id, arrivalPs, prompt, output), null);
  }

  private static RequestSource.Item follower(
      String id, String parent, long arrivalPs, long gapPs, int prompt) {
    return new RequestSource.Item(Requests.follower(id, parent, arrivalPs, gapPs, prompt), null);
  }

  /** Each takes two steps: a prompt of one chunk with the first token, and the second token. */
  @Test
  void whoFollowsArrivesAfterTheEndAndTheGap() {
    ServingOutcome outcome =
        run(
            SPEC,
            1 << 20,
            List.of(
                item("a", 100, 10, 2),
                follower("b", "a", 100, 5_000, 10),
                follower("c", "b", 200, 0, 10),
                follower("d", "a", 50 * STEP, 1, 10),
                item("e", 60 * STEP, 10, 2),
                follower("f", "a", 60 * STEP, 7 * STEP, 10),
                follower("g", "a", 60 * STEP, 70 * STEP, 10),
                follower("h", "nobody", 61 * STEP, 7, 10)));
    assertThat(outcome.completed()).isEqualTo(8);
    List<String> arrivals = new ArrayList<>();
    records.forEach(record -> arrivals.add(record.id() + " " + record.arrivalPs()));
    long aEnds = 100 + 2 * STEP;
    long bEnds = aEnds + 5_000 + 2 * STEP;
    assertThat(arrivals)
        .containsExactlyInAnyOrder(
            "a 100",
            "b " + (aEnds + 5_000),
            "c " + bEnds,
            "d " + 50 * STEP, // Its own arrival is later than the end and the gap.
            "e " + 60 * STEP,
            "f " + 60 * STEP,
            "g " + (aEnds + 70 * STEP),
            "h " + 61 * STEP);
  }

  /** Nobody waits for ever: a conversation ends with the request that is refused. */
  @Test
  void whoFollowsARefusedRequestIsRefused() {
    ServingOutcome outcome =
        run(
            SPEC,
            1 << 20,
            List.of(
                item("a", 100, TinyModel.MODEL.maxContext(), 2),
                follower("b", "a", 100, 0, 10),
                follower("c", "b", 100, 0, 10),
                item("z", 200, 10, 2)));
    assertThat(outcome.arrived()).isEqualTo(4);
    assertThat(outcome.completed()).isEqualTo(1);
    assertThat(outcome.refused()).containsExactly(entry("context", 1L), entry("parent", 2L));
  }

  /** A thousand conversations of random length: every turn is served, each after the one before. */
  @Test
  void conversations() {
    SplittableRandom random = new SplittableRandom(5);
    List<RequestSource.Item> items = new ArrayList<>();
    for (int session = 0; session < 1_000; session++) {
      long arrivalPs = session * 3L * STEP;
      items.add(item("s" + session + ".0", arrivalPs, 1 + random.nextInt(90), 2));
      int turns = random.nextInt(6);
      for (int turn = 1; turn <= turns; turn++) {
        items.add(
            follower(
                "s" + session + "." + turn,
                "s" + session + "." + (turn - 1),
                arrivalPs,
                random.nextLong(20 * STEP),
                1 + random.nextInt(90)));
      }
    }
    ServingOutcome outcome = run(SPEC, 1 << 20, items);
    assertThat(outcome.completed()).isEqualTo(items.size());
    Map<String, RequestRecord> byId = new HashMap<>();
    records.forEach(record -> byId.put(record.id(), record));
    for (RequestSource.Item item : items) {
      if (item.request().extras() != null) {
        RequestRecord parent = byId.get(item.request().extras().parent());
        assertThat(byId.get(item.request().id()).arrivalPs())
            .isEqualTo(parent.lastTokenPs() + item.request().extras().gapAfterParentPs());
      }
    }
  }

  /** Limits are kept up to the picosecond; a request's own go before those of its class. */
  @Test
  void limits() {
    SloSpec.Limits general = new SloSpec.Limits(STEP, 2 * STEP, 3 * STEP);
    SloSpec.Limits batch = new SloSpec.Limits(2 * STEP - 1, Long.MAX_VALUE, Long.MAX_VALUE);
    SloSpec slo = new SloSpec(general, Map.of("batch", batch));
    run(
        new ServingSpec(8, 64, true, 16, 0.9, slo),
        1 << 20,
        List.of(
            item("a", 0, 10, 3), // one step to the first token, three to the last
            item("b", 100 * STEP, 100, 2), // two steps to the first
            item("c", 200 * STEP, 10, 4), // four steps
            item("d", 300 * STEP, TinyModel.MODEL.maxContext(), 2), // refused
            of("e", 400 * STEP, "batch", -1, -1), // two steps to the first
            of("f", 500 * STEP, "batch", 2 * STEP, -1), // may take two
            of("g", 600 * STEP, "other", 2 * STEP, STEP - 1),
            item("h", 700 * STEP, 10, 1)));
    Snapshot snapshot = stats.snapshot(simulation.nowPs());
    assertThat(snapshot.number("slo.judged")).isEqualTo(8);
    assertThat(snapshot.number("slo.kept")).isEqualTo(3); // a, f, h
    assertThat(snapshot.number("slo.kept_tokens")).isEqualTo(3 + 2 + 1);
    assertThat(snapshot.number("slo.missed_ttft")).isEqualTo(2); // b, e
    assertThat(snapshot.number("slo.missed_tpot")).isEqualTo(1); // g
    assertThat(snapshot.number("slo.missed_e2e")).isEqualTo(1); // c
    assertThat(snapshot.number("slo.missed_refused")).isEqualTo(1);
    assertThat(snapshot.number("slo.class.batch.judged")).isEqualTo(2);
    assertThat(snapshot.number("slo.class.batch.kept")).isEqualTo(1);
  }

  /** A prompt of two steps and two tokens. */
  private static RequestSource.Item of(
      String id, long arrivalPs, String serviceClass, long ttftPs, long tpotPs) {
    return new RequestSource.Item(
        Requests.promised(id, arrivalPs, serviceClass, ttftPs, tpotPs), null);
  }

  private static final ServingSpec SPEC = new ServingSpec(8, 64, true, 16, 0.9);

  @Test
  void aLoneRequestTakesOneStepPerChunkAndToken() {
    ServingOutcome outcome = run(SPEC, 1 << 20, List.of(item("a", 500, 100, 3)));
    // 64 + 36 prompt tokens in two steps, the first token with the second; two more tokens.
    assertThat(records)
        .containsExactly(
            new RequestRecord(
                "a",
                RequestRecord.Outcome.COMPLETED,
                100,
                3,
                500,
                500,
                500 + 2 * STEP,
                500 + 4 * STEP,
                ""));
    assertThat(tokens.get(0)).containsExactly(500 + 2 * STEP, 500 + 3 * STEP, 500 + 4 * STEP);
    assertThat(executor.steps).isEqualTo(4);
    assertThat(outcome.promptTokens()).isEqualTo(100);
    assertThat(outcome.outputTokens()).isEqualTo(3);
    Snapshot snapshot = stats.snapshot(simulation.nowPs());
    assertThat(snapshot.number("engine.idle_ps")).isEqualTo(500);
    assertThat(snapshot.number("engine.step_ps")).isEqualTo(4.0 * STEP);
    assertThat(snapshot.histogram("requests.tpot").getMaxValue()).isCloseTo(STEP, within(1000L));
  }

  @Test
  void arrivalsAtTheEndOfAStepJoinTheNextOne() {
    run(SPEC, 1 << 20, List.of(item("a", 0, 10, 3), item("b", STEP, 10, 1)));
    assertThat(records).extracting(RequestRecord::id).containsExactly("b", "a");
    assertThat(records.get(0).admittedPs()).isEqualTo(STEP);
    assertThat(records.get(0).lastTokenPs()).isEqualTo(2 * STEP);
    assertThat(executor.steps).isEqualTo(3);
  }

  @Test
  void onePicosecondLateIsTheStepAfter() {
    run(SPEC, 1 << 20, List.of(item("a", 0, 10, 3), item("b", STEP + 1, 10, 1)));
    assertThat(records.get(1).id()).isEqualTo("b");
    assertThat(records.get(1).admittedPs()).isEqualTo(2 * STEP);
  }

  @Test
  void requestsThatCanNeverBeServedAreRefusedAndCounted() {
    ServingOutcome outcome =
        run(
            SPEC,
            8 * 64,
            List.of(
                item("fits", 0, 40, 8),
                item("too much KV", 1, 60, 20),
                item("too long", 2, 4000, 97)));
    assertThat(outcome.refused()).containsEntry("kv_capacity", 1L).containsEntry("context", 1L);
    assertThat(outcome.completed()).isEqualTo(1);
    assertThat(records)
        .filteredOn(r -> r.outcome() == RequestRecord.Outcome.REFUSED)
        .extracting(RequestRecord::reason)
        .containsExactly("kv_capacity", "context");
  }

  @Test
  void openLoopTokensWaitForTheirRecordedPredecessor() {
    Request request = new Request("a", 0, 10, 4);
    // The first token was recorded at 5 steps, the second at once after it, the third at 20.
    RecordedRequest recorded =
        new RecordedRequest(
            request, LongImmutableList.of(5 * STEP, 5 * STEP + 1, 20 * STEP, 20 * STEP));
    ServingOutcome outcome = run(SPEC, 1 << 20, List.of(new RequestSource.Item(request, recorded)));
    // Prefill at once; then each token begins at the recorded time of the one before it.
    assertThat(tokens.get(0)).containsExactly(STEP, 6 * STEP, 7 * STEP, 21 * STEP);
    assertThat(outcome.pausingPs())
        .isEqualTo(BigInteger.valueOf(4 * STEP).add(BigInteger.valueOf(13 * STEP)));
  }

  @Test
  void aStoppedRunAccountsForEveryRequest() {
    ServingEngine engine =
        engine(
            SPEC, 8 * 64, List.of(item("a", 0, 10, 50), item("b", 5, 10, 30), item("c", 9, 5, 5)));
    engine.start();
    simulation.stopAfter(12);
    simulation.run();
    ServingOutcome outcome = engine.finish();
    assertThat(outcome.running()).isEqualTo(1);
    assertThat(outcome.waiting()).isEqualTo(2);
    assertThat(outcome.arrived()).isEqualTo(3);
    assertThat(outcome.kvReservedTotalBytes() - outcome.kvReleasedTotalBytes())
        .isEqualTo(outcome.kvHeldBytes())
        .isPositive();
    assertThat(records)
        .extracting(RequestRecord::outcome)
        .containsExactly(
            RequestRecord.Outcome.RUNNING,
            RequestRecord.Outcome.WAITING,
            RequestRecord.Outcome.WAITING);
  }

  @Test
  void lawsHoldOverRandomTraces() {
    Randomized.check(
        200,
        random -> {
          ServingEngineTest fresh = new ServingEngineTest();
          List<RequestSource.Item> items = new ArrayList<>();
          long arrivalPs = 0;
          int count = 1 + (int) random.nextLong(60);
          long promptTokens = 0;
          long outputTokens = 0;
          for (int i = 0; i < count; i++) {
            arrivalPs += random.nextLong(3) == 0 ? 0 : random.nextLong(4 * STEP);
            Request request =
                new Request(
                    "r" + i,
                    arrivalPs,
                    1 + (int) random.nextLong(150),
                    1 + (int) random.nextLong(20));
            promptTokens += request.promptTokens();
            outputTokens += request.outputTokens();
            items.add(new RequestSource.Item(request, null));
          }
          ServingSpec spec =
              new ServingSpec(
                  1 + (int) random.nextLong(10),
                  16 + (int) random.nextLong(100),
                  random.nextLong(2) == 0,
                  16,
                  0.9);
          ServingOutcome outcome = fresh.run(spec, 8 * (192 + random.nextLong(1000)), items);
          assertThat(outcome.arrived()).isEqualTo(count);
          assertThat(outcome.completed()).isEqualTo(count);
          assertThat(outcome.promptTokens()).isEqualTo(promptTokens);
          assertThat(outcome.outputTokens()).isEqualTo(outputTokens);
          assertThat(outcome.kvReservedTotalBytes()).isEqualTo(outcome.kvReleasedTotalBytes());
          assertThat(outcome.kvPeakBytes()).isLessThanOrEqualTo(outcome.kvCapacityBytes());

          // Attribution: all of the requests' time is waiting or steps.
          BigInteger parts = outcome.waitingPs().add(outcome.pausingPs());
          for (BigInteger part : outcome.stepsPs()) {
            parts = parts.add(part);
          }
          assertThat(parts).isEqualTo(outcome.endToEndPs());
          assertThat(outcome.stepsPs().get(Parts.COMPUTE))
              .isEqualTo(outcome.endToEndPs().subtract(outcome.waitingPs()));

          // Little's law over the whole run: mean running = sum of times in the batch / span.
          Snapshot snapshot = fresh.stats.snapshot(fresh.simulation.nowPs());
          double span = fresh.simulation.nowPs();
          double inBatch = 0;
          double inQueue = 0;
          for (RequestRecord record : fresh.records) {
            assertThat(record.admittedPs()).isBetween(record.arrivalPs(), record.firstTokenPs());
            assertThat(record.firstTokenPs()).isLessThanOrEqualTo(record.lastTokenPs());
            inBatch += record.lastTokenPs() - record.admittedPs();
            inQueue += record.admittedPs() - record.arrivalPs();
          }
          assertThat(snapshot.number("requests.running.mean"))
              .isCloseTo(inBatch / span, within(1e-9 * count));
          assertThat(snapshot.number("requests.waiting.mean"))
              .isCloseTo(inQueue / span, within(1e-9 * count));

          // The windows count what the counters count.
          long arrivals = 0;
          long completions = 0;
          long windowTokens = 0;
          for (Series.Window window : outcome.series().windows(fresh.simulation.nowPs())) {
            arrivals += window.arrivals();
            completions += window.completions();
            windowTokens += window.outputTokens();
          }
          assertThat(arrivals).isEqualTo(count);
          assertThat(completions).isEqualTo(count);
          assertThat(windowTokens).isEqualTo(outputTokens);
        });
  }
}
