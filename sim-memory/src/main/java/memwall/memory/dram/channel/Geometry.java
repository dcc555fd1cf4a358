package memwall.memory.dram.channel;

import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;
import org.jspecify.annotations.Nullable;

/**
 * How the banks of a channel are grouped and numbered. A scope is what an all-bank refresh covers:
 * a rank or a pseudo-channel.
 *
 * <p>Inside the channel banks have numbers in which every level has its own bits, so that the node
 * of a bank at a level is the number shifted right. Where a count is no power of two (three SIDs)
 * these numbers have gaps; outside banks are counted without gaps, in the same order.
 */
final class Geometry {
  private final int[] number;
  private final int[] outside;
  private final int[] shift;
  private final int scopes;
  private final int scopeLevel;
  private final int sids;

  /** By level: all nodes in order; made when first asked for. */
  private final int[][] orders;

  Geometry(DramStandard standard) {
    int levels = standard.levels().size();
    shift = new int[levels];
    orders = new int[levels][0];
    int bits = 0;
    int scopeCount = 1;
    int sidCount = 1;
    for (int i = levels - 1; i >= 0; i--) {
      Level level = standard.levels().get(i);
      shift[i] = bits;
      bits += bitsFor(level.count());
      if (i <= standard.refreshLevel()) {
        scopeCount *= level.count();
      } else if (level.name().equals("sid")) {
        sidCount = level.count();
      }
    }
    scopes = scopeCount;
    sids = sidCount;
    scopeLevel = standard.refreshLevel();
    number = new int[standard.banks()];
    outside = new int[1 << bits];
    for (int bank = 0; bank < number.length; bank++) {
      int rest = bank;
      for (int i = levels - 1; i >= 0; i--) {
        int count = standard.levels().get(i).count();
        number[bank] |= rest % count << shift[i];
        rest /= count;
      }
      outside[number[bank]] = bank;
    }
    if (1 << bitsFor(scopes) != scopes) {
      throw new IllegalArgumentException(
          standard.name() + " has " + scopes + " ranks or pseudo-channels, not a power of two");
    }
  }

  private static int bitsFor(int count) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }

  /** Numbers in use inside, gaps included: a power of two. */
  int size() {
    return outside.length;
  }

  /** Banks of the channel. */
  int banks() {
    return number.length;
  }

  /** Number inside of a bank counted without gaps. */
  int number(int bank) {
    return number[bank];
  }

  /** Number without gaps of a bank. */
  int outside(int bank) {
    return outside[bank];
  }

  /** Bank number shifted right by this is its node at the level. */
  int shift(int level) {
    return shift[level];
  }

  /** Nodes of a level, gaps included. */
  int nodes(int level) {
    return outside.length >>> shift[level];
  }

  /** Refresh scopes of the channel. */
  int scopes() {
    return scopes;
  }

  /** Level of the refresh scopes. */
  int scopeLevel() {
    return scopeLevel;
  }

  /** Stacks (SID) inside each scope, 1 where the standard has none. */
  int sids() {
    return sids;
  }

  /** Banks of a group, gaps in their numbers included. */
  int groupSize() {
    return 1 << shift[shift.length - 2];
  }

  /** Scope of a bank. */
  int scope(int bank) {
    return bank >>> shift[scopeLevel];
  }

  int firstBank(int scope) {
    return scope << shift[scopeLevel];
  }

  int lastBank(int scope) {
    return ((scope + 1) << shift[scopeLevel]) - 1;
  }

  /** Nodes of a level by their numbers relative to a run, or as they are. */
  int[] order(@Nullable StreamFrame frame, int level) {
    if (frame != null) {
      return frame.order(level);
    }
    int[] order = orders[level];
    if (order.length == 0) {
      order = new int[nodes(level)];
      for (int i = 0; i < order.length; i++) {
        order[i] = i;
      }
      orders[level] = order;
    }
    return order;
  }
}
