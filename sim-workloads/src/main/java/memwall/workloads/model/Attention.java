package memwall.workloads.model;

/**
 * The attention of one layer. All counts are for the whole layer, before it is cut into ranks; one
 * multiply-add is 2 FLOPs.
 */
public sealed interface Attention permits GroupedQueryAttention, LatentAttention {
  /** Query heads. */
  int heads();

  /** Elements of all projection matrices of one layer. */
  long matrixElements(int hiddenSize);

  /** Elements of norm vectors inside the attention (not the layer's own norms). */
  int normElements();

  /** Elements that one token leaves in the KV cache of one layer. */
  int kvElementsPerToken();

  /** FLOPs of a decode token for each KV entry that it attends to. */
  long decodeFlopsPerEntry();

  /** FLOPs of prefill for each pair of a token and an entry that it attends to. */
  long prefillFlopsPerPair();
}
