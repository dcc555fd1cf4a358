package memwall.workloads.model;

import memwall.core.config.Faults;

/**
 * Attention with one key and one value head for each group of query heads: multi-head (groups of
 * one) and multi-query (one group) are its ends.
 *
 * @param heads query heads, at least 1
 * @param kvHeads key/value heads, a divisor of {@code heads}
 * @param headSize elements of one head, at least 1
 */
public record GroupedQueryAttention(int heads, int kvHeads, int headSize) implements Attention {

  /**
   * Checks the shape.
   *
   * @throws memwall.core.config.ConfigException if a count is below 1 or the heads do not divide
   */
  public GroupedQueryAttention {
    Faults faults = new Faults();
    Checks.atLeastOne("heads", heads, faults);
    Checks.atLeastOne("kv_heads", kvHeads, faults);
    Checks.atLeastOne("head_size", headSize, faults);
    if (faults.isEmpty() && heads % kvHeads != 0) {
      faults.add(
          "heads: " + heads + " cannot be divided into " + kvHeads + " equal groups (kv_heads)");
    }
    faults.throwIfAny();
  }

  @Override
  public long matrixElements(int hiddenSize) {
    long queryWidth = (long) heads * headSize;
    long kvWidth = (long) kvHeads * headSize;
    return hiddenSize * (queryWidth + 2 * kvWidth + queryWidth);
  }

  @Override
  public int normElements() {
    return 0;
  }

  @Override
  public int kvElementsPerToken() {
    return 2 * kvHeads * headSize;
  }

  @Override
  public long decodeFlopsPerEntry() {
    return 4L * heads * headSize;
  }

  @Override
  public long prefillFlopsPerPair() {
    return decodeFlopsPerEntry();
  }
}
