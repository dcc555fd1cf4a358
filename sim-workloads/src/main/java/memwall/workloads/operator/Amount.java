package memwall.workloads.operator;

/** What an operator asks for: columns of a plan's amounts. */
final class Amount {
  /** A count; the others are bits while terms are added up, then bytes. */
  static final int FLOPS = 0;

  static final int WEIGHT = 1;
  static final int KV_READ = 2;
  static final int KV_WRITE = 3;
  static final int ACTIVATION = 4;
  static final int COLLECTIVE = 5;

  /** Part of {@link #WEIGHT}. */
  static final int POPULAR_WEIGHT = 6;

  /** Part of {@link #KV_READ}. */
  static final int KV_READ_TIERED = 7;

  static final int COUNT = 8;

  private Amount() {}
}
