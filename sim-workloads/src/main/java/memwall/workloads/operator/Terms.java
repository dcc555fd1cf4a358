package memwall.workloads.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.workloads.model.NumberFormat;

/**
 * The operators of a plan while it is built: each amount is a sum of terms coefficient x {@link
 * Basis}, so that filling a plan is a walk over three arrays.
 */
final class Terms {
  final List<OperatorKind> kinds = new ArrayList<>();
  final List<String> names = new ArrayList<>();
  final List<NumberFormat> formats = new ArrayList<>();

  /** Bits of one distinct expert, for operators that read a varying number of experts; else 0. */
  final List<Long> expertBits = new ArrayList<>();

  private final List<long[]> terms = new ArrayList<>();

  /** Starts an operator; the terms that follow are its own. */
  Terms operator(OperatorKind kind, String name, NumberFormat format) {
    kinds.add(kind);
    names.add(name);
    formats.add(format);
    expertBits.add(0L);
    return this;
  }

  /** Adds a term to the operator started last; amounts other than FLOPs in bits. */
  Terms add(int amount, Basis basis, long coefficient) {
    if (coefficient != 0) {
      int slot = (kinds.size() - 1) * Amount.COUNT + amount;
      terms.add(new long[] {slot, basis.index(), coefficient});
    }
    return this;
  }

  /** The operator started last reads so many bits for each distinct expert. */
  Terms perDistinctExpert(long bits) {
    expertBits.set(kinds.size() - 1, bits);
    return this;
  }

  int size() {
    return kinds.size();
  }

  /** Where the terms add to: operator x {@link Amount#COUNT} + amount. */
  int[] slots() {
    return ints(0);
  }

  /** Indices of the {@link Basis} of the terms. */
  int[] bases() {
    return ints(1);
  }

  /** Coefficients of the terms. */
  long[] coefficients() {
    return terms.stream().mapToLong(term -> term[2]).toArray();
  }

  private int[] ints(int column) {
    int[] values = new int[terms.size()];
    Arrays.setAll(values, i -> (int) terms.get(i)[column]);
    return values;
  }
}
