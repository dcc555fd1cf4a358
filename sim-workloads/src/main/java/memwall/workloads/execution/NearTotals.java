package memwall.workloads.execution;

/**
 * What a rank left to its memories in all steps.
 *
 * @param kernels kernels carried out
 * @param weights products with weights
 * @param kv products with keys and values
 */
public record NearTotals(long kernels, Work weights, Work kv) {
  /** Nothing. */
  public static final NearTotals NONE = new NearTotals(0, Work.NONE, Work.NONE);

  /**
   * Products with data that lie in a memory.
   *
   * @param bytes bytes of them read where they lie and not over the channels
   * @param flops FLOPs of the products
   * @param inputBytes bytes of input over the channels, to all that use them
   * @param resultBytes bytes of results over the channels
   */
  public record Work(long bytes, long flops, long inputBytes, long resultBytes) {
    /** Nothing. */
    public static final Work NONE = new Work(0, 0, 0, 0);

    /** This and as much again of an operator, some times. */
    public Work plus(long times, long itsBytes, long itsFlops, long itsInput, long itsResult) {
      return new Work(
          bytes + times * itsBytes,
          flops + times * itsFlops,
          inputBytes + times * itsInput,
          resultBytes + times * itsResult);
    }
  }
}
