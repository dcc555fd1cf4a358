package memwall.memory.flash.port;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * States of a channel that were met, as many as are worth their memory. Most states never come
 * again: one is looked at when it seems to come for the second time, and kept when it does for the
 * third.
 */
final class KnownStates {
  /** Planes of all states known at most. */
  static final int MOST_PLANES = 40_000;

  /** States met that are remembered by a number. */
  private static final int MOST_SEEN = 1 << 16;

  private final int most;
  private final AskedRows asked;
  private final Map<Picture, Node> nodes = new HashMap<>();
  private final LongOpenHashSet glanced = new LongOpenHashSet();
  private final LongOpenHashSet seen = new LongOpenHashSet();
  private final Picture picture = new Picture();
  private @Nullable Node blank;

  /** None, and never more than so many. */
  KnownStates(AskedRows asked, int most) {
    this.asked = asked;
    this.most = most;
  }

  /** The state in which a channel is; null if it cannot be written down, or is new. */
  @Nullable Node met(LiveChannel live) {
    if (!live.isDescribable() || isNew(glanced, live.glance())) {
      return null;
    }
    picture.clear();
    if (!live.describe(picture, asked)) {
      return null;
    }
    Node known = nodes.get(picture);
    if (known != null) {
      return known;
    }
    if (isNew(seen, picture.hash())) {
      return null;
    }
    if (nodes.size() >= most) {
      forget();
    }
    Node created = new Node(live.state(asked), false);
    nodes.put(picture.copy(), created);
    return created;
  }

  private static boolean isNew(LongOpenHashSet known, long hash) {
    if (!known.add(hash)) {
      return false;
    }
    if (known.size() > MOST_SEEN) {
      known.clear();
    }
    return true;
  }

  /** The state in which nothing is to be done, of a channel that is in it. */
  Node blank(LiveChannel live) {
    Node its = blank;
    if (its == null) {
      its = new Node(live.state(asked), true);
      blank = its;
    }
    return its;
  }

  /** That state; null if it was not met. */
  @Nullable Node blank() {
    return blank;
  }

  /** Forgets the states that were not entered since the last time; all if those are few. */
  private void forget() {
    int used = 0;
    for (Node node : nodes.values()) {
      used += node.isUsed ? 1 : 0;
    }
    boolean isFull = used > most / 2;
    for (Node node : nodes.values()) {
      node.isForgotten = isFull || !node.isUsed;
      node.isUsed = false;
    }
    nodes.values().removeIf(node -> node.isForgotten);
    for (Node node : nodes.values()) {
      node.forgetEdges();
    }
    Node its = blank;
    if (its != null) {
      its.forgetEdges();
    }
  }

  /** How many there are. */
  int size() {
    return nodes.size();
  }
}
