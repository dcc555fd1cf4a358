package memwall.network.loggp;

/**
 * Mean waiting times at a port that serves one packet after the other, in service times, by the
 * share of time for which it is busy.
 */
public final class QueueFormula {
  private QueueFormula() {}

  /**
   * Poisson arrivals, equal service times: rho / (2 (1 - rho)) (Pollaczek, Khinchine).
   *
   * @param busyShare rho, from 0 to below 1
   */
  public static double md1(double busyShare) {
    return check(busyShare) / (2 * (1 - busyShare));
  }

  /** Poisson arrivals, exponential service times: rho / (1 - rho). */
  public static double mm1(double busyShare) {
    return check(busyShare) / (1 - busyShare);
  }

  /**
   * Output of a slotted switch of N inputs, each with a packet in a slot with probability rho, for
   * a random output: (N-1)/N rho / (2 (1 - rho)) (Karol, Hluchyj, Morgan, IEEE Trans. Comm. 1987).
   *
   * @param inputs N, at least 1
   */
  public static double slottedOutput(double busyShare, int inputs) {
    if (inputs < 1) {
      throw new IllegalArgumentException(inputs + " inputs: at least 1");
    }
    return (inputs - 1.0) / inputs * md1(busyShare);
  }

  private static double check(double busyShare) {
    if (!(busyShare >= 0 && busyShare < 1)) {
      throw new IllegalArgumentException("busy for a share of " + busyShare + ": not in [0, 1)");
    }
    return busyShare;
  }
}
