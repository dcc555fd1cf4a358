package memwall.memory.dram.channel;

import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * Rows in the order in which addresses go through them. Where a rank or stack lies above the row,
 * addresses go through all rows of its banks, then through all rows of the next one's: these are
 * counted on, so that a run that goes on to the next row goes on to the next number.
 */
final class RowNumbers {
  /** By bank: the number of its row 0. */
  private final int[] first;

  RowNumbers(DramStandard standard, AddressMapping mapping) {
    Geometry geometry = new Geometry(standard);
    first = new int[geometry.size()];
    long rowBursts = mapping.rowBursts();
    for (int bank = 0; rowBursts > 0 && bank < standard.banks(); bank++) {
      long burst = mapping.encode(AddressMapping.location(bank, 0, 0)) / standard.burstBytes();
      first[geometry.number(bank)] = (int) (burst / rowBursts);
    }
  }

  /** Number of a row of a bank. */
  int number(int bank, int row) {
    return first[bank] + row;
  }

  /** The row of a bank that has a number. */
  int row(int bank, long itsNumber) {
    return (int) itsNumber - first[bank];
  }
}
