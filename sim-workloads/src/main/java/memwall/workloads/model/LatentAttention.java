package memwall.workloads.model;

import memwall.core.config.Faults;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): the KV cache holds one compressed
 * vector and one rotary key per token and layer.
 *
 * <p>Decode works absorbed: the up-projections of keys and values are applied to the query and to
 * the output, and the products run on the compressed vector. Prefill works expanded: keys and
 * values of all attended tokens are made from the compressed vectors first.
 *
 * @param heads query heads, at least 1
 * @param queryRank rank of the compressed query; 0 if queries are projected directly
 * @param kvRank elements of the compressed key and value
 * @param nopeSize elements of a head's query and key without position
 * @param ropeSize elements of a head's query and key with rotary position; the key is shared
 * @param valueSize elements of a head's value
 */
public record LatentAttention(
    int heads, int queryRank, int kvRank, int nopeSize, int ropeSize, int valueSize)
    implements Attention {

  /**
   * Checks the shape.
   *
   * @throws memwall.core.config.ConfigException if a count is below 1 (0 for the query rank)
   */
  public LatentAttention {
    Faults faults = new Faults();
    Checks.atLeastOne("heads", heads, faults);
    Checks.notNegative("query_rank", queryRank, faults);
    Checks.atLeastOne("kv_rank", kvRank, faults);
    Checks.atLeastOne("nope_size", nopeSize, faults);
    Checks.atLeastOne("rope_size", ropeSize, faults);
    Checks.atLeastOne("value_size", valueSize, faults);
    faults.throwIfAny();
  }

  @Override
  public long matrixElements(int hiddenSize) {
    long queryWidth = (long) heads * (nopeSize + ropeSize);
    long query =
        queryRank == 0
            ? hiddenSize * queryWidth
            : (long) hiddenSize * queryRank + queryRank * queryWidth;
    long kvDown = (long) hiddenSize * kvElementsPerToken();
    long kvUp = (long) kvRank * heads * (nopeSize + valueSize);
    long out = (long) heads * valueSize * hiddenSize;
    return query + kvDown + kvUp + out;
  }

  @Override
  public int normElements() {
    return queryRank + kvRank;
  }

  @Override
  public int kvElementsPerToken() {
    return kvRank + ropeSize;
  }

  @Override
  public long decodeFlopsPerEntry() {
    return 2L * heads * (kvRank + ropeSize) + 2L * heads * kvRank;
  }

  @Override
  public long prefillFlopsPerPair() {
    return 2L * heads * (nopeSize + ropeSize) + 2L * heads * valueSize;
  }
}
