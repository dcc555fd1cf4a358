package memwall.network.loggp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveKind;
import memwall.network.collective.CollectiveShape;

/** Sizes at which another algorithm becomes the fastest, by the closed forms. */
public final class Crossovers {
  private Crossovers() {}

  /**
   * From a size on an algorithm is fastest.
   *
   * @param fromBytes the least size
   * @param algorithm the fastest one there
   */
  public record Change(long fromBytes, Algorithm algorithm) {}

  /**
   * Which algorithm is fastest from which size on, beginning with 1 byte. Sizes are looked at at
   * powers of two, and between two that differ the change is found to the byte; an algorithm that
   * is fastest only between two neighbouring powers of two may be left out.
   *
   * @param shape all but its size
   * @param mostBytes the largest size of interest, at least 1
   */
  public static List<Change> of(
      CollectiveFormula formula, CollectiveKind kind, CollectiveShape shape, long mostBytes) {
    List<Change> changes = new ArrayList<>();
    long before = 1;
    Algorithm fastest = formula.fastest(kind, shape.withBytes(1));
    changes.add(new Change(1, fastest));
    while (before < mostBytes) {
      long next = Math.min(2 * before, mostBytes);
      while (formula.fastest(kind, shape.withBytes(next)) != fastest) {
        long still = before;
        long other = next;
        while (other - still > 1) {
          long middle = still + (other - still) / 2;
          if (formula.fastest(kind, shape.withBytes(middle)) == fastest) {
            still = middle;
          } else {
            other = middle;
          }
        }
        fastest = formula.fastest(kind, shape.withBytes(other));
        changes.add(new Change(other, fastest));
        before = other;
      }
      before = next;
    }
    return changes;
  }

  /**
   * The least size from which the second algorithm is faster than the first one, if it is the first
   * one that is at least as fast for a byte.
   *
   * @param shape all but its size
   * @param mostBytes the largest size of interest
   * @return empty if the second one is faster for a byte, or never
   */
  public static OptionalLong between(
      CollectiveFormula formula,
      Algorithm first,
      Algorithm second,
      CollectiveShape shape,
      long mostBytes) {
    if (faster(formula, second, first, shape.withBytes(1))) {
      return OptionalLong.empty();
    }
    long still = 1;
    while (still < mostBytes) {
      long other = Math.min(2 * still, mostBytes);
      if (faster(formula, second, first, shape.withBytes(other))) {
        while (other - still > 1) {
          long middle = still + (other - still) / 2;
          if (faster(formula, second, first, shape.withBytes(middle))) {
            other = middle;
          } else {
            still = middle;
          }
        }
        return OptionalLong.of(other);
      }
      still = other;
    }
    return OptionalLong.empty();
  }

  private static boolean faster(
      CollectiveFormula formula, Algorithm one, Algorithm other, CollectiveShape shape) {
    return formula.seconds(one, shape) < formula.seconds(other, shape);
  }
}
