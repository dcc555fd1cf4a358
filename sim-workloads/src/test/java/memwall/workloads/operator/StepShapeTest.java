package memwall.workloads.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import memwall.workloads.model.AttentionWindow;
import memwall.workloads.model.GroupedQueryAttention;
import memwall.workloads.model.MixtureOfExperts;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.TestModels;
import org.junit.jupiter.api.Test;

final class StepShapeTest {
  private static final long SEED = 20_261_122L;

  @Test
  void decodeCountsEntriesAttended() {
    StepShape shape = new StepShape(TestModels.MAVERICK);
    shape.addDecode(8191);
    shape.addDecode(8192);
    shape.addDecode(8193);
    assertThat(shape.decodeKvTokens()).isEqualTo(8191 + 8192 + 8193);
    assertThat(shape.windowedDecodeKvTokens()).isEqualTo(8191 + 8192 + 8192);
    assertThat(shape.tokens()).isEqualTo(3);
    assertThat(shape.logitRows()).isEqualTo(3);
    assertThat(shape.sequences()).isEqualTo(3);
  }

  @Test
  void onlyCompletedPromptsNeedLogits() {
    StepShape shape = new StepShape(TestModels.LLAMA_8B);
    shape.addPrefillChunk(512, 0, false);
    assertThat(shape.logitRows()).isZero();
    shape.addPrefillChunk(100, 512, true);
    assertThat(shape.logitRows()).isEqualTo(1);
    assertThat(shape.prefillTokens()).isEqualTo(612);
    assertThat(shape.prefillPairs()).isEqualTo(512 * 513 / 2 + 100 * 512 + 100 * 101 / 2);
    assertThat(shape.prefillKvTokens()).isEqualTo(512 + 612);
  }

  @Test
  void clearForgetsEverything() {
    StepShape shape = new StepShape(TestModels.MAVERICK);
    shape.addDecode(10_000);
    shape.addPrefillChunk(9000, 500, true);
    assertThat(shape.isEmpty()).isFalse();
    shape.clear();
    assertThat(shape.isEmpty()).isTrue();
    assertThat(shape.tokens()).isZero();
    assertThat(shape.logitRows()).isZero();
    assertThat(shape.sequences()).isZero();
    assertThat(shape.decodeKvTokens() + shape.windowedDecodeKvTokens()).isZero();
    assertThat(shape.prefillKvTokens() + shape.windowedPrefillKvTokens()).isZero();
    assertThat(shape.prefillPairs() + shape.windowedPrefillPairs()).isZero();
  }

  /** Against counting token by token and entry by entry. */
  @Test
  void windowedPrefillEqualsCounting() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2000; round++) {
      int window = 1 + random.nextInt(40);
      int chunk = 1 + random.nextInt(60);
      int previous = random.nextInt(60);
      StepShape shape = new StepShape(windowed(window));
      shape.addPrefillChunk(chunk, previous, false);

      long pairs = 0;
      int firstRead = Integer.MAX_VALUE;
      for (int position = previous + 1; position <= previous + chunk; position++) {
        int first = Math.max(1, position - window + 1);
        firstRead = Math.min(firstRead, first);
        pairs += position - first + 1;
      }
      String what = "seed " + SEED + " window " + window + " chunk " + chunk + " after " + previous;
      assertThat(shape.windowedPrefillPairs()).as(what).isEqualTo(pairs);
      assertThat(shape.windowedPrefillKvTokens())
          .as(what)
          .isEqualTo(previous + chunk - firstRead + 1);
    }
  }

  /** A chunk of one token is a decode token. */
  @Test
  void oneTokenChunkAttendsLikeDecode() {
    for (int context = 1; context < 20; context++) {
      StepShape decode = new StepShape(windowed(7));
      decode.addDecode(context);
      StepShape chunk = new StepShape(windowed(7));
      chunk.addPrefillChunk(1, context - 1, true);
      assertThat(chunk.prefillPairs()).isEqualTo(decode.decodeKvTokens());
      assertThat(chunk.prefillKvTokens()).isEqualTo(decode.decodeKvTokens());
      assertThat(chunk.windowedPrefillPairs()).isEqualTo(decode.windowedDecodeKvTokens());
      assertThat(chunk.windowedPrefillKvTokens()).isEqualTo(decode.windowedDecodeKvTokens());
    }
  }

  @Test
  void refusesNonsense() {
    StepShape shape = new StepShape(TestModels.LLAMA_8B);
    assertThatThrownBy(() -> shape.addDecode(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("context of 0 tokens");
    assertThatThrownBy(() -> shape.addPrefillChunk(0, 5, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("chunk of 0 tokens after 5");
    assertThatThrownBy(() -> shape.addPrefillChunk(3, -1, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("chunk of 3 tokens after -1");
    assertThat(shape.isEmpty()).isTrue();
  }

  private static ModelSpec windowed(int window) {
    return new ModelSpec(
        "windowed",
        2,
        8,
        8,
        8,
        false,
        true,
        1 << 20,
        new GroupedQueryAttention(1, 1, 8),
        new AttentionWindow(window, 2),
        MixtureOfExperts.NONE);
  }

  /** Entry by entry: position p of a context c is read by a windowed layer if c - p is in reach. */
  @Test
  void entriesInTheSecondMemory() {
    int window = 8192;
    for (int context : new int[] {1, 100, 8191, 8192, 8193, 9000, 20_000}) {
      for (int tiered : new int[] {0, 1, 50, 808, 809, 8000, 9000, 20_000}) {
        if (tiered > context) {
          continue;
        }
        long expected = 0;
        for (int position = 0; position < tiered; position++) {
          expected += context - position <= window ? 1 : 0;
        }
        StepShape decode = new StepShape(TestModels.MAVERICK);
        decode.addDecode(context);
        decode.tierDecode(context, tiered, tiered);
        assertThat(decode.tieredDecodeKvTokens()).isEqualTo(tiered);
        assertThat(decode.windowedTieredDecodeKvTokens()).isEqualTo(expected);
        long chunk = 0;
        for (int position = 0; position < tiered; position++) {
          // The first token of the chunk sees window - 1 entries before its own.
          chunk += context - position <= window - 1 ? 1 : 0;
        }
        StepShape prefill = new StepShape(TestModels.MAVERICK);
        prefill.addPrefillChunk(64, context, false);
        prefill.tierPrefill(context, tiered, tiered);
        assertThat(prefill.tieredPrefillKvTokens()).isEqualTo(tiered);
        assertThat(prefill.windowedTieredPrefillKvTokens()).isEqualTo(chunk);
        assertThat(prefill.windowedTieredPrefillKvTokens())
            .isLessThanOrEqualTo(prefill.windowedPrefillKvTokens() - 64);
        prefill.clear();
        assertThat(prefill.tieredPrefillKvTokens()).isZero();
        assertThat(prefill.windowedTieredPrefillKvTokens()).isZero();
      }
    }
  }

  @Test
  void moreEntriesInTheSecondMemoryThanThereAre() {
    StepShape shape = new StepShape(TestModels.MAVERICK);
    assertThatThrownBy(() -> shape.tierDecode(10, 11, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("11 and 0 of 10 entries in the second memory");
    assertThatThrownBy(() -> shape.tierPrefill(10, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 and -1 of 10 entries in the second memory");
  }
}
