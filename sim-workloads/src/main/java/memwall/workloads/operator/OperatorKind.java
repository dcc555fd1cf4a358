package memwall.workloads.operator;

/** What an operator is: tells an executor which engine and which stored data it uses. */
public enum OperatorKind {
  /** Rows of the embedding are looked up. */
  EMBEDDING,
  /** Norms, residual additions, activation functions: traffic without counted FLOPs. */
  ELEMENTWISE,
  /** Activations times a weight matrix that all tokens share. */
  GEMM,
  /** Attention of decode tokens: each reads its own context. */
  ATTENTION,
  /** Attention of prompt chunks. */
  PREFILL_ATTENTION,
  /** The routed experts of an MoE layer: weights of those experts that were chosen. */
  EXPERTS,
  /** Sum over the ranks of a tensor-parallel group; all get the result. */
  ALL_REDUCE,
  /** Tokens travel to the ranks of their experts, or results back: each rank to each other one. */
  ALL_TO_ALL,
  /** Activations go from a stage of a pipeline to the next one. */
  SEND,
  /** The output head: logits of the rows that need a next token. */
  HEAD;

  /** Whether it moves data between ranks, and does nothing else. */
  public boolean communicates() {
    return this == ALL_REDUCE || this == ALL_TO_ALL || this == SEND;
  }

  /**
   * Whether the addresses of the weights are known before the operators in front of it are done:
   * not for embedding rows and routed experts, which depend on results.
   */
  public boolean addressKnownEarly() {
    return this != EMBEDDING && this != EXPERTS;
  }
}
