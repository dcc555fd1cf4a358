package memwall.workloads.execution;

import memwall.core.leap.StateSink;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Chip;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.TierSpec;

/**
 * Walks through a step's operators ahead of their execution and announces their reads of stored
 * data to one memory: in order, at most so many at a time, never past a read whose address depends
 * on results, never past the end of the step.
 */
final class AnnouncementCursor {
  private final Chip chip;
  private final ChipSpec spec;
  private final int tier;
  private final int ahead;
  private final boolean announcesWeights;
  private final boolean announcesKv;
  private final AccessPattern kvPattern;

  /** The operator announced last, or where the search goes on. */
  private int segment;

  private int repeat;
  private int operator;

  /** Reads announced and not yet issued. */
  private int open;

  AnnouncementCursor(Chip chip, int tier, AccessPattern kvPattern) {
    ChipSpec spec = chip.spec();
    TierSpec tierSpec = spec.tiers().get(tier);
    this.chip = chip;
    this.spec = spec;
    this.tier = tier;
    this.ahead = tierSpec.announceAhead();
    this.announcesWeights = tierSpec.announces(Usage.WEIGHTS);
    this.announcesKv = tierSpec.announces(Usage.KV);
    this.kvPattern = kvPattern;
  }

  /** Whether anything is announced to a tier. */
  static boolean isUseful(ChipSpec spec, int tier) {
    TierSpec tierSpec = spec.tiers().get(tier);
    if (spec.tiering().staging() != null && tier == spec.weightsTier()) {
      // Copies into the buffer come between the reads of operators: nothing has an order to
      // announce.
      return false;
    }
    return (spec.holds(tier, Usage.WEIGHTS) && tierSpec.announces(Usage.WEIGHTS))
        || (spec.holds(tier, Usage.KV) && tierSpec.announces(Usage.KV));
  }

  /** A step begins. */
  void restart() {
    if (open != 0) {
      throw new IllegalStateException(open + " announced reads were not issued");
    }
    segment = -1;
  }

  /** A read of stored data is issued; returns whether it had been announced. */
  boolean take() {
    if (open == 0) {
      return false;
    }
    open--;
    return true;
  }

  /** Announces what follows the operator that has just been issued. */
  void announce(OperatorPlan plan, int atSegment, int atRepeat, int atOperator) {
    if (open == 0) {
      segment = atSegment;
      repeat = atRepeat;
      operator = atOperator;
    }
    while (open < ahead && announceOne(plan)) {}
  }

  private boolean announceOne(OperatorPlan plan) {
    int s = segment;
    int r = repeat;
    int i = operator + 1;
    while (true) {
      if (i == plan.segmentEnd(s)) {
        if (++r >= plan.segmentRepeat(s)) {
          r = 0;
          if (++s == plan.segments()) {
            return false;
          }
        }
        i = plan.segmentFirst(s);
      }
      if (bytes(plan, i, Usage.WEIGHTS) > 0 || bytes(plan, i, Usage.KV) > 0) {
        break;
      }
      i++;
    }
    if (!announce(plan, i)) {
      return false;
    }
    segment = s;
    repeat = r;
    operator = i;
    open++;
    return true;
  }

  private boolean announce(OperatorPlan plan, int i) {
    long weightBytes = bytes(plan, i, Usage.WEIGHTS);
    if (weightBytes > 0) {
      return announcesWeights
          && spec.knowsEarly(plan.kind(i))
          && chip.tier(tier)
              .announce(chip.region(tier, Usage.WEIGHTS), weightBytes, AccessPattern.SEQUENTIAL);
    }
    return announcesKv
        && chip.tier(tier)
            .announce(chip.region(tier, Usage.KV), bytes(plan, i, Usage.KV), kvPattern);
  }

  private long bytes(OperatorPlan plan, int i, Usage usage) {
    return TierBytes.stored(spec, plan, i, tier, usage);
  }

  /**
   * How many repeats of the current segment, counted from its end, must be simulated: as many as
   * the announcements run ahead, and one for the announcement that is tried next.
   */
  int repeatsAhead(OperatorPlan plan, int atSegment, int atRepeat) {
    if (open == 0) {
      return 1;
    }
    return segment == atSegment ? repeat - atRepeat + 1 : plan.segmentRepeat(atSegment);
  }

  /** The execution jumps over repeats of the current segment. */
  void skip(int repeats) {
    repeat += repeats;
  }

  void describe(StateSink sink, int atRepeat) {
    sink.put(open);
    if (open > 0) {
      sink.put(segment);
      sink.put(repeat - atRepeat);
      sink.put(operator);
    }
  }
}
