package memwall.memory.flash.port;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state of a channel that was met, and what is known to follow from it. */
final class Node {
  /** What can be asked of a channel. */
  enum Kind {
    READ,
    ANNOUNCE,
    CLAIM,
    CARRY_OUT,
    CARRY_IN
  }

  /**
   * Something that is asked of a channel.
   *
   * @param kind what
   * @param where first page, relative; 0 where there is none
   * @param amount pages or bytes
   * @param afterPs since the state was entered; where nothing changes any more, since when
   */
  record Asked(Kind kind, long where, long amount, long afterPs) {}

  final LiveState state;

  /** What follows if nothing is asked: the next end of a transfer; null: there is none. */
  @Nullable Edge end;

  /** Whether that is known. */
  boolean isEndKnown;

  /** From when on nothing changes any more, if nothing is asked and no transfer ends. */
  long restsAfterPs = Long.MAX_VALUE;

  private final Map<Asked, Edge> edges = new HashMap<>();

  Node(LiveState state) {
    this.state = state;
  }

  @Nullable Edge edge(Asked asked) {
    return edges.get(asked);
  }

  void add(Asked asked, Edge edge) {
    edges.put(asked, edge);
  }

  /** Key for something that is asked so long after the state was entered. */
  Asked asked(Kind kind, long where, long amount, long afterPs) {
    return new Asked(kind, where, amount, Math.min(afterPs, restsAfterPs));
  }
}
