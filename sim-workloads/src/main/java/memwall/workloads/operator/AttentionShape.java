package memwall.workloads.operator;

/**
 * Attention of a decode token on one rank: keys and values are multiplied as they are stored, head
 * by head.
 *
 * @param kvHeads heads of keys and values, at least 1
 * @param group query heads that share one of them, at least 1
 * @param headSize elements of a head, at least 1
 */
public record AttentionShape(int kvHeads, int group, int headSize) {
  /** Checks the ranges. */
  public AttentionShape {
    if (kvHeads < 1 || group < 1 || headSize < 1) {
      throw new IllegalArgumentException("heads, group and head size must be at least 1");
    }
  }
}
