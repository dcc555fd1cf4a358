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
 * transfer would have found without it, these scopes, and how long ago it became due. While all
 * banks are being refreshed nothing but time goes on, so that what is left then follows from what
 * was left earlier.
 */
final class Starts {
  private static final int MOST_SHIFT = 1 << 15;
  private static final int MOST_SCOPES = 8;

  private final PairTable<Node> nodes = new PairTable<>();
  private final PairTable<Refreshed> refreshed = new PairTable<>();

  /** What is known of the time after refreshes. */
  private final PairTable<Wait> waits = new PairTable<>();

  private final ChannelImage image;
  private final Automaton automaton;

  // What was looked for last.
  private long sinceTicks;
  private @Nullable Wait wait;

  /** How a channel waits for the end of a refresh. */
  private static final class Wait {
    /** The earliest moment of the wait that was seen, so many ticks after the refresh was due. */
    @Nullable Refreshed first;

    long firstTicks = BulkPort.NEVER;

    /** So many ticks after the refresh was due no rule forbids anything any more. */
    long settledTicks = BulkPort.NEVER;
  }

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

  Starts(ChannelImage image, Automaton automaton) {
    this.image = image;
    this.automaton = automaton;
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
    long first = ((long) without.id << MOST_SCOPES) + openScopes;
    wait = waits.find(first, image.parity(tick) * 2 + image.parity(due));
    sinceTicks = Math.min(tick - due, image.refreshSettleTicks());
    Wait known = wait;
    if (known != null && sinceTicks > known.settledTicks) {
      sinceTicks = known.settledTicks;
    }
    Refreshed found =
        refreshed.find(first, sinceTicks * 4 + image.parity(tick) * 2 + image.parity(due));
    return found == null && known != null ? later(known) : found;
  }

  /** What is left so much later than what is known; null if there is none. */
  private @Nullable Refreshed later(Wait known) {
    Refreshed earlier = known.first;
    if (earlier == null || known.firstTicks > sinceTicks) {
      return null;
    }
    Node next = automaton.derivations.later(earlier.next, sinceTicks - known.firstTicks, automaton);
    if (next == null) {
      return null;
    }
    Refreshed found =
        new Refreshed(next, earlier.intervalTicks, earlier.closedScopes, earlier.counters);
    refreshed.add(found);
    return found;
  }

  /**
   * Adds what {@link #findRefreshed} did not find.
   *
   * @param settledTicks so long after the refresh was due no rule forbids anything any more; far
   *     away if it is not done yet
   */
  void addRefreshed(Refreshed found, long settledTicks) {
    refreshed.add(found);
    Wait known = wait;
    if (known == null) {
      known = new Wait();
      waits.add(known);
    }
    known.settledTicks = Math.min(known.settledTicks, settledTicks);
    if (found.next.waitTicks > 0 && sinceTicks < known.firstTicks) {
      known.first = found;
      known.firstTicks = sinceTicks;
    }
  }
}
