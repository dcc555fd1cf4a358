package memwall.memory.dram.standard;

/**
 * Where the energy of a DRAM went, in picojoules. Report only.
 *
 * @param activatePj opening and closing rows
 * @param cellPj bursts between row buffers and the banks' edges
 * @param datapathPj bursts across the die, to the bank group and to the die's pins
 * @param tsvPj bursts through the stack and the base die
 * @param ioPj bursts between memory and host: PHY, pins, interposer or board
 * @param refreshPj refreshes
 * @param backgroundPj standby and power-down
 */
public record EnergyBreakdown(
    double activatePj,
    double cellPj,
    double datapathPj,
    double tsvPj,
    double ioPj,
    double refreshPj,
    double backgroundPj) {

  /** All of it. */
  public double totalPj() {
    return activatePj + cellPj + datapathPj + tsvPj + ioPj + refreshPj + backgroundPj;
  }

  /** So many times as much. */
  public EnergyBreakdown times(double factor) {
    return new EnergyBreakdown(
        activatePj * factor,
        cellPj * factor,
        datapathPj * factor,
        tsvPj * factor,
        ioPj * factor,
        refreshPj * factor,
        backgroundPj * factor);
  }

  /** Both together. */
  public EnergyBreakdown plus(EnergyBreakdown other) {
    return new EnergyBreakdown(
        activatePj + other.activatePj,
        cellPj + other.cellPj,
        datapathPj + other.datapathPj,
        tsvPj + other.tsvPj,
        ioPj + other.ioPj,
        refreshPj + other.refreshPj,
        backgroundPj + other.backgroundPj);
  }
}
