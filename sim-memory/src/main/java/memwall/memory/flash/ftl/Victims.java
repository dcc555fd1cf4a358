package memwall.memory.flash.ftl;

import memwall.core.random.RandomStream;

/** The full blocks, and which of them is cleaned next. */
interface Victims {
  /** A block is full. */
  void add(int block);

  /** A block is no longer a candidate. */
  void remove(int block);

  /** A page of a candidate was overwritten or trimmed: its valid pages were one more before. */
  void lessValid(int block);

  /** The block to clean, which stays until it is removed; {@link BlockLists#NONE} if none. */
  int choose();

  /** How many there are. */
  int size();

  /**
   * For a policy.
   *
   * @param valid valid pages of each block, kept up to date by the owner
   * @param filledAt pages that the host had written when each block was filled
   */
  static Victims of(
      FtlSpec spec, int[] valid, long[] filledAt, HostPages host, RandomStream random) {
    return switch (spec.policy()) {
      case GREEDY -> new GreedyVictims(spec, valid);
      case FIFO -> new FifoVictims(spec.blocks());
      case CHOICES -> new DrawnVictims(spec, valid, random);
      case COST_BENEFIT -> new CostBenefitVictims(spec, valid, filledAt, host);
    };
  }

  /** Tells how many pages the host has written. */
  interface HostPages {
    long count();
  }
}
