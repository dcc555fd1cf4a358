package memwall.memory.pnm;

/**
 * What the host reads meanwhile: single bursts at random addresses, arriving at random (Poisson).
 *
 * @param share mean load as a share of the channel's data rate, 0 to 1; 0: no host
 * @param seed of the arrivals and addresses
 */
public record HostLoad(double share, long seed) {
  /** A host that reads nothing. */
  public static final HostLoad NONE = new HostLoad(0, 1);

  /** Checks the range. */
  public HostLoad {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a host load of " + share + " is not in 0 to 1");
    }
  }
}
