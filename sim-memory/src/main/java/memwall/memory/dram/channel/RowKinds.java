package memwall.memory.dram.channel;

import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.RowTier;

/** Which rows of a device are alike: 0 those of no tier, 1 those of the first tier, and so on. */
final class RowKinds {
  /** Row behind each tier; tiers follow each other from row 0 on. */
  private final int[] ends;

  RowKinds(DramStandard standard) {
    ends = standard.tiers().stream().mapToInt(RowTier::endRow).toArray();
    if (ends.length >= Long.SIZE) {
      throw new IllegalArgumentException(
          standard.name() + " has " + ends.length + " tiers; at most are " + (Long.SIZE - 1));
    }
  }

  /** Whether there are tiers. */
  boolean areSeveral() {
    return ends.length > 0;
  }

  /** Kind of a row. */
  int of(int row) {
    for (int i = 0; i < ends.length; i++) {
      if (row < ends[i]) {
        return i + 1;
      }
    }
    return 0;
  }

  /** The kind of a row as a bit. */
  long bit(int row) {
    return 1L << of(row);
  }
}
