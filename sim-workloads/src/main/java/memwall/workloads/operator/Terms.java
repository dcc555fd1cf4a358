package memwall.workloads.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.workloads.model.NumberFormat;
import org.jspecify.annotations.Nullable;

/**
 * The operators of a plan while it is built: each amount is a sum of terms coefficient x {@link
 * Basis}, so that filling a plan is a walk over three arrays.
 */
final class Terms {
  final List<OperatorKind> kinds = new ArrayList<>();
  final List<String> names = new ArrayList<>();
  final List<NumberFormat> formats = new ArrayList<>();

  /** Formats of the stored data that operators read. */
  final List<NumberFormat> stored = new ArrayList<>();

  /** What operators multiply with; empty where they do not, or not with matrices. */
  final List<List<MatrixShape>> matrices = new ArrayList<>();

  /** Heads of decode attention; null for other operators, and where heads are not stored. */
  final List<@Nullable AttentionShape> attentions = new ArrayList<>();

  /** Bits of one distinct expert, for operators that read a varying number of experts; else 0. */
  final List<Long> expertBits = new ArrayList<>();

  private final List<long[]> terms = new ArrayList<>();

  /**
   * Starts an operator; the terms that follow are its own.
   *
   * @param format what the matrix unit multiplies
   * @param storedFormat of the weights or KV entries that it reads
   */
  Terms operator(OperatorKind kind, String name, NumberFormat format, NumberFormat storedFormat) {
    kinds.add(kind);
    names.add(name);
    formats.add(format);
    stored.add(storedFormat);
    matrices.add(new ArrayList<>());
    attentions.add(null);
    expertBits.add(0L);
    return this;
  }

  /** The operator started last multiplies with so many matrices. */
  Terms matrices(long rows, long columns, int count) {
    matrices.get(matrices.size() - 1).add(new MatrixShape(rows, columns, count, false));
    return this;
  }

  /** Each distinct expert of the operator started last has such a matrix. */
  Terms expertMatrix(long rows, long columns) {
    matrices.get(matrices.size() - 1).add(new MatrixShape(rows, columns, 1, true));
    return this;
  }

  /** The operator started last is the attention of decode tokens over stored heads. */
  Terms heads(AttentionShape shape) {
    attentions.set(attentions.size() - 1, shape);
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
