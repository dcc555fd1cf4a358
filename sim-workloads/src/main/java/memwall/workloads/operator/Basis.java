package memwall.workloads.operator;

import java.util.function.ToLongFunction;

/** A property of a step that amounts of operators are proportional to. */
enum Basis {
  /** 1 if any token passes, else 0: what is read once per step. */
  ANY_TOKEN(shape -> shape.tokens() > 0 ? 1 : 0),
  /** 1 if any logits are needed, else 0. */
  ANY_LOGIT(shape -> shape.logitRows() > 0 ? 1 : 0),
  TOKENS(StepShape::tokens),
  /** Tokens of all replicas that go in step: those that spread experts see. */
  GROUP_TOKENS(StepShape::groupTokens),
  DECODE_TOKENS(StepShape::decodeTokens),
  PREFILL_TOKENS(StepShape::prefillTokens),
  LOGIT_ROWS(StepShape::logitRows),
  DECODE_KV(StepShape::decodeKvTokens),
  DECODE_KV_WINDOWED(StepShape::windowedDecodeKvTokens),
  PREFILL_KV(StepShape::prefillKvTokens),
  PREFILL_KV_WINDOWED(StepShape::windowedPrefillKvTokens),
  DECODE_KV_TIERED(StepShape::tieredDecodeKvTokens),
  DECODE_KV_WINDOWED_TIERED(StepShape::windowedTieredDecodeKvTokens),
  PREFILL_KV_TIERED(StepShape::tieredPrefillKvTokens),
  PREFILL_KV_WINDOWED_TIERED(StepShape::windowedTieredPrefillKvTokens),
  PREFILL_PAIRS(StepShape::prefillPairs),
  PREFILL_PAIRS_WINDOWED(StepShape::windowedPrefillPairs);

  private static final Basis[] ALL = values();
  static final int COUNT = ALL.length;

  @SuppressWarnings("ImmutableEnumChecker") // lambdas without captured state
  private final ToLongFunction<StepShape> of;

  Basis(ToLongFunction<StepShape> of) {
    this.of = of;
  }

  /** Its place in the array of {@link #evaluate}. */
  @SuppressWarnings("EnumOrdinal") // a dense index that lives as long as a plan
  int index() {
    return ordinal();
  }

  /** Evaluates all of them. */
  static void evaluate(StepShape shape, long[] into) {
    for (int i = 0; i < COUNT; i++) {
      into[i] = ALL[i].of.applyAsLong(shape);
    }
  }

  /**
   * The share of some sequences in a step that only decodes: shares of cuts sum to the whole, but
   * what is read once per step, which each cut reads.
   */
  static void share(long[] whole, long from, long until, long sequences, long[] into) {
    for (int i = 0; i < COUNT; i++) {
      into[i] =
          i == ANY_TOKEN.index() || i == ANY_LOGIT.index()
              ? whole[i]
              : before(whole[i], until, sequences) - before(whole[i], from, sequences);
    }
  }

  /** What the first sequences have of an amount; without overflow whatever it is. */
  private static long before(long amount, long first, long sequences) {
    return amount / sequences * first + amount % sequences * first / sequences;
  }
}
