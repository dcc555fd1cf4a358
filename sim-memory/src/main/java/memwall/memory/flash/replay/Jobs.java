package memwall.memory.flash.replay;

import java.util.Arrays;

/**
 * What translation layers want done, as columns: pages that the host reads, writes and trims, and
 * pages that are moved. Those that wait stand in a queue of their plane.
 */
final class Jobs {
  static final int NONE = -1;

  // Kinds.
  static final byte READ = 0;
  static final byte WRITE = 1;
  static final byte TRIM = 2;
  static final byte MOVE = 3;

  // Stages of writes and moves.

  /** The host writes a part of a page, whose rest has to be read first. */
  static final byte PART = 0;

  /** All its data are in the controller. */
  static final byte WHOLE = 1;

  static final byte READING = 2;
  static final byte PROGRAMMING = 3;

  /** Programmed. */
  static final byte DONE = 4;

  /** Its program has failed; its data are written elsewhere by other jobs. */
  static final byte FAILED = 5;

  /** Jobs of each plane, one after the other; a job is in one queue at most. */
  final class Queue {
    private final int[] first;
    private final int[] last;

    private Queue(int planes) {
      first = new int[planes];
      last = new int[planes];
      Arrays.fill(first, NONE);
    }

    void add(int job) {
      int its = plane[job];
      next[job] = NONE;
      if (first[its] == NONE) {
        first[its] = job;
      } else {
        next[last[its]] = job;
      }
      last[its] = job;
    }

    /** The first of a plane, or {@link #NONE}. */
    int first(int itsPlane) {
      return first[itsPlane];
    }

    /** Takes the first of a plane; there is one. */
    int take(int itsPlane) {
      int job = first[itsPlane];
      first[itsPlane] = next[job];
      return job;
    }
  }

  int[] plane = new int[64];

  /** Logical page of reads, writes and trims. */
  int[] logical = new int[64];

  /** Physical page that is read or moved. */
  int[] from = new int[64];

  /** Physical page that is programmed. */
  int[] to = new int[64];

  int[] access = new int[64];

  /** Erases of the block to be programmed, when it was chosen. */
  int[] erases = new int[64];

  byte[] kind = new byte[64];
  byte[] stage = new byte[64];

  /** Writes and trims of the host that have not got their place. */
  final Queue host;

  /** Moves whose page is to be read. */
  final Queue toRead;

  /** Moves whose data are in the controller and for which there is no room. */
  final Queue homeless;

  /** Jobs of each plane that the device has. */
  final int[] inDevice;

  /** Pages of each plane that the device reads to move them. */
  final int[] reads;

  private int[] next = new int[64];
  private int free = NONE;
  private int used;
  private int live;

  Jobs(int planes) {
    host = new Queue(planes);
    toRead = new Queue(planes);
    homeless = new Queue(planes);
    reads = new int[planes];
    inDevice = new int[planes];
  }

  /** Adds a job, in no queue, with nothing to be read. */
  int add(byte itsKind, int itsPlane) {
    int at = free;
    if (at != NONE) {
      free = next[at];
    } else {
      if (used == plane.length) {
        grow();
      }
      at = used++;
    }
    kind[at] = itsKind;
    plane[at] = itsPlane;
    from[at] = NONE;
    access[at] = NONE;
    stage[at] = WHOLE;
    live += itsKind == READ ? 0 : 1;
    return at;
  }

  /** A job that is in no queue is over. */
  void remove(int at) {
    next[at] = free;
    free = at;
    live -= kind[at] == READ ? 0 : 1;
  }

  /** Jobs that are not over, but for reads of the host. */
  int live() {
    return live;
  }

  private void grow() {
    int length = 2 * plane.length;
    plane = Arrays.copyOf(plane, length);
    logical = Arrays.copyOf(logical, length);
    from = Arrays.copyOf(from, length);
    to = Arrays.copyOf(to, length);
    access = Arrays.copyOf(access, length);
    erases = Arrays.copyOf(erases, length);
    kind = Arrays.copyOf(kind, length);
    stage = Arrays.copyOf(stage, length);
    next = Arrays.copyOf(next, length);
  }
}
