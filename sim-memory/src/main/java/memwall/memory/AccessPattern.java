package memwall.memory;

/**
 * How the bytes of a transfer lie in the device.
 *
 * @param blockBytes length of each contiguous block; blocks are scattered, each begins at a fresh
 *     access unit (burst or page). {@link Long#MAX_VALUE} for one contiguous run.
 */
public record AccessPattern(long blockBytes) {
  /** One contiguous run. */
  public static final AccessPattern SEQUENTIAL = new AccessPattern(Long.MAX_VALUE);

  /** Refuses an empty block. */
  public AccessPattern {
    if (blockBytes < 1) {
      throw new IllegalArgumentException("block of " + blockBytes + " bytes");
    }
  }

  /** Scattered blocks of this length. */
  public static AccessPattern blocks(long blockBytes) {
    return new AccessPattern(blockBytes);
  }

  /**
   * Access units that a transfer touches: every block is rounded up to whole units.
   *
   * @param bytes length of the transfer, 0 or more
   * @param unitBytes size of an access unit, at least 1
   */
  public long units(long bytes, long unitBytes) {
    if (bytes <= blockBytes) {
      return ceilDiv(bytes, unitBytes);
    }
    long blocks = bytes / blockBytes;
    return Math.addExact(
        Math.multiplyExact(blocks, ceilDiv(blockBytes, unitBytes)),
        ceilDiv(bytes - blocks * blockBytes, unitBytes));
  }

  private static long ceilDiv(long amount, long unit) {
    return amount / unit + (amount % unit == 0 ? 0 : 1);
  }
}
