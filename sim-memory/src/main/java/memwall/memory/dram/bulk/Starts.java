package memwall.memory.dram.bulk;

import org.jspecify.annotations.Nullable;

/**
 * In which state a transfer finds a channel that rested without a refresh: from the state in which
 * it was left, how long ago (of no matter once every timer has expired), and where the transfer
 * begins relative to the one before.
 */
final class Starts {
  private static final int MOST_SHIFT = 1 << 10;
  private static final int MOST_ENTRIES = 1 << 18;

  private @Nullable Node[] nodes = new @Nullable Node[1 << 8];
  private long[] states = new long[1 << 8];
  private long[] places = new long[1 << 8];
  private int count;

  private long state;
  private long place;
  private int at;

  /** Whether the state at the start follows from the key: foreign rows must stay foreign. */
  static boolean isCertain(Node rest, BulkKey key, long tick, long due) {
    return rest.isQuiet
        && tick < due
        && (key.shift == BulkKey.UNRELATED || (key.shift >= 0 && key.shift < MOST_SHIFT));
  }

  /**
   * The node of a start; null if it is not known.
   *
   * @param rest where the channel was left, quiet
   * @param key what comes when; certain
   * @param parity lowest bit of the tick where it matters, else 0
   */
  @Nullable Node find(Node rest, BulkKey key, long parity) {
    state = ((long) rest.id << 32) + Math.min(key.gapTicks, rest.settledTicks);
    long shift = key.shift == BulkKey.UNRELATED ? 0 : key.shift + 1;
    place = (key.place * 2 * MOST_SHIFT + shift) * 2 + parity;
    int mask = nodes.length - 1;
    long mixed = (state * 0x9E3779B97F4A7C15L + place) * 0xD6E8FEB86659FD93L;
    at = (int) (mixed >>> 32) & mask;
    while (nodes[at] != null && (states[at] != state || places[at] != place)) {
      at = (at + 1) & mask;
    }
    return nodes[at];
  }

  /** Adds what {@link #find} did not find. */
  void add(Node node) {
    if (count == MOST_ENTRIES) {
      return;
    }
    nodes[at] = node;
    states[at] = state;
    places[at] = place;
    if (++count > nodes.length / 2) {
      grow();
    }
  }

  private void grow() {
    @Nullable Node[] oldNodes = nodes;
    long[] oldStates = states;
    long[] oldPlaces = places;
    nodes = new @Nullable Node[oldNodes.length * 2];
    states = new long[nodes.length];
    places = new long[nodes.length];
    int mask = nodes.length - 1;
    for (int i = 0; i < oldNodes.length; i++) {
      if (oldNodes[i] != null) {
        long mixed = (oldStates[i] * 0x9E3779B97F4A7C15L + oldPlaces[i]) * 0xD6E8FEB86659FD93L;
        int to = (int) (mixed >>> 32) & mask;
        while (nodes[to] != null) {
          to = (to + 1) & mask;
        }
        nodes[to] = oldNodes[i];
        states[to] = oldStates[i];
        places[to] = oldPlaces[i];
      }
    }
  }
}
