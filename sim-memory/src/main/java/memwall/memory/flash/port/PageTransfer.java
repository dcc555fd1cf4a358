package memwall.memory.flash.port;

import memwall.memory.dram.bulk.BurstPattern;
import memwall.memory.flash.device.FlashStatus;

/** Pages on their way, asked for together; some may not yet have been asked of the device. */
final class PageTransfer {
  BurstPattern pattern = BurstPattern.run(0, 1);
  long word;
  int slot;

  /** Position in the pattern of the page asked for next, and how many are left to ask for. */
  long position;

  long unfed;

  /** Pages asked for, all in all. */
  long pages;

  /** Pages whose end is not certain. */
  long left;

  long lastPs;
  FlashStatus worst = FlashStatus.DONE;

  /** The page asked for next. */
  long page() {
    return pattern.burst(position);
  }

  /** Pages from that one on that follow each other without a gap. */
  long run() {
    return Math.min(unfed, pattern.runLength(position));
  }
}
