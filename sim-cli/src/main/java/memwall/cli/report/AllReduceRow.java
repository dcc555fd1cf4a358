package memwall.cli.report;

import memwall.network.AllReduceRun;

/**
 * An all-reduce that was simulated.
 *
 * @param library what chose its implementation: a library, an implementation or {@code auto}
 * @param ranks how many took part
 * @param bytes of each rank's vector
 * @param run what came of it
 */
public record AllReduceRow(String library, int ranks, long bytes, AllReduceRun run) {
  private static final double PS_PER_SECOND = 1e12;

  /**
   * What each rank would have to send, at least, per second: bytes times 2 (P-1)/P by the time
   * ("bus bandwidth"); not a number if it took no time.
   */
  public double busBytesPerSec() {
    return run.timePs() == 0
        ? Double.NaN
        : bytes * (2 * (ranks - 1.0) / ranks) * PS_PER_SECOND / run.timePs();
  }

  /** What determines the time besides the implementation: the host, a copy, or nothing. */
  public String bound() {
    return run.choice().hostPs() > 0 && run.choice().hostPs() == run.timePs()
        ? "host"
        : run.choice().copyPs() > 0 ? "copy" : "";
  }
}
