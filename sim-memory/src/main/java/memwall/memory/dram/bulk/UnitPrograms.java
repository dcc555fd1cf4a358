package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.AllBankProgram;

/** What the units of a channel do in a kernel of in-memory compute, each from its beginning. */
@FunctionalInterface
public interface UnitPrograms {
  /** The program of a unit, not begun; asked for once per unit, when the kernel begins. */
  AllBankProgram of(int unit);
}
