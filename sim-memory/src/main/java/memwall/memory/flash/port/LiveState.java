package memwall.memory.flash.port;

import memwall.memory.flash.device.FlashImage;

/** What a channel was like at a moment; transfers from the oldest to the youngest. */
final class LiveState {
  final FlashImage device;
  final long nowPs;
  final int baseRow;
  final long oldest;
  final long[] unfed;
  final long[] left;

  /** When the last of their pages so far was there, relative to that moment. */
  final long[] lastPs;

  LiveState(
      FlashImage device,
      long nowPs,
      int baseRow,
      long oldest,
      long[] unfed,
      long[] left,
      long[] lastPs) {
    this.device = device;
    this.nowPs = nowPs;
    this.baseRow = baseRow;
    this.oldest = oldest;
    this.unfed = unfed;
    this.left = left;
    this.lastPs = lastPs;
  }
}
