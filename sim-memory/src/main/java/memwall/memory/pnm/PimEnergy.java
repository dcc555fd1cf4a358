package memwall.memory.pnm;

import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.dram.standard.Reach;

/**
 * Where the energy of a kernel went, in picojoules. Report only.
 *
 * @param memory rows, columns, data paths, refresh and standby of the DRAM, the host's share
 *     included
 * @param multiplyPj products and their additions
 */
public record PimEnergy(EnergyBreakdown memory, double multiplyPj) {

  /** All of it. */
  public double totalPj() {
    return memory.totalPj() + multiplyPj;
  }

  /** Bits that processors read from open rows. */
  static EnergyBreakdown columns(DramEnergy energy, Reach reach, double bits) {
    DramEnergy.Way way = energy.read();
    double path = reach == Reach.BANK ? 0 : way.groupPjPerBit();
    path += reach == Reach.BANK || reach == Reach.BANK_GROUP ? 0 : way.globalPjPerBit();
    boolean leaves = reach == Reach.BASE_DIE || reach == Reach.HOST;
    return new EnergyBreakdown(
        0,
        bits * way.cellPjPerBit(),
        bits * path,
        leaves ? bits * way.tsvPjPerBit() : 0,
        reach == Reach.HOST ? bits * way.ioPjPerBit() : 0,
        0,
        0);
  }

  /** Bits of input or results between host and processors: the way of a bit less the near part. */
  static EnergyBreakdown transfers(DramEnergy.Way way, Reach reach, double bits) {
    double path = reach == Reach.BANK ? way.groupPjPerBit() : 0;
    path += reach == Reach.BANK || reach == Reach.BANK_GROUP ? way.globalPjPerBit() : 0;
    boolean inside = reach == Reach.BANK || reach == Reach.BANK_GROUP;
    return new EnergyBreakdown(
        0,
        0,
        bits * path,
        inside ? bits * way.tsvPjPerBit() : 0,
        reach == Reach.HOST ? 0 : bits * way.ioPjPerBit(),
        0,
        0);
  }
}
