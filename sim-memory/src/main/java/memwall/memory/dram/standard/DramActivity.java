package memwall.memory.dram.standard;

/**
 * What a channel did: counts of commands and time in states, from which its energy follows.
 *
 * @param activates rows opened (and closed again)
 * @param reads bursts read to the host
 * @param writes bursts written by the host
 * @param refreshes refreshes of all banks of a rank or pseudo-channel
 * @param bankRefreshes refreshes of one bank
 * @param activePs time with a bank open, but for power-down, summed over ranks or pseudo-channels
 * @param prechargedPs time with all banks closed, but for low-power states, summed likewise
 * @param powerDownPs time in power-down with all banks closed, summed likewise
 * @param activePowerDownPs time in power-down with a bank open, summed likewise
 * @param selfRefreshPs time in self-refresh, summed likewise
 */
public record DramActivity(
    long activates,
    long reads,
    long writes,
    long refreshes,
    long bankRefreshes,
    long activePs,
    long prechargedPs,
    long powerDownPs,
    long activePowerDownPs,
    long selfRefreshPs) {

  /** Checks that nothing is negative. */
  public DramActivity {
    if ((activates | reads | writes | refreshes | bankRefreshes) < 0
        || (activePs | prechargedPs | powerDownPs | activePowerDownPs | selfRefreshPs) < 0) {
      throw new IllegalArgumentException("counts and times of a channel are 0 or more");
    }
  }

  /** Both together. */
  public DramActivity plus(DramActivity other) {
    return new DramActivity(
        activates + other.activates,
        reads + other.reads,
        writes + other.writes,
        refreshes + other.refreshes,
        bankRefreshes + other.bankRefreshes,
        activePs + other.activePs,
        prechargedPs + other.prechargedPs,
        powerDownPs + other.powerDownPs,
        activePowerDownPs + other.activePowerDownPs,
        selfRefreshPs + other.selfRefreshPs);
  }
}
