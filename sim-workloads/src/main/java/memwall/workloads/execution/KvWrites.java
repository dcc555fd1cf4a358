package memwall.workloads.execution;

import memwall.core.Completion;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.workloads.system.Chip;
import org.jspecify.annotations.Nullable;

/**
 * KV entries that a rank has written and that are not stored yet. Writes are posted; an operator
 * waits for them only while there are more of them than the write buffer holds.
 */
final class KvWrites {
  private final Chip chip;
  private final int tier;
  private final long bufferBytes;
  private final AccessPattern pattern;
  private final Completion writeDone = this::writeDone;
  private final @Nullable OperatorRun[] waiting = new OperatorRun[2];
  private long backlogBytes;

  KvWrites(Chip chip, AccessPattern pattern) {
    this.chip = chip;
    this.pattern = pattern;
    tier = chip.spec().kvTier();
    bufferBytes = chip.spec().tiers().get(tier).writeBufferBytes();
  }

  /**
   * Submits a write.
   *
   * @param operator told by {@link OperatorRun#written} when there is room, if there is none now
   * @return whether it has to wait for that
   */
  boolean write(long bytes, OperatorRun operator) {
    if (bytes == 0) {
      return false;
    }
    backlogBytes += bytes;
    chip.tier(tier).write(chip.region(Usage.KV), bytes, pattern, writeDone, bytes);
    if (backlogBytes <= bufferBytes) {
      return false;
    }
    waiting[waiting[0] == null ? 0 : 1] = operator;
    return true;
  }

  private void writeDone(long bytes) {
    backlogBytes -= bytes;
    if (backlogBytes > bufferBytes) {
      return;
    }
    for (int i = 0; i < waiting.length; i++) {
      OperatorRun operator = waiting[i];
      if (operator != null) {
        waiting[i] = null;
        operator.written();
      }
    }
  }

  /** Bytes that are not stored yet. */
  long backlogBytes() {
    return backlogBytes;
  }
}
