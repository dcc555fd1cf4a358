package memwall.memory.dram.channel;

/** Who goes first where in-memory compute and the host's transfers want the same buses. */
public enum AllBankPriority {
  /** Whoever can go first; at the same tick compute. */
  FIRST_READY,
  /** Compute: the host does nothing that would put the next command of compute off. */
  COMPUTE
}
