package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.serving.SchedulingSpec.Admission;
import memwall.workloads.serving.SchedulingSpec.Order;
import memwall.workloads.serving.SchedulingSpec.Preemption;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.trace.Phases;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;
import org.junit.jupiter.api.Test;

/**
 * Admission as room is needed, with steps of one microsecond and 8 bytes of KV a token, blocks of
 * 16 tokens.
 */
final class PreemptionTest {
  private static final long STEP = 1_000_000;
  private static final long BLOCK = PlainScheduler.BLOCK_BYTES;
  private static final SchedulingSpec RECOMPUTE =
      new SchedulingSpec(
          Admission.CURRENT, Preemption.RECOMPUTE, Order.FCFS, Map.of(), null, false);

  /** A served trace. */
  static final class Run {
    final Simulation simulation = new Simulation(1);
    final Stats stats = new Stats();
    final Map<String, RequestRecord> records = new HashMap<>();
    final ServingOutcome outcome;

    Run(ServingSpec spec, long kvBytes, int blockTokens, List<Request> requests) {
      this(spec, TinyModel.MODEL, kvBytes, blockTokens, requests);
    }

    Run(ServingSpec spec, ModelSpec model, long kvBytes, int blockTokens, List<Request> requests) {
      Iterator<Request> iterator = requests.iterator();
      RequestSource source =
          new RequestSource() {
            @Override
            public Item next() {
              return iterator.hasNext() ? new Item(iterator.next(), null) : null;
            }

            @Override
            public void close() {}

            @Override
            public int blockTokens() {
              return blockTokens;
            }
          };
      ServingEngine engine =
          new ServingEngine(
              simulation,
              stats,
              new FixedExecutor(simulation, STEP),
              new OperatorPlan(model, Precision.BF16, ShardingPlan.SINGLE),
              model,
              Precision.BF16,
              ShardingPlan.SINGLE,
              spec,
              kvBytes,
              source,
              new StepBusy() {
                @Override
                public List<String> resources() {
                  return List.of("compute");
                }

                @Override
                public double busyPs(int resource, OperatorPlan plan) {
                  return STEP;
                }
              },
              new ServingObserver() {
                @Override
                public void ended(RequestRecord record) {
                  assertThat(records.put(record.id(), record)).isNull();
                }
              });
      engine.start();
      simulation.run();
      outcome = engine.finish();
      laws();
    }

    SchedulingOutcome scheduling() {
      return outcome.scheduling();
    }

    private void laws() {
      SchedulingOutcome scheduling = scheduling();
      assertThat(outcome.arrived()).isEqualTo(outcome.completed() + outcome.refusedTotal());
      assertThat(outcome.kvReservedTotalBytes())
          .isEqualTo(outcome.kvReleasedTotalBytes() + outcome.kvHeldBytes());
      assertThat(outcome.kvPeakBytes()).isLessThanOrEqualTo(outcome.kvCapacityBytes());
      assertThat(scheduling.hostReservedTotalBytes())
          .isEqualTo(scheduling.hostReleasedTotalBytes());
      assertThat(outcome.madeEntries() + scheduling.reusedTokens())
          .isEqualTo(outcome.keptEntries() + scheduling.lostTokens());
      BigInteger parts =
          outcome
              .waitingPs()
              .add(outcome.pausingPs())
              .add(scheduling.preemptedPs())
              .add(scheduling.swappingPs());
      for (BigInteger part : outcome.stepsPs()) {
        parts = parts.add(part);
      }
      assertThat(parts).isEqualTo(outcome.endToEndPs());
      for (RequestRecord record : records.values()) {
        if (record.outcome() == RequestRecord.Outcome.COMPLETED) {
          assertThat(record.firstTokenPs()).isLessThanOrEqualTo(record.lastTokenPs());
          assertThat(record.admittedPs()).isBetween(record.arrivalPs(), record.firstTokenPs());
        }
      }
    }
  }

  private static ServingSpec spec(int batch, int tokens, SchedulingSpec scheduling) {
    return new ServingSpec(batch, tokens, true, 16, 0.9).withScheduling(scheduling);
  }

  static Request request(int id, long arrivalPs, int prompt, int output, String serviceClass) {
    return request(id, arrivalPs, prompt, output, serviceClass, LongImmutableList.of());
  }

  static Request request(
      int id,
      long arrivalPs,
      int prompt,
      int output,
      String serviceClass,
      LongImmutableList blocks) {
    RequestExtras extras =
        new RequestExtras(
            null, null, -1, -1, blocks, null, null, serviceClass, -1, -1, List.of(), null, null);
    return new Request("" + id, arrivalPs, prompt, output, Phases.ANSWER, extras);
  }

  /**
   * Four blocks, two requests of two blocks that grow to three; the second one comes in step 2. In
   * step 3 the first one needs a third block, which the second gives up, with 31 entries and a
   * token produced; it is processed again, 32 tokens, in step 11, when the first is done.
   */
  @Test
  void theLastOneAdmittedGoesAndIsProcessedAgain() {
    Run run =
        new Run(
            spec(8, 100, RECOMPUTE),
            4 * BLOCK,
            0,
            List.of(request(1, 0, 31, 10, null), request(2, 0, 31, 10, null)));
    assertThat(run.scheduling().preemptions()).isEqualTo(1);
    assertThat(run.scheduling().lostTokens()).isEqualTo(31);
    assertThat(run.records.get("1").lastTokenPs()).isEqualTo(10 * STEP);
    assertThat(run.records.get("2").firstTokenPs()).isEqualTo(2 * STEP);
    // Token 2 comes with step 11, token 10 with step 19.
    assertThat(run.records.get("2").lastTokenPs()).isEqualTo(19 * STEP);
    assertThat(run.scheduling().preemptedPs()).isEqualTo(BigInteger.valueOf(8 * STEP));
    assertThat(run.outcome.promptTokens()).isEqualTo(31 + 31 + 32);
    assertThat(run.outcome.outputTokens()).isEqualTo(20);
  }

  /** The same with copies of two blocks, 256 bytes, at a byte a nanosecond, each way. */
  @Test
  void orItsEntriesAreCopiedToTheHostAndBack() {
    SchedulingSpec swap =
        new SchedulingSpec(
            Admission.CURRENT,
            Preemption.SWAP,
            Order.FCFS,
            Map.of(),
            new SchedulingSpec.Swap(1_000_000_000L, 256),
            false);
    Run run =
        new Run(
            spec(8, 100, swap),
            4 * BLOCK,
            0,
            List.of(request(1, 0, 31, 10, null), request(2, 0, 31, 10, null)));
    assertThat(run.scheduling().lostTokens()).isZero();
    assertThat(run.scheduling().swappedOutBytes()).isEqualTo(256);
    assertThat(run.scheduling().swappedInBytes()).isEqualTo(256);
    assertThat(run.scheduling().hostPeakBytes()).isEqualTo(256);
    assertThat(run.records.get("1").lastTokenPs()).isEqualTo(10 * STEP + 256_000);
    assertThat(run.records.get("2").lastTokenPs()).isEqualTo(19 * STEP + 512_000);
    assertThat(run.outcome.promptTokens()).isEqualTo(62);
  }

  /** The one of the later class goes, although it was admitted first; it comes back last. */
  @Test
  void byPriorityWhoComesLastGoes() {
    SchedulingSpec priority =
        new SchedulingSpec(
            Admission.CURRENT,
            Preemption.RECOMPUTE,
            Order.PRIORITY,
            Map.of("batch", 5, "chat", -1),
            null,
            false);
    Run run =
        new Run(
            spec(8, 100, priority),
            4 * BLOCK,
            0,
            List.of(
                request(1, 0, 31, 10, "batch"),
                request(2, 1, 31, 10, null),
                request(3, 2, 31, 2, "chat")));
    assertThat(run.scheduling().preemptions()).isEqualTo(1);
    // The first is alone in step 1; the third goes before the second, which waits for its room.
    assertThat(run.records.get("3").lastTokenPs()).isEqualTo(3 * STEP);
    assertThat(run.records.get("2").firstTokenPs()).isEqualTo(4 * STEP);
    assertThat(run.records.get("2").lastTokenPs()).isEqualTo(13 * STEP);
    assertThat(run.records.get("1").lastTokenPs()).isGreaterThan(13 * STEP);
  }

  /**
   * Three prompts of 40 tokens that begin with the same two blocks. The second one finds them in
   * step 2; so does the third, when nobody has used them for long.
   */
  @Test
  void blocksThatPromptsBeginWithAreProcessedOnce() {
    SchedulingSpec shared =
        new SchedulingSpec(
            Admission.RESERVE, Preemption.RECOMPUTE, Order.FCFS, Map.of(), null, true);
    LongImmutableList ids = LongImmutableList.of(7, 8, 9);
    Run run =
        new Run(
            spec(8, 40, shared),
            6 * BLOCK,
            16,
            List.of(
                request(1, 0, 40, 8, null, ids),
                request(2, 1, 40, 8, null, ids),
                request(3, 100 * STEP, 40, 8, null, ids)));
    SchedulingOutcome.Prefixes prefixes = run.scheduling().prefixes();
    assertThat(prefixes.seenBlocks()).isEqualTo(9);
    assertThat(prefixes.hitBlocks()).isEqualTo(4);
    assertThat(prefixes.hitTokens()).isEqualTo(64);
    assertThat(run.outcome.promptTokens()).isEqualTo(40 + 8 + 8);
    assertThat(prefixes.heldBytes()).isEqualTo(2 * BLOCK);
    // Two shared blocks and one of each of the first two.
    assertThat(run.outcome.kvPeakBytes()).isEqualTo(4 * BLOCK);
  }

  /** Four blocks: the second prompt takes all, so that the first one's blocks must go. */
  @Test
  void blocksThatNobodyUsesMakeRoom() {
    SchedulingSpec shared =
        new SchedulingSpec(
            Admission.CURRENT, Preemption.RECOMPUTE, Order.FCFS, Map.of(), null, true);
    LongImmutableList ids = LongImmutableList.of(7, 8, 9);
    Run run =
        new Run(
            spec(8, 64, shared),
            4 * BLOCK,
            16,
            List.of(
                request(1, 0, 40, 2, null, ids),
                request(2, 10 * STEP, 50, 2, null, LongImmutableList.of(1, 2, 3, 4)),
                request(3, 20 * STEP, 40, 2, null, ids)));
    SchedulingOutcome.Prefixes prefixes = run.scheduling().prefixes();
    // The third finds nothing; for its three blocks two of the second's three go, the last first.
    assertThat(prefixes.hitBlocks()).isZero();
    assertThat(prefixes.evictedBlocks()).isEqualTo(2 + 2);
    assertThat(prefixes.heldBlocks()).isEqualTo(1 + 2);
  }

  @Test
  void agreesWithThePlainScheduler() {
    long[] preempted = new long[1];
    Randomized.check(1000, random -> preempted[0] += compare(random));
    assertThat(preempted[0]).isGreaterThan(1000);
  }

  @Test
  void agreesWithItWithSharedBlocks() {
    long[] hits = new long[2];
    Randomized.check(
        1000,
        random -> {
          Run run = compareShared(random);
          hits[0] += run.scheduling().prefixes().hitTokens();
          hits[1] += run.scheduling().prefixes().againTokens();
        });
    assertThat(hits[0]).isGreaterThan(10_000);
    assertThat(hits[1]).isGreaterThan(10_000);
  }

  private static long compare(SplittableRandom random) {
    return compare(random, 0).scheduling().preemptions();
  }

  private static Run compareShared(SplittableRandom random) {
    return compare(random, random.nextBoolean() ? 16 : 48);
  }

  private static Run compare(SplittableRandom random, int traceBlock) {
    boolean swaps = random.nextBoolean();
    SchedulingSpec scheduling =
        new SchedulingSpec(
            Admission.CURRENT,
            swaps ? Preemption.SWAP : Preemption.RECOMPUTE,
            random.nextBoolean() ? Order.FCFS : Order.PRIORITY,
            Map.of("a", random.nextInt(-2, 3), "b", random.nextInt(-2, 3)),
            swaps
                ? new SchedulingSpec.Swap(
                    1 + random.nextLong(2_000_000_000L), random.nextLong(40 * BLOCK))
                : null,
            traceBlock > 0);
    int blocks = 4 + random.nextInt(40);
    ServingSpec spec = spec(1 + random.nextInt(10), 16 + random.nextInt(100), scheduling);
    List<Request> requests = new ArrayList<>();
    long arrivalPs = 0;
    int count = 1 + random.nextInt(30);
    for (int i = 0; i < count; i++) {
      // Never two at the same instant: whether the second still joins a step is not the point.
      arrivalPs += 1 + (random.nextInt(3) == 0 ? random.nextLong(20 * STEP) : 0);
      int prompt = 1 + random.nextInt(200);
      requests.add(
          request(
              i,
              arrivalPs,
              prompt,
              1 + random.nextInt(60),
              random.nextInt(3) == 0 ? null : random.nextBoolean() ? "a" : "b",
              blocks(random, traceBlock == 0 ? 0 : (prompt + traceBlock - 1) / traceBlock)));
    }
    Run run = new Run(spec, blocks * BLOCK, traceBlock, requests);
    PlainScheduler plain = new PlainScheduler(spec, blocks, Math.max(1, traceBlock), STEP);
    plain.run(requests);
    SchedulingOutcome outcome = run.scheduling();
    assertThat(run.outcome.completed()).isEqualTo(plain.done.size());
    for (PlainScheduler.Item item : plain.done) {
      RequestRecord record = run.records.get(item.request.id());
      assertThat(record.firstTokenPs()).isEqualTo(item.firstPs);
      assertThat(record.lastTokenPs()).isEqualTo(item.lastPs);
    }
    assertThat(outcome.preemptions()).isEqualTo(plain.preemptions);
    assertThat(outcome.lostTokens()).isEqualTo(plain.lost);
    assertThat(outcome.swappedOutBytes()).isEqualTo(plain.swappedOut);
    assertThat(outcome.swappedInBytes()).isEqualTo(plain.swappedIn);
    assertThat(run.outcome.madeEntries()).isEqualTo(plain.processed);
    if (outcome.prefixes() != null) {
      assertThat(outcome.prefixes().hitTokens()).isEqualTo(plain.hitTokens);
      assertThat(outcome.prefixes().againTokens()).isEqualTo(plain.againTokens);
      assertThat(outcome.prefixes().evictedBlocks()).isEqualTo(plain.evicted);
    }
    return run;
  }

  /** Ids of blocks that stand for all before them too: one of three texts, then one's own. */
  private static LongImmutableList blocks(SplittableRandom random, int count) {
    long text = random.nextInt(3);
    int alike = random.nextInt(count + 1);
    long own = 1000 + random.nextInt(1 << 30) * 100L;
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = i < alike ? text * 100 + i : own + i;
    }
    return new LongImmutableList(ids);
  }
}
