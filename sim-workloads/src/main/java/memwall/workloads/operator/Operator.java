package memwall.workloads.operator;

import memwall.workloads.model.NumberFormat;

/**
 * One operator of a filled {@link OperatorPlan} as a value, for reports and tests. Amounts are
 * those of one rank.
 */
public sealed interface Operator {
  /** What it is. */
  OperatorKind kind();

  /** Where it stands, for example {@code layer.qkv}. */
  String name();

  /**
   * Looks up or transforms activations.
   *
   * @param kind EMBEDDING or ELEMENTWISE
   * @param name where it stands
   * @param weightBytes embedding rows or norm vectors read
   * @param activationBytes activations read and written
   */
  record Vector(OperatorKind kind, String name, long weightBytes, long activationBytes)
      implements Operator {}

  /**
   * Multiplies activations with stored matrices.
   *
   * @param kind GEMM, EXPERTS or HEAD
   * @param name where it stands
   * @param format what the matrix unit multiplies
   * @param flops two per multiply-add
   * @param weightBytes weights read, once per step
   * @param activationBytes activations read and written
   */
  record Matrix(
      OperatorKind kind,
      String name,
      NumberFormat format,
      long flops,
      long weightBytes,
      long activationBytes)
      implements Operator {}

  /**
   * Attends to the KV cache.
   *
   * @param kind ATTENTION or PREFILL_ATTENTION
   * @param name where it stands
   * @param format what the matrix unit multiplies
   * @param flops two per multiply-add
   * @param kvReadBytes KV entries read
   * @param kvWriteBytes KV entries of the step's own tokens written
   * @param activationBytes queries read, outputs written
   */
  record Attention(
      OperatorKind kind,
      String name,
      NumberFormat format,
      long flops,
      long kvReadBytes,
      long kvWriteBytes,
      long activationBytes)
      implements Operator {}

  /**
   * Sums over the ranks, or moves data between them.
   *
   * @param kind ALL_REDUCE, ALL_TO_ALL or SEND
   * @param name where it stands
   * @param collectiveBytes bytes that each rank gives
   */
  record Collective(OperatorKind kind, String name, long collectiveBytes) implements Operator {}
}
