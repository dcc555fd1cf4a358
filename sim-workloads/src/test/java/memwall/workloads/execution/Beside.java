package memwall.workloads.execution;

import com.google.common.collect.ImmutableList;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.SystemSpec;
import memwall.workloads.system.TierSpec;

/** The same system with all memories beside each other. */
final class Beside {
  private Beside() {}

  static SystemSpec of(SystemSpec system) {
    ChipSpec chip = system.chip();
    ImmutableList<TierSpec> tiers =
        chip.tiers().stream()
            .map(
                tier ->
                    new TierSpec(
                        tier.name(),
                        tier.device(),
                        tier.count(),
                        tier.announceWeights(),
                        tier.announceKv(),
                        tier.announceAhead(),
                        tier.writeBufferBytes()))
            .collect(ImmutableList.toImmutableList());
    return new SystemSpec(
        system.chips(),
        new ChipSpec(
            chip.compute(),
            chip.overhead(),
            tiers,
            chip.weightsTier(),
            chip.kvTier(),
            chip.activationsTier(),
            chip.offload(),
            chip.tiering(),
            chip.watts()),
        system.network(),
        system.stepOverheadPs());
  }
}
