package memwall.memory.dram.bulk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a walk comes back to where it was: the same node, as far from the next refresh and
 * from the end of a row, or in a ring with the same banks open around it. From there on it goes in
 * a circle until the run ends, so that whole laps can be taken at once.
 *
 * <p>One place is kept for comparison, and replaced after twice as many steps as it was kept the
 * time before (R. P. Brent, BIT 20, 1980): that finds the shortest lap, whatever comes before it.
 * The stretches since that place are the lap.
 */
final class Laps {
  /** A lap longer than this is not looked for. */
  private static final int MOST_STEPS = 1 << 16;

  private final Checkpoints checkpoints;

  private @Nullable Node kept;
  private final Banks banks;
  private long phase;
  private long place;
  private long tick;
  private long next;
  private int patience;

  private Edge[] edges = new Edge[64];
  private long[] times = new long[64];
  private int steps;

  Laps(Checkpoints checkpoints, Banks banks) {
    this.checkpoints = checkpoints;
    this.banks = banks;
  }

  /** A walk begins, or leaves the known. */
  void forget() {
    kept = null;
    patience = 8;
    steps = 0;
  }

  /**
   * The cursor has followed an edge, on its way to a tick. Takes as many laps as it can at once, if
   * there is one.
   *
   * @param automaton where uses are counted; null if none shall be
   * @param path what the laps are added to; null if they shall not
   * @return laps taken
   */
  long followed(
      Cursor cursor,
      Edge edge,
      long repeats,
      long limit,
      @Nullable Automaton automaton,
      @Nullable Path path) {
    if (steps == edges.length && steps < MOST_STEPS) {
      edges = Arrays.copyOf(edges, steps * 2);
      times = Arrays.copyOf(times, steps * 2);
    }
    if (steps < edges.length) {
      edges[steps] = edge;
      times[steps] = repeats;
    }
    steps++;
    if (kept != null
        && cursor.node == kept
        && cursor.phase() == phase
        && place(cursor) == place
        && isWithSameBanks(cursor)
        && checkpoints.leftOfKind(next) > cursor.next - next
        && steps <= edges.length) {
      return takeLaps(cursor, limit, automaton, path);
    }
    if (kept == null || steps >= patience) {
      kept = cursor.node;
      phase = cursor.phase();
      place = place(cursor);
      banks.set(cursor.banks);
      tick = cursor.tick;
      next = cursor.next;
      patience *= 2;
      steps = 0;
    }
    return 0;
  }

  private long place(Cursor cursor) {
    return checkpoints.isRing
        ? checkpoints.ringPlace(cursor.next)
        : cursor.next % checkpoints.rowBursts;
  }

  private boolean isWithSameBanks(Cursor cursor) {
    return !checkpoints.isRing
        || cursor.banks.isSame(
            banks, cursor.next, banks.ring.page(cursor.next) - banks.ring.page(next));
  }

  private long takeLaps(
      Cursor cursor, long limit, @Nullable Automaton automaton, @Nullable Path path) {
    long lapTicks = cursor.tick - tick;
    long lapBursts = cursor.next - next;
    // The last stretches are another way on, so they are left.
    long spare =
        Math.min(
            cursor.runLeft - 2 * checkpoints.distance, checkpoints.leftOfKind(cursor.next) - 1);
    long laps = lapTicks == 0 ? 0 : Math.min((limit - cursor.tick) / lapTicks, spare / lapBursts);
    if (laps > 0) {
      for (int i = 0; i < steps; i++) {
        long all = Math.multiplyExact(laps, times[i]);
        if (automaton != null) {
          automaton.use(edges[i], all);
        }
        if (path != null) {
          path.add(edges[i], all);
        }
      }
      cursor.skip(laps * lapTicks, laps * lapBursts);
    }
    // Less than a lap is left until the limit or the end of the run.
    forget();
    return Math.max(0, laps);
  }
}
