package memwall.workloads.serving;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.workloads.model.Precision;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.KvTieringSpec.Policy;
import memwall.workloads.trace.Phases;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;
import org.junit.jupiter.api.Test;

/**
 * Which entries are stored in a second memory, worked out by hand: steps of one microsecond, 8
 * bytes of KV per token, copies of a nanosecond per byte, pages of 100 bytes, prefix blocks of 16
 * tokens.
 */
class KvTiersTest {
  private static final long STEP = 1_000_000;
  private static final int BLOCK = 16;
  private static final ServingSpec SPEC = new ServingSpec(8, 64, true, 16, 0.9);

  /** A run, and what it left behind. */
  private static final class Run {
    final Simulation simulation = new Simulation(1);
    final Stats stats = new Stats();
    final FixedExecutor executor = new FixedExecutor(simulation, STEP);
    final List<RequestRecord> records = new ArrayList<>();
    final ServingOutcome outcome;
    final TierOutcome tiered;

    Run(KvTieringSpec spec, long firstBytes, long secondBytes, Request... requests) {
      Iterator<Request> iterator = List.of(requests).iterator();
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
              return BLOCK;
            }
          };
      ServingEngine engine =
          new ServingEngine(
              simulation,
              stats,
              executor,
              new OperatorPlan(TinyModel.MODEL, Precision.BF16, ShardingPlan.SINGLE),
              TinyModel.MODEL,
              Precision.BF16,
              ShardingPlan.SINGLE,
              SPEC,
              firstBytes,
              new KvSecond(spec, secondBytes, 100),
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
                  records.add(record);
                }
              });
      engine.start();
      simulation.run();
      outcome = engine.finish();
      TierOutcome its = outcome.tiered();
      if (its == null) {
        throw new AssertionError("no second memory");
      }
      tiered = its;
      assertThat(outcome.completed() + outcome.refusedTotal()).isEqualTo(requests.length);
      assertThat(outcome.kvReservedTotalBytes()).isEqualTo(outcome.kvReleasedTotalBytes());
      assertThat(tiered.reservedTotalBytes())
          .isEqualTo(tiered.releasedTotalBytes() + tiered.heldBytes());
      assertThat(executor.copied.stream().mapToLong(Long::longValue).sum())
          .isEqualTo(tiered.storedBytes());
      assertThat(tiered.copies()).isZero();
    }

    RequestRecord record(String id) {
      return records.stream().filter(record -> record.id().equals(id)).findFirst().orElseThrow();
    }

    long number(String path) {
      return (long) stats.snapshot(simulation.nowPs()).number(path);
    }
  }

  private static KvTieringSpec spec(Policy policy, int minContext, int minUses, double minReads) {
    return new KvTieringSpec(1, policy, minContext, minUses, minReads, 0, 0, 0);
  }

  private static KvTieringSpec longContext(int minContext) {
    return spec(Policy.LONG_CONTEXT, minContext, 0, 0);
  }

  private static Request request(String id, long arrivalPs, int prompt, int output, long... ids) {
    RequestExtras extras =
        new RequestExtras(
            null,
            null,
            -1,
            -1,
            LongImmutableList.of(ids),
            null,
            null,
            null,
            -1,
            -1,
            List.of(),
            null,
            null);
    return new Request(id, arrivalPs, prompt, output, Phases.ANSWER, extras);
  }

  @Test
  void longPromptsAreStoredWhenTheyAreProcessed() {
    Run run =
        new Run(
            longContext(40), 1 << 20, 1 << 20, request("a", 0, 41, 20), request("b", 0, 40, 20));
    assertThat(run.executor.copied).containsExactly(41L * 8);
    assertThat(run.tiered.policy()).isEqualTo("long-context");
    // 328 bytes are four pages of 100.
    assertThat(run.tiered.peakBytes()).isEqualTo(400);
    assertThat(run.tiered.heldBytes()).isZero();
    // a is processed with the first step, b with the second. The copy takes 328 ns of the second
    // step; from the third one on, each of the other 18 tokens of a reads its prompt from there.
    assertThat(run.outcome.work().tieredKvReadBytes()).isEqualTo(18 * 41 * 8);
    // At most: both with whole blocks of 16 tokens for 61 and 60 tokens.
    assertThat(run.outcome.kvPeakBytes()).isEqualTo((64 + 64) * 8);
  }

  @Test
  void storedEntriesLeaveTheirRoomToOthers() {
    // Room for 96 tokens: b needs 64 of them, a 80 and, when its prompt is stored, 32.
    Request a = request("a", 0, 60, 20);
    Request b = request("b", 0, 34, 20);
    Run stored = new Run(longContext(40), 96 * 8, 1 << 20, a, b);
    Run kept = new Run(longContext(80), 96 * 8, 1 << 20, a, b);
    assertThat(kept.record("b").admittedPs()).isEqualTo(20 * STEP);
    // Copied in 480 ns from the end of the first step on: b joins the third.
    assertThat(stored.record("b").admittedPs()).isEqualTo(2 * STEP);
    assertThat(stored.outcome.kvPeakBytes()).isEqualTo((32 + 64) * 8);
  }

  /** A copy of 64 tokens takes 512 ns; with steps of 512 ns, it ends as a step begins. */
  @Test
  void aCopyThatEndsAsAStepBeginsCountsFromTheNextOne() {
    Run run = new Run(longContext(10), 1 << 20, 1 << 20, request("a", 0, 125, 4));
    // 125 tokens take two steps and 1,000 ns to copy: it ends with the third step. Of the tokens
    // in steps 3, 4, 5 only the last one reads the second memory.
    assertThat(run.outcome.work().tieredKvReadBytes()).isEqualTo(125 * 8);
  }

  @Test
  void aSequenceThatIsFasterThanItsCopyKeepsItsRoomUntilThen() {
    Run run =
        new Run(
            longContext(10), 128 * 8, 1 << 20, request("a", 0, 125, 2), request("b", 1, 100, 2));
    // a leaves with step 3; its copy ends at the same instant, so b joins the step after a pause
    // of one picosecond.
    assertThat(run.record("a").lastTokenPs()).isEqualTo(3 * STEP);
    assertThat(run.record("b").admittedPs()).isEqualTo(3 * STEP + 1);
    assertThat(run.outcome.work().tieredKvReadBytes()).isZero();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Run run =
        new Run(longContext(10), 1 << 20, 500, request("a", 0, 60, 20), request("b", 0, 30, 20));
    assertThat(run.executor.copied).containsExactly(480L);
    assertThat(run.tiered.refusedRoomBytes()).isEqualTo(240);
    assertThat(run.tiered.refusedBudgetBytes()).isZero();
  }

  @Test
  void whatWouldWearTooMuchIsRefused() {
    KvTieringSpec spec = new KvTieringSpec(1, Policy.LONG_CONTEXT, 10, 0, 0, 0, 86_400, 500);
    Run run =
        new Run(
            spec,
            1 << 20,
            1 << 20,
            request("a", 0, 60, 2),
            request("b", 0, 30, 2),
            // 461 seconds later 460 bytes more may be written.
            request("c", 461_000_000_000_000L, 60, 2));
    assertThat(run.executor.copied).containsExactly(480L, 480L);
    assertThat(run.tiered.refusedBudgetBytes()).isEqualTo(240);
    assertThat(run.tiered.refusedRoomBytes()).isZero();
  }

  @Test
  void promptsThatWillBeReadOftenAreStored() {
    // After a, 11 tokens are expected of each: ten reads after the first token.
    Request[] requests = {
      request("a", 0, 20, 11), request("b", 20 * STEP, 30, 9), request("c", 40 * STEP, 40, 9)
    };
    Run often = new Run(spec(Policy.WRITE_BACK, 0, 0, 9.5), 1 << 20, 1 << 20, requests);
    // Of c, the mean of 11 and 9 tokens is expected: nine reads.
    assertThat(often.executor.copied).containsExactly(240L);
    Run never = new Run(spec(Policy.WRITE_BACK, 0, 0, 10), 1 << 20, 1 << 20, requests);
    assertThat(never.executor.copied).isEmpty();
    KvTieringSpec said = new KvTieringSpec(1, Policy.WRITE_BACK, 0, 0, 9.5, 12, 0, 0);
    assertThat(new Run(said, 1 << 20, 1 << 20, requests).executor.copied)
        .containsExactly(160L, 240L, 320L);
  }

  @Test
  void sharedPrefixesAreStoredOnceAndNotProcessedAgain() {
    Run run =
        new Run(
            spec(Policy.SHARED_PREFIX, 0, 2, 0),
            1 << 20,
            1 << 20,
            request("a", 0, 50, 2, 1, 2, 3, 4),
            // The second use of blocks 1 and 2: they are stored. Its third block is another one.
            request("b", 10 * STEP, 50, 2, 1, 2, 9, 10),
            // Blocks 1 and 2 are there; of its third only the last token is not.
            request("c", 20 * STEP, 48, 3, 1, 2, 3));
    assertThat(run.executor.copied).containsExactly(2L * BLOCK * 8);
    assertThat(run.tiered.reusedTokens()).isEqualTo(2 * BLOCK);
    assertThat(run.number("tokens.prompt")).isEqualTo(50 + 50 + 16);
    // The prompt chunk of c reads the prefix, and each of its other two tokens does.
    assertThat(run.outcome.work().tieredKvReadBytes()).isEqualTo(3 * 2 * BLOCK * 8);
    // Shared blocks stay: 256 bytes are two blocks of two pages each.
    assertThat(run.tiered.heldBytes()).isEqualTo(400);
  }

  @Test
  void aSharedPrefixTakesNoRoomInTheFirstMemory() {
    Request[] requests = {
      request("a", 0, 33, 2, 1, 2),
      request("b", 10 * STEP, 33, 15, 1, 2),
      request("c", 10 * STEP, 33, 15, 1, 2)
    };
    // 48 tokens each; behind the prefix 16. Room for 64.
    Run shared = new Run(spec(Policy.SHARED_PREFIX, 0, 1, 0), 64 * 8, 1 << 20, requests);
    // It arrives behind b, and so with the next step.
    assertThat(shared.record("c").admittedPs()).isEqualTo(11 * STEP);
    Run kept = new Run(spec(Policy.SHARED_PREFIX, 0, 9, 0), 64 * 8, 1 << 20, requests);
    assertThat(kept.record("c").admittedPs()).isEqualTo(25 * STEP);
    assertThat(kept.executor.copied).isEmpty();
  }

  @Test
  void blocksNobodyReadsMakeRoom() {
    // Room for two blocks of 128 bytes, two pages each.
    Run run =
        new Run(
            spec(Policy.SHARED_PREFIX, 0, 1, 0),
            1 << 20,
            400,
            request("a", 0, 33, 2, 1, 2),
            request("b", 10 * STEP, 33, 2, 7, 8),
            request("c", 20 * STEP, 33, 2, 7, 8),
            request("d", 30 * STEP, 20, 2, 1));
    assertThat(run.executor.copied).containsExactly(256L, 256L, 128L);
    assertThat(run.tiered.evictedBytes()).isEqualTo(600);
    assertThat(run.tiered.reusedTokens()).isEqualTo(32);
    assertThat(run.tiered.heldBytes()).isEqualTo(400);
  }

  @Test
  void blocksThatAreReadStay() {
    Run run =
        new Run(
            spec(Policy.SHARED_PREFIX, 0, 1, 0),
            1 << 20,
            400,
            request("a", 0, 33, 30, 1, 2),
            request("b", 10 * STEP, 33, 2, 7, 8));
    assertThat(run.executor.copied).containsExactly(256L);
    assertThat(run.tiered.refusedRoomBytes()).isEqualTo(256);
    assertThat(run.tiered.evictedBytes()).isZero();
  }

  /**
   * Whatever arrives: everybody is served, no byte of room is lost, no write exceeds its budget.
   */
  @Test
  void nothingIsLost() {
    Randomized.check(
        150,
        random -> {
          Policy[] policies = {Policy.LONG_CONTEXT, Policy.SHARED_PREFIX, Policy.WRITE_BACK};
          boolean limited = random.nextBoolean();
          long burst = 1L + random.nextInt(5000);
          KvTieringSpec spec =
              new KvTieringSpec(
                  1,
                  policies[random.nextInt(policies.length)],
                  random.nextInt(60),
                  1 + random.nextInt(3),
                  random.nextInt(12),
                  random.nextInt(3) * 4,
                  limited ? 86_400_000_000L * (1 + random.nextInt(1000)) : 0,
                  limited ? burst : 0);
          Request[] requests = new Request[1 + random.nextInt(60)];
          long arrivalPs = 0;
          for (int i = 0; i < requests.length; i++) {
            arrivalPs += random.nextInt(3) == 0 ? 0 : random.nextInt(6 * (int) STEP);
            int prompt = 1 + random.nextInt(200);
            long[] ids = new long[(prompt + BLOCK - 1) / BLOCK];
            long id = 0;
            for (int b = 0; b < ids.length; b++) {
              // Prefixes form a tree.
              id = id * 3 + 1 + random.nextInt(random.nextInt(4) == 0 ? 3 : 1);
              ids[b] = id;
            }
            requests[i] = request("r" + i, arrivalPs, prompt, 1 + random.nextInt(30), ids);
          }
          Run run =
              new Run(spec, 8L * (240 + random.nextInt(1000)), random.nextInt(20_000), requests);
          assertThat(run.outcome.refusedTotal()).isZero();
          assertThat(run.outcome.tiered()).isNotNull();
          // Every entry is made once: in a step, or found.
          long prompts = 0;
          long outputs = 0;
          for (Request request : requests) {
            prompts += request.promptTokens();
            outputs += request.outputTokens();
          }
          assertThat(run.number("tokens.prompt") + run.tiered.reusedTokens()).isEqualTo(prompts);
          assertThat(run.outcome.outputTokens()).isEqualTo(outputs);
          assertThat(run.outcome.work().kvWriteBytes())
              .isEqualTo(8 * (prompts - run.tiered.reusedTokens() + outputs - requests.length));
          if (limited) {
            double seconds = run.simulation.nowPs() * 1e-12;
            assertThat((double) run.tiered.storedBytes())
                .isLessThanOrEqualTo(burst + seconds * spec.dailyWriteBytes() / 86_400 + 1);
          }
          if (spec.policy() != Policy.SHARED_PREFIX) {
            assertThat(run.tiered.heldBytes()).isZero();
          }
        });
  }
}
