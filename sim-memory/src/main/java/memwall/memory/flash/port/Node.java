package memwall.memory.flash.port;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A state of a channel that was met, and what is known to follow from it. */
final class Node {
  /** Questions of a state whose answers are known at most; then the oldest is forgotten. */
  static final int MOST_EDGES = 32;

  /** What can be asked of a channel. */
  enum Kind {
    NOTHING,
    READ,
    ANNOUNCE,
    CLAIM,
    CARRY_OUT,
    CARRY_IN
  }

  final LiveState state;

  /** Whether there is nothing to do and no trace of what was, so that all planes are alike. */
  final boolean isBlank;

  /** What follows if nothing is asked: the next end of a transfer; null: there is none. */
  @Nullable Edge end;

  /** Whether that is known. */
  boolean isEndKnown;

  /** How long at least it is known that no transfer ends, if nothing is asked. */
  long quietPs = -1;

  /** From when on nothing changes any more, if nothing is asked and no transfer ends. */
  long restsAfterPs = Long.MAX_VALUE;

  /** Whether it is blank then. */
  boolean isBlankAtRest;

  /** Whether it was entered since somebody looked. */
  boolean isUsed = true;

  /** Whether it is to be found no more. */
  boolean isForgotten;

  private Edge @Nullable [] edges;
  private int count;
  private int next;
  private @Nullable Edge last;

  Node(LiveState state, boolean isBlank) {
    this.state = state;
    this.isBlank = isBlank;
    if (isBlank) {
      isEndKnown = true;
      restsAfterPs = 0;
    }
  }

  /**
   * What follows if something is asked.
   *
   * @param kind what
   * @param where first plane, relative; 0 where there is none
   * @param amount pages or bytes
   * @param afterPs since the state was entered
   */
  @Nullable Edge edge(Kind kind, long where, long amount, long afterPs) {
    long sincePs = Math.min(afterPs, restsAfterPs);
    Edge latest = last;
    if (latest != null && latest.answers(kind, where, amount, sincePs)) {
      return latest;
    }
    Edge[] known = edges;
    for (int i = 0; i < count && known != null; i++) {
      if (known[i].answers(kind, where, amount, sincePs)) {
        last = known[i];
        return known[i];
      }
    }
    return null;
  }

  void add(Kind kind, long where, long amount, long afterPs, Edge edge) {
    if (edge(kind, where, amount, afterPs) != null) {
      return;
    }
    edge.kind = kind;
    edge.where = where;
    edge.amount = amount;
    edge.afterPs = Math.min(afterPs, restsAfterPs);
    Edge[] known = edges;
    if (known == null) {
      known = new Edge[] {edge};
    } else if (count == known.length && count < MOST_EDGES) {
      known = Arrays.copyOf(known, 2 * count);
    }
    edges = known;
    if (count < MOST_EDGES) {
      known[count++] = edge;
    } else {
      known[next] = edge;
      next = (next + 1) % MOST_EDGES;
    }
    last = edge;
  }

  /** What leads to states that are forgotten is forgotten too. */
  void forgetEdges() {
    Edge[] known = edges;
    int kept = 0;
    for (int i = 0; i < count && known != null; i++) {
      if (!known[i].to.isForgotten) {
        known[kept++] = known[i];
      }
    }
    edges = known == null || kept == 0 ? null : Arrays.copyOf(known, kept);
    count = kept;
    next = 0;
    last = null;
    Edge its = end;
    if (its != null && its.to.isForgotten) {
      end = null;
      isEndKnown = false;
    }
  }

  int edges() {
    return count;
  }
}
