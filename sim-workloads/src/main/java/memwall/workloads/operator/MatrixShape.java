package memwall.workloads.operator;

/**
 * Equal matrices that an operator multiplies with on one rank. Matrices with a common input
 * (queries, keys and values; gate and up) stand as one with the rows of all.
 *
 * @param rows outputs of each, at least 1
 * @param columns inputs of each, at least 1
 * @param count how many there are, each with an input of its own, at least 1
 * @param perExpert whether every distinct expert of the step has so many
 */
public record MatrixShape(long rows, long columns, int count, boolean perExpert) {
  /** Checks the ranges. */
  public MatrixShape {
    if (rows < 1 || columns < 1 || count < 1) {
      throw new IllegalArgumentException("rows, columns and count must be at least 1");
    }
  }

  /** Elements of all of them; of one expert's, if each has its own. */
  public long elements() {
    return Math.multiplyExact(Math.multiplyExact(rows, columns), (long) count);
  }
}
