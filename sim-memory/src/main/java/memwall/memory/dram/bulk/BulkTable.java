package memwall.memory.dram.bulk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Known transfers. One is worth its memory if it comes back; so a key has to be seen twice before
 * it is recorded.
 */
final class BulkTable {
  private static final int SEEN = 1 << 14;

  private final long mostBytes;
  private @Nullable Bulk[] heads = new @Nullable Bulk[1 << 8];
  private int count;
  private long bytes;

  /** Hashes of keys seen lately. Two that are taken for one cost memory only. */
  private final long[] seen = new long[SEEN];

  private Bulk[] used = new Bulk[16];
  private int usedCount;

  // The transfer that is being recorded.
  private final Path path = new Path();
  private boolean isRecording;
  private final BulkKey recorded;
  private final BulkKey scratch;
  private int[] gapCounters = new int[0];

  /**
   * An empty table.
   *
   * @param mostBytes when it has grown to that it takes nothing more in
   * @param banks banks of all rings, 0 if there is none
   * @param ring banks of each
   */
  BulkTable(long mostBytes, int banks, int ring) {
    this.mostBytes = mostBytes;
    recorded = new BulkKey(banks, ring);
    scratch = new BulkKey(banks, ring);
  }

  @Nullable Bulk find(BulkKey key, long hash) {
    Bulk bulk = heads[(int) hash & (heads.length - 1)];
    while (bulk != null && !bulk.is(key)) {
      bulk = bulk.chained;
    }
    return bulk;
  }

  /** Whether a key was seen before and shall be recorded. */
  boolean isWorthwhile(long hash) {
    int at = (int) (hash >>> 20) & (SEEN - 2);
    if (seen[at] == hash || seen[at + 1] == hash) {
      return bytes < mostBytes;
    }
    // The younger of two stays, so that two keys that alternate do not drive each other out.
    seen[at + 1] = seen[at];
    seen[at] = hash;
    return false;
  }

  void record(BulkKey key, int[] itsGapCounters) {
    recorded.set(key);
    gapCounters = itsGapCounters;
    path.clear();
    isRecording = true;
  }

  /** Something else than walking along known edges happened. */
  void cancel() {
    isRecording = false;
  }

  /** What the transfer that is being recorded follows is to be added to; null if there is none. */
  @Nullable Path recording() {
    return isRecording ? path : null;
  }

  /** The transfer that is being recorded has ended. */
  void finish(Node next, long ticks, long dueTicks, BankSet end) {
    isRecording = false;
    long hash = recorded.hash();
    if (path.isTooLong || find(recorded, hash) != null) {
      return;
    }
    Bulk bulk =
        new Bulk(
            recorded,
            next,
            ticks,
            dueTicks,
            end,
            gapCounters,
            Arrays.copyOf(path.edges, path.steps),
            Arrays.copyOf(path.times, path.steps));
    bytes += bulk.sizeBytes();
    int at = (int) hash & (heads.length - 1);
    bulk.chained = heads[at];
    heads[at] = bulk;
    if (++count > heads.length) {
      grow();
    }
  }

  private void grow() {
    @Nullable Bulk[] old = heads;
    heads = new @Nullable Bulk[old.length * 4];
    for (Bulk first : old) {
      Bulk bulk = first;
      while (bulk != null) {
        Bulk after = bulk.chained;
        bulk.describe(scratch);
        int at = (int) scratch.hash() & (heads.length - 1);
        bulk.chained = heads[at];
        heads[at] = bulk;
        bulk = after;
      }
    }
  }

  /** A known transfer is taken; counted when {@link #expand} is called. */
  void use(Bulk bulk) {
    if (bulk.uses++ == 0) {
      if (usedCount == used.length) {
        used = Arrays.copyOf(used, usedCount * 2);
      }
      used[usedCount++] = bulk;
    }
  }

  /** Adds what all transfers taken since the last call did; their edges are passed on. */
  void expand(long[] totals, Automaton automaton) {
    for (int i = 0; i < usedCount; i++) {
      used[i].expand(totals, automaton);
    }
    usedCount = 0;
  }
}
