package memwall.core;

/**
 * The hold model on the future event list: take the earliest entry, add one a random time later.
 * Lives in the kernel's package, because the list is package-private.
 */
public final class LadderHold {
  private final RadixLadder ladder = new RadixLadder();
  private final long[] delays;
  private int next;
  private long order;

  /**
   * Fills the list.
   *
   * @param delays delays to draw from in turn; their number is a power of two
   */
  public LadderHold(int pending, long[] delays) {
    this.delays = delays;
    for (int i = 0; i < pending; i++) {
      ladder.add(delays[next++ & (delays.length - 1)], i, i);
    }
  }

  /** Holds so many times; returns a hash over the order of the entries taken. */
  public long hold(int holds) {
    long[] from = delays;
    int mask = from.length - 1;
    int at = next;
    long hash = order;
    for (int i = 0; i < holds; i++) {
      int position = ladder.poll(Long.MAX_VALUE);
      long[] front = ladder.front();
      long time = front[position];
      long word = front[position + 2];
      hash = hash * 31 + time + word;
      ladder.add(time + from[at++ & mask], word, word);
    }
    next = at;
    order = hash;
    return hash;
  }
}
