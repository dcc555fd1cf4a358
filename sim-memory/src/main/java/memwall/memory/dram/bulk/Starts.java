package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.ChannelImage;
import org.jspecify.annotations.Nullable;

/**
 * In which state a transfer finds a channel that rested: from the state in which it was left, how
 * long ago (of no matter once every timer has expired), and where the transfer begins relative to
 * the one before.
 *
 * <p>If one refresh came in between, after every timer had expired, it found all such channels
 * alike, but for the scopes with an open bank. So what it leaves follows from the state that the
 * transfer would have found without it, these scopes, and how long ago it became due.
 */
final class Starts {
  private static final int MOST_SHIFT = 1 << 15;
  private static final int MOST_SCOPES = 8;

  private final PairTable<Node> nodes = new PairTable<>();
  private final PairTable<Refreshed> refreshed = new PairTable<>();
  private final ChannelImage image;

  /** A rest with a refresh in it. */
  static final class Refreshed {
    /** State at the end. */
    final Node next;

    /** From one refresh becoming due to the next. */
    final long intervalTicks;

    /** Scopes whose banks were closed, one bit each. */
    final int closedScopes;

    /** What the channel's counters grow by from just before the refresh is due. */
    final int[] counters;

    Refreshed(Node next, long intervalTicks, int closedScopes, int[] counters) {
      this.next = next;
      this.intervalTicks = intervalTicks;
      this.closedScopes = closedScopes;
      this.counters = counters;
    }
  }

  Starts(ChannelImage image) {
    this.image = image;
  }

  /**
   * Whether what was left follows from the key but for a refresh: foreign rows must stay foreign.
   */
  private static boolean isKnown(Node rest, BulkKey key) {
    return rest.isQuiet
        && (key.shift == BulkKey.UNRELATED || (key.shift >= 0 && key.shift < MOST_SHIFT));
  }

  /** Whether the state at the start follows from the key without a refresh. */
  static boolean isCertain(Node rest, BulkKey key, long tick, long due) {
    return tick < due && isKnown(rest, key);
  }

  /** Whether the state at the start follows from the key with one refresh. */
  boolean isCertainAfterRefresh(Node rest, BulkKey key, long tick, long due) {
    return image.refreshSettleTicks() >= 0
        && image.scopes() <= MOST_SCOPES
        && tick >= due
        && tick < due + image.refreshIntervalTicks()
        && rest.settledTicks < due - (tick - key.gapTicks)
        && isKnown(rest, key);
  }

  /**
   * The node of a start; null if it is not known.
   *
   * @param rest where the channel was left, quiet
   * @param key what comes when; certain
   * @param tick when
   */
  @Nullable Node find(Node rest, BulkKey key, long tick) {
    long state = ((long) rest.id << 32) + Math.min(key.gapTicks, rest.settledTicks);
    long shift = key.shift == BulkKey.UNRELATED ? 0 : key.shift + 1;
    long place = (key.place * 2 * MOST_SHIFT + shift) * 2 + image.parity(tick);
    return nodes.find(state, place);
  }

  /** Adds what {@link #find} did not find. */
  void add(Node node) {
    nodes.add(node);
  }

  /**
   * What a refresh left; null if it is not known.
   *
   * @param without node of the start if no refresh had come
   * @param tick when
   * @param due when the refresh became due
   * @param openScopes scopes with an open bank, one bit each
   */
  @Nullable Refreshed findRefreshed(Node without, long tick, long due, int openScopes) {
    long since = Math.min(tick - due, image.refreshSettleTicks());
    long first = ((long) without.id << MOST_SCOPES) + openScopes;
    return refreshed.find(first, since * 2 + image.parity(due));
  }

  /** Adds what {@link #findRefreshed} did not find. */
  void addRefreshed(Refreshed found) {
    refreshed.add(found);
  }
}
