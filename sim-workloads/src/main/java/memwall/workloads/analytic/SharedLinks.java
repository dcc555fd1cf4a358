package memwall.workloads.analytic;

import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.TierSpec;

/** Memories behind others, as a closed form: the link in front carries the bytes of both. */
final class SharedLinks {
  private SharedLinks() {}

  /**
   * Makes the times of memories behind others at least those on the link in front: bytes from
   * behind come after their latency, behind or beside those of the front, and a hop later.
   *
   * @param timesPs of an operator by tier; raised
   * @param latenciesPs of these, latency before the first byte
   * @param movedBytes of the operator by tier, in whole access units
   */
  static void delay(ChipSpec chip, double[] timesPs, double[] latenciesPs, double[] movedBytes) {
    for (int tier = 0; tier < timesPs.length; tier++) {
      TierSpec.Chain chain = chip.tiers().get(tier).chain();
      if (chain == null || movedBytes[tier] == 0) {
        continue;
      }
      int index = chip.frontOf(tier);
      TierSpec front = chip.tiers().get(index);
      double psPerByte = 1e12 / ((double) front.device().linkBytesPerSec() * front.count());
      double bothPs = (movedBytes[tier] + movedBytes[index]) * psPerByte;
      double passedPs = Math.max(latenciesPs[tier] + movedBytes[tier] * psPerByte, bothPs);
      timesPs[tier] = Math.max(timesPs[tier], passedPs) + chain.hopPs();
    }
  }
}
