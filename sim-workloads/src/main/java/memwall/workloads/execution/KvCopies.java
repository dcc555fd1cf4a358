package memwall.workloads.execution;

import java.util.ArrayDeque;
import memwall.core.Completion;
import memwall.core.leap.StateSink;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.workloads.system.Chip;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.system.TierSpec;

/**
 * Copies KV entries of a rank from the first memory into the second: one copy after the other, each
 * in pieces that are read, then written. So many pieces are under way as the write buffer of the
 * second memory holds, hence a copy reads no faster than the second memory writes, and it takes its
 * share of both memories among the transfers of steps. Nobody waits for it.
 */
final class KvCopies {
  /** Pieces that the write buffer holds. */
  private static final int PIECES = 2;

  /** A piece of fewer bytes would be an event for next to nothing. */
  private static final long LEAST_PIECE_BYTES = 1 << 20;

  private record Copy(long bytes, Completion done, long word) {}

  private final Chip chip;
  private final int from;
  private final int to;
  private final long pieceBytes;
  private final AccessPattern fromPattern;
  private final Completion readDone = this::readDone;
  private final Completion writeDone = this::writeDone;
  private final ArrayDeque<Copy> copies = new ArrayDeque<>();

  /** Of the oldest copy: bytes not asked for, bytes not stored. */
  private long unreadBytes;

  private long unstoredBytes;
  private int underWay;

  KvCopies(Chip chip, KvTieringSpec tiering, AccessPattern fromPattern) {
    this.chip = chip;
    this.from = chip.spec().kvTier();
    this.to = tiering.tier();
    this.fromPattern = fromPattern;
    TierSpec second = chip.spec().tiers().get(to);
    this.pieceBytes = Math.max(LEAST_PIECE_BYTES, second.writeBufferBytes() / PIECES);
  }

  /** Copies; the completion is called when the last byte is stored for good. */
  void copy(long bytes, Completion done, long word) {
    if (bytes < 1) {
      throw new IllegalArgumentException("copy of " + bytes + " bytes");
    }
    copies.add(new Copy(bytes, done, word));
    if (copies.size() == 1) {
      begin();
    }
  }

  private void begin() {
    unreadBytes = copies.element().bytes();
    unstoredBytes = unreadBytes;
    readOn();
  }

  private void readOn() {
    while (underWay < PIECES && unreadBytes > 0) {
      long bytes = Math.min(pieceBytes, unreadBytes);
      unreadBytes -= bytes;
      underWay++;
      chip.tier(from).read(chip.region(from, Usage.KV), bytes, fromPattern, readDone, bytes);
    }
  }

  private void readDone(long bytes) {
    chip.tier(to)
        .write(chip.region(to, Usage.KV), bytes, AccessPattern.SEQUENTIAL, writeDone, bytes);
  }

  private void writeDone(long bytes) {
    underWay--;
    unstoredBytes -= bytes;
    if (unstoredBytes > 0) {
      readOn();
      return;
    }
    Copy copy = copies.remove();
    if (!copies.isEmpty()) {
      begin();
    }
    copy.done().complete(copy.word());
  }

  /**
   * A copy under way never leaves the same state behind twice: it gets shorter, or nearer to the
   * completion of a piece, which the memories describe.
   */
  void describe(StateSink sink) {
    sink.put(copies.size());
    if (!copies.isEmpty()) {
      sink.put(unreadBytes);
      sink.put(unstoredBytes);
      sink.put(underWay);
    }
  }
}
