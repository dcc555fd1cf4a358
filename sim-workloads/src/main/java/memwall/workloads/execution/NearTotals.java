package memwall.workloads.execution;

/**
 * What a rank left to its memories in all steps.
 *
 * @param kernels kernels carried out
 * @param weightBytes bytes of weights read where they lie and not over the channels
 * @param weightFlops FLOPs of products with them
 * @param kvBytes bytes of keys and values read where they lie
 * @param kvFlops FLOPs of products with them
 */
public record NearTotals(
    long kernels, long weightBytes, long weightFlops, long kvBytes, long kvFlops) {
  /** Nothing. */
  public static final NearTotals NONE = new NearTotals(0, 0, 0, 0, 0);
}
