package memwall.memory.flash.port;

import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.FlashStatus;

/** Pages on their way, asked for together; some may not yet have been asked of the device. */
final class PageTransfer {
  private static final PageOrder NOWHERE = PageOrder.of(BurstPattern.run(0, 1));

  /** In order of submission, or of announcement. */
  long number;

  PageOrder order = NOWHERE;
  long word;
  boolean isWrite;

  /** Whether its end is certain. */
  boolean isDone;

  /** Position in the order of its first page, and how many it has. */
  long first;

  long pages;

  /** The page at that position. */
  long firstPage;

  /** Position of the page asked for next, and how many are left to ask for. */
  long position;

  long unfed;

  /** Pages whose end is not certain. */
  long left;

  long lastPs;
  FlashStatus worst = FlashStatus.DONE;

  /** So many are left to ask for, and so many whose end is not certain. */
  void goOn(long itsUnfed, long itsLeft) {
    unfed = itsUnfed;
    left = itsLeft;
    position = (first + pages - unfed) % order.length();
  }

  /** The page asked for next. */
  long page() {
    return order.page(position);
  }

  /** Pages from that one on that follow each other without a gap. */
  long run() {
    return Math.min(unfed, order.runLength(position));
  }
}
