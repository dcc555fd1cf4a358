package memwall.memory.flash.port;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * States of a channel that were met, as many as are worth their memory: a state is kept when it
 * comes for the second time, for most never do.
 */
final class KnownStates {
  /** Planes of all states known at most; then all are forgotten. */
  private static final int MOST_PLANES = 20_000;

  /** States met once that are remembered by their hash. */
  private static final int MOST_SEEN = 1 << 16;

  /** After so many new states in a row the next ones are not looked at. */
  private static final int PATIENCE = 512;

  private static final int PAUSE = 4096;

  private final int planes;
  private final Map<Picture, Node> nodes = new HashMap<>();
  private final LongOpenHashSet seen = new LongOpenHashSet();
  private final Picture picture = new Picture();
  private int newInARow;
  private int pause;

  /** None; of a channel of so many planes. */
  KnownStates(int planes) {
    this.planes = planes;
  }

  /**
   * The state in which a channel is; null if it cannot be written down, is new, or not looked at.
   */
  @Nullable Node met(LiveChannel live) {
    if (pause > 0) {
      pause--;
      return null;
    }
    picture.clear();
    if (!live.describe(picture)) {
      return null;
    }
    Node known = nodes.get(picture);
    if (known != null) {
      newInARow = 0;
      return known;
    }
    if (seen.add(picture.hash())) {
      if (++newInARow > PATIENCE) {
        newInARow = 0;
        pause = PAUSE;
      }
      if (seen.size() > MOST_SEEN) {
        seen.clear();
      }
      return null;
    }
    newInARow = 0;
    if ((long) nodes.size() * planes > MOST_PLANES) {
      nodes.clear();
    }
    Node created = new Node(live.state());
    nodes.put(picture.copy(), created);
    return created;
  }
}
