package memwall.memory.dram.standard;

import com.google.errorprone.annotations.Immutable;
import memwall.core.config.Config;
import memwall.core.config.Dimension;

/**
 * What the commands and states of a channel cost. The way of a bit is split, so that what stops
 * short of the host costs only as far as it goes. Report only: energy is counts times these.
 *
 * @param burstBits bits that a burst moves
 * @param activatePj one row opened and closed, in all chips of the rank together
 * @param read the way of a bit that is read
 * @param write the way of a bit that is written
 * @param refreshPj one refresh of all banks of a rank or pseudo-channel
 * @param bankRefreshPj one refresh of one bank
 * @param activeWatts standby of a rank or pseudo-channel with an open bank
 * @param prechargedWatts standby with all banks closed
 * @param powerDownWatts in power-down with all banks closed
 * @param activePowerDownWatts in power-down with an open bank
 * @param selfRefreshWatts in self-refresh, its refreshes included
 */
public record DramEnergy(
    long burstBits,
    double activatePj,
    Way read,
    Way write,
    double refreshPj,
    double bankRefreshPj,
    double activeWatts,
    double prechargedWatts,
    double powerDownWatts,
    double activePowerDownWatts,
    double selfRefreshWatts) {

  /**
   * The stretches of a bit's way.
   *
   * @param cellPjPerBit between row buffer and the edge of the bank
   * @param groupPjPerBit to the bank group's own wires
   * @param globalPjPerBit to the pins or TSVs of the die
   * @param tsvPjPerBit through the stack and the base die; 0 where there is none
   * @param ioPjPerBit between memory and host
   */
  @Immutable
  public record Way(
      double cellPjPerBit,
      double groupPjPerBit,
      double globalPjPerBit,
      double tsvPjPerBit,
      double ioPjPerBit) {

    /** Energy of a bit that goes so far. */
    public double pjPerBit(Reach reach) {
      double energy = cellPjPerBit;
      if (reach == Reach.BANK) {
        return energy;
      }
      energy += groupPjPerBit;
      if (reach == Reach.BANK_GROUP) {
        return energy;
      }
      energy += globalPjPerBit + tsvPjPerBit;
      return reach == Reach.BASE_DIE ? energy : energy + ioPjPerBit;
    }
  }

  /** Energy to read so many bits from open rows, as far as their user. */
  public double readPj(long bits, Reach reach) {
    return bits * read.pjPerBit(reach);
  }

  /** Energy to write so many bits into open rows, from as far as they come. */
  public double writePj(long bits, Reach reach) {
    return bits * write.pjPerBit(reach);
  }

  /** What an activity cost, by where it went; its bursts go to and come from the host. */
  public EnergyBreakdown of(DramActivity activity) {
    double readBits = (double) activity.reads() * burstBits;
    double writtenBits = (double) activity.writes() * burstBits;
    return new EnergyBreakdown(
        activity.activates() * activatePj,
        readBits * read.cellPjPerBit + writtenBits * write.cellPjPerBit,
        readBits * (read.groupPjPerBit + read.globalPjPerBit)
            + writtenBits * (write.groupPjPerBit + write.globalPjPerBit),
        readBits * read.tsvPjPerBit + writtenBits * write.tsvPjPerBit,
        readBits * read.ioPjPerBit + writtenBits * write.ioPjPerBit,
        activity.refreshes() * refreshPj + activity.bankRefreshes() * bankRefreshPj,
        // 1 W for 1 ps is 1 pJ
        activity.activePs() * activeWatts
            + activity.prechargedPs() * prechargedWatts
            + activity.powerDownPs() * powerDownWatts
            + activity.activePowerDownPs() * activePowerDownWatts
            + activity.selfRefreshPs() * selfRefreshWatts);
  }

  /** Reads what a device's {@code low_power} says, if there is one, and ends that section. */
  DramEnergy withLowPower(Config config) {
    if (!config.has("low_power")) {
      return this;
    }
    Config low = config.section("low_power", "States of low power");
    double active =
        low.reportQuantity("active_power_down", Dimension.POWER, "In power-down with an open bank");
    double itself =
        low.reportQuantity("self_refresh", Dimension.POWER, "In self-refresh, all included");
    low.finish();
    return new DramEnergy(
        burstBits,
        activatePj,
        read,
        write,
        refreshPj,
        bankRefreshPj,
        activeWatts,
        prechargedWatts,
        powerDownWatts,
        active,
        itself);
  }

  /**
   * Energy per bit of long streams that read every burst of each row they open, without refresh and
   * background.
   */
  public double streamPjPerBit(DramStandard standard, Reach reach) {
    return activatePj / ((double) standard.bursts() * burstBits) + read.pjPerBit(reach);
  }
}
