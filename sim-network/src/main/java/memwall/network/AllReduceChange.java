package memwall.network;

import java.util.ArrayList;
import java.util.List;

/**
 * A size from which on a network does an all-reduce in another way.
 *
 * @param fromBytes the smallest such size
 * @param implementation name of what is used from there on
 */
public record AllReduceChange(long fromBytes, String implementation) {
  /**
   * The changes up to a size, in order, beginning with what is used for one byte. Sizes are exact
   * to the byte; what is used only between two neighbouring powers of two may be missed.
   */
  public static List<AllReduceChange> of(AllReduceFormula formula, long mostBytes) {
    List<AllReduceChange> changes = new ArrayList<>();
    changes.add(new AllReduceChange(1, formula.chosen(1).name()));
    long low = 1;
    while (low < mostBytes) {
      long high = low > mostBytes / 2 ? mostBytes : 2 * Long.highestOneBit(low);
      String used = formula.chosen(low).name();
      if (formula.chosen(high).name().equals(used)) {
        low = high;
        continue;
      }
      long same = low;
      long other = high;
      while (other - same > 1) {
        long middle = same + (other - same) / 2;
        if (formula.chosen(middle).name().equals(used)) {
          same = middle;
        } else {
          other = middle;
        }
      }
      changes.add(new AllReduceChange(other, formula.chosen(other).name()));
      low = other;
    }
    return changes;
  }
}
