package memwall.memory.dram.standard;

/**
 * How far data travel from their cells: to a compute unit at a bank, at a bank group, on the base
 * die or buffer chip, or to the host.
 */
public enum Reach {
  /** Compute unit at the bank. */
  BANK,
  /** Compute unit shared by the banks of a group. */
  BANK_GROUP,
  /** Base die of a stack, buffer chip of a module. */
  BASE_DIE,
  /** The chip that owns the memory. */
  HOST
}
