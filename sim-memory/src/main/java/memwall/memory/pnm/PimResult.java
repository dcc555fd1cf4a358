package memwall.memory.pnm;

/**
 * What a kernel took and moved.
 *
 * @param timePs from the launch to the last result, the launch included
 * @param switchPs of it: closing the host's rows and switching mode
 * @param closedFormPs the same without host and refresh, by arithmetic
 * @param boundPs the multiplies alone, all processors always busy
 * @param heldPs time in which the host was held off the banks, longest unit
 * @param refreshes refreshes that fell into it, of one channel
 * @param multiplications products asked for
 * @param slots products that the processors had room for, padding included
 * @param matrixBytes bytes of the matrices
 * @param bankBytes bytes that the processors read from the banks, padding and repetition included
 * @param inputBytes bytes of input over the data buses
 * @param resultBytes bytes of results over the data buses
 * @param activates rows opened by the kernel, of single banks
 * @param rowsUsed rows of each bank that hold matrices
 * @param additions partial results added outside the processors
 * @param energy where the energy went, from launch to end, all devices
 * @param hostBoundPs the matrices once over the data buses at full rate: no host is faster
 * @param hostEnergyPj the same way's energy, whole rows being read
 * @param host latencies of the host's reads beside the kernel, of one channel
 */
public record PimResult(
    long timePs,
    long switchPs,
    long closedFormPs,
    long boundPs,
    long heldPs,
    long refreshes,
    long multiplications,
    long slots,
    long matrixBytes,
    long bankBytes,
    long inputBytes,
    long resultBytes,
    long activates,
    int rowsUsed,
    long additions,
    PimEnergy energy,
    long hostBoundPs,
    double hostEnergyPj,
    HostLatency host) {

  /** Rate at which the matrices were read, as seen from outside. */
  public double bytesPerSec() {
    return matrixBytes * 1e12 / timePs;
  }
}
