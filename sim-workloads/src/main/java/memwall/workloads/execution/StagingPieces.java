package memwall.workloads.execution;

import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.StagingSpec;
import memwall.workloads.system.TierSpec;

/** Into what pieces weights are cut on their way through a staging buffer. */
public final class StagingPieces {
  /** The buffer is filled piece by piece, of so many at least. */
  private static final int PIECES = 16;

  private static final long MOST_BYTES = 16L << 20;

  private StagingPieces() {}

  /** Bytes of a piece: whole pages, of all lanes if the buffer holds enough of those. */
  public static long bytes(ChipSpec chip, StagingSpec staging) {
    TierSpec source = chip.tiers().get(chip.weightsTier());
    MemorySpec device = source.device();
    long page = device.accessBytes(Usage.WEIGHTS);
    long stripe = page * device.lanes() * source.count();
    long piece = Math.min(MOST_BYTES, staging.sizeBytes() / PIECES);
    return piece >= stripe ? piece / stripe * stripe : Math.max(page, piece / page * page);
  }
}
