package memwall.memory.pnm;

/**
 * What a kernel on an engine beside the memory took and moved.
 *
 * @param timePs from the launch to the last result at the host
 * @param readPs until the engine has its last burst
 * @param boundPs the later of all reads at full rate and all FLOPs at full rate
 * @param flops FLOPs of the kernel
 * @param readBytes bytes read by the engine, from all channels
 * @param inputBytes bytes of input over the link
 * @param resultBytes bytes of results over the link
 * @param rowHits reads of one channel, the host's included, that found their row open
 * @param reads reads of one channel, the host's included
 * @param memoryPj energy of the engine's reads: rows and the way to the engine, no further
 * @param computePj energy of the FLOPs
 * @param linkPj energy of input and results over the link
 * @param hostEnergyPj the matrices all the way to the host instead
 * @param host latencies of the host's reads beside the kernel, of one channel
 */
public record PnmResult(
    long timePs,
    long readPs,
    long boundPs,
    long flops,
    long readBytes,
    long inputBytes,
    long resultBytes,
    long rowHits,
    long reads,
    double memoryPj,
    double computePj,
    double linkPj,
    double hostEnergyPj,
    HostLatency host) {

  /** All of it. */
  public double energyPj() {
    return memoryPj + computePj + linkPj;
  }

  /** Rate at which the engine read. */
  public double bytesPerSec() {
    return readBytes * 1e12 / readPs;
  }
}
