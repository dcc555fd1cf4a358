package memwall.memory.flash.host;

/** How much is retired at once; OCP HBF 0.7, tables 12 and 13, code 0x8. */
public enum RetirementLevel {
  /** One block. */
  BLOCK,
  /** A plane with all its blocks. */
  BANK,
  /** A die with all its planes. */
  DIE,
  /** A channel with all its dies. */
  CHANNEL
}
