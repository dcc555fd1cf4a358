package memwall.memory.flash.port;

import memwall.memory.flash.device.FlashImage;

/** What a channel was like at a moment; transfers from the oldest to the youngest. */
final class LiveState {
  /** Pages are named by their age in {@link AskedRows}. */
  final FlashImage device;

  final long nowPs;

  /** The plane that is called 0. */
  final int turn;

  final long oldest;
  final long[] unfed;
  final long[] left;

  /** When the last of their pages so far was there, relative to that moment. */
  final long[] lastPs;

  /** How many of the rows asked of a plane last the device may hold. */
  final int depth;

  LiveState(
      FlashImage device,
      long nowPs,
      int turn,
      long oldest,
      long[] unfed,
      long[] left,
      long[] lastPs,
      int depth) {
    this.device = device;
    this.nowPs = nowPs;
    this.turn = turn;
    this.oldest = oldest;
    this.unfed = unfed;
    this.left = left;
    this.lastPs = lastPs;
    this.depth = depth;
  }
}
