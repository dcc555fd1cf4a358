package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * Groups of planes that do one array command at a time, together ({@link MultiPlane}): which
 * commands are gathered, who has to wait, and whose turn is next.
 *
 * <p>The first plane that begins opens its group. Others join as long as they begin the same before
 * the window is over, which is measured from when the first command is there. The array starts when
 * the window is over and all commands are there, or all planes have joined; it is free again when
 * the last plane has ended. What does not fit waits, in order.
 */
final class PlaneGroups {
  // What an array command does.
  static final byte SENSE = 0;
  static final byte PROGRAM = 1;
  static final byte ERASE_AND_PROGRAM = 2;
  static final byte ERASE = 3;
  static final byte RESUME = 4;

  private static final int NONE = Requests.NONE;

  // What a group does.
  private static final byte FREE = 0;
  private static final byte OPEN = 1;
  private static final byte WORKING = 2;

  /** All planes have ended; those that waited have not been woken yet. */
  private static final byte RESTED = 3;

  private final int size;
  private final long windowPs;
  private final boolean samePage;
  private final int pagesPerBlock;
  private final byte[] state;
  private final byte[] what;

  /** Page of the plane that opened the group. */
  private final int[] page;

  private final int[] members;

  /** Members whose commands are there, in order; {@link #size} places for each group. */
  private final int[] arrived;

  private final int[] arrivals;

  /** For each plane that is there, the buffer for its page. */
  private final int[] buffer;

  /** Members that have not ended. */
  private final int[] working;

  private final boolean[] isDue;

  /** Which array command this is: the timer of one that has started means nothing. */
  private final int[] number;

  /** Planes of a group that have something suspended. */
  private final int[] suspended;

  /** The plane that may open a free group, if not any. */
  private final int[] turn;

  /** Of planes that wait for their group, since when in order; of others 0. */
  private final long[] order;

  private long orders;

  PlaneGroups(FlashGeometry geometry, MultiPlane rules) {
    size = rules.planesPerGroup();
    windowPs = rules.windowPs();
    samePage = rules.samePage();
    pagesPerBlock = geometry.pagesPerBlock();
    int planes = geometry.planes();
    int groups = planes / size;
    state = new byte[groups];
    what = new byte[groups];
    page = new int[groups];
    members = new int[groups];
    arrivals = new int[groups];
    working = new int[groups];
    isDue = new boolean[groups];
    number = new int[groups];
    suspended = new int[groups];
    turn = new int[groups];
    arrived = new int[planes];
    buffer = new int[planes];
    order = new long[planes];
    Arrays.fill(turn, NONE);
  }

  int group(int plane) {
    return plane / size;
  }

  /** The first plane of a group; the others follow. */
  int firstPlane(int group) {
    return group * size;
  }

  int size() {
    return size;
  }

  /** Whether a plane may begin something now. */
  boolean admits(int plane, byte itsWhat, int itsPage) {
    int group = group(plane);
    return switch (state[group]) {
      case FREE ->
          (turn[group] == NONE || turn[group] == plane)
              // What was suspended goes on before anything else is programmed or erased.
              && (suspended[group] == 0 || itsWhat == SENSE || itsWhat == RESUME);
      case OPEN -> !isDue[group] && what[group] == itsWhat && isAlike(group, itsPage);
      default -> false;
    };
  }

  private boolean isAlike(int group, int itsPage) {
    byte its = what[group];
    return !samePage || its >= ERASE || (page[group] - itsPage) % pagesPerBlock == 0;
  }

  /** A plane waits for its group, from now on if it does not already. */
  void await(int plane) {
    if (order[plane] == 0) {
      order[plane] = ++orders;
    }
  }

  /** A plane does not wait for its group any more. */
  void forget(int plane) {
    order[plane] = 0;
  }

  /** A plane that is admitted begins; its command will arrive. */
  void join(int plane, byte itsWhat, int itsPage) {
    int group = group(plane);
    forget(plane);
    if (state[group] == FREE) {
      state[group] = OPEN;
      what[group] = itsWhat;
      page[group] = itsPage;
      members[group] = 0;
      arrivals[group] = 0;
      isDue[group] = false;
      turn[group] = NONE;
    }
    members[group]++;
    suspended[group] -= itsWhat == RESUME ? 1 : 0;
  }

  /**
   * The command of a member is there.
   *
   * @return whether it is the first, so that the window begins
   */
  boolean arrive(int plane, int itsBuffer) {
    int group = group(plane);
    buffer[plane] = itsBuffer;
    arrived[firstPlane(group) + arrivals[group]++] = plane;
    return arrivals[group] == 1;
  }

  /** How long others may join from the first command on. */
  long windowPs(int group) {
    return what[group] == RESUME ? 0 : windowPs;
  }

  int number(int group) {
    return number[group];
  }

  /** The window of an array command is over. */
  void due(int group, int itsNumber) {
    isDue[group] |= number[group] == itsNumber && state[group] == OPEN;
  }

  /** Whether commands for the next array command of a group are gathered. */
  boolean isGathering(int group) {
    return state[group] == OPEN;
  }

  /** Whether an array command can start. */
  boolean isReady(int group) {
    return state[group] == OPEN
        && arrivals[group] == members[group]
        && (isDue[group] || members[group] == size);
  }

  void start(int group) {
    state[group] = WORKING;
    working[group] = members[group];
    number[group]++;
  }

  /** How many planes take part in an array command that has started. */
  int members(int group) {
    return members[group];
  }

  /** One of them, in the order in which their commands came. */
  int member(int group, int i) {
    return arrived[firstPlane(group) + i];
  }

  int buffer(int plane) {
    return buffer[plane];
  }

  /** Whether a group programs or erases. */
  boolean isWriting(int group) {
    return state[group] == WORKING && what[group] != SENSE;
  }

  /** A member has ended, or let go. */
  void ended(int plane, boolean isSuspended) {
    int group = group(plane);
    suspended[group] += isSuspended ? 1 : 0;
    if (--working[group] == 0) {
      state[group] = RESTED;
    }
  }

  /** Those that wait may be woken, if a group has nothing to do. */
  void open(int group) {
    if (state[group] == RESTED) {
      state[group] = FREE;
    }
  }

  /** Names who waits. */
  @FunctionalInterface
  interface Filter {
    boolean accepts(int plane);
  }

  /**
   * The plane that has waited longest, of those that wait since after one.
   *
   * @param after {@link #order} of the one before; 0: none
   * @return {@link Requests#NONE} if there is none
   */
  int nextWaiting(int group, long after, Filter filter) {
    int next = NONE;
    int first = firstPlane(group);
    for (int plane = first; plane < first + size; plane++) {
      if (order[plane] > after
          && (next == NONE || order[plane] < order[next])
          && filter.accepts(plane)) {
        next = plane;
      }
    }
    return next;
  }

  long order(int plane) {
    return order[plane];
  }

  /** If a group is free, only this plane may open it, until it does or has had its turn. */
  void keepFor(int plane) {
    int group = group(plane);
    if (state[group] == FREE) {
      turn[group] = plane;
    }
  }

  /** Whether a group is kept for a plane. */
  boolean isKept(int group) {
    return turn[group] != NONE;
  }

  /** A plane has had its turn. */
  void settle(int plane) {
    int group = group(plane);
    if (turn[group] == plane) {
      turn[group] = NONE;
    }
  }

  /**
   * Becomes like another whose planes have all gone on in a ring, and their buffers with them.
   *
   * @param planes by which they have, a multiple of {@link #size}
   * @param perPlane buffers of a plane
   */
  void copyFrom(PlaneGroups other, int planes, int perPlane) {
    int groups = state.length;
    int count = order.length;
    int by = planes / size;
    Turned.copy(other.state, state, groups, by);
    Turned.copy(other.what, what, groups, by);
    Turned.copy(other.page, page, groups, by);
    Turned.copy(other.members, members, groups, by);
    Turned.copy(other.arrivals, arrivals, groups, by);
    Turned.copy(other.working, working, groups, by);
    Turned.copy(other.isDue, isDue, groups, by);
    Turned.copy(other.number, number, groups, by);
    Turned.copy(other.suspended, suspended, groups, by);
    Turned.copy(other.turn, turn, groups, by);
    Turned.copy(other.arrived, arrived, count, planes);
    Turned.copy(other.buffer, buffer, count, planes);
    Turned.copy(other.order, order, count, planes);
    for (int i = 0; i < groups; i++) {
      turn[i] = Turned.at(turn[i], count, planes);
    }
    for (int i = 0; i < count; i++) {
      arrived[i] = Turned.at(arrived[i], count, planes);
      buffer[i] = Turned.at(buffer[i], count * perPlane, planes * perPlane);
    }
    orders = other.orders;
  }

  /** All pages are so many rows further on. */
  void shift(int rows) {
    for (int group = 0; group < page.length; group++) {
      page[group] += rows;
    }
  }

  /**
   * Writes what each group does and who waits. Pages are only compared with each other, so they are
   * written only where that matters; nothing is suspended.
   */
  void describe(StateSink sink, PageBuffers buffers, Naming names) {
    for (int i = 0; i < state.length; i++) {
      int group = Turned.at(i, state.length, names.turn() / size);
      sink.put(state[group]);
      sink.put(turn[group] == NONE ? NONE : names.plane(turn[group]));
      if (state[group] == OPEN) {
        sink.put(samePage ? names.page(firstPlane(group), page[group]) : 0);
        sink.put(isDue[group] ? 1 : 0);
        sink.put(members[group]);
        sink.put(arrivals[group]);
        for (int j = 0; j < arrivals[group]; j++) {
          sink.put(names.plane(member(group, j)));
          sink.put(names.buffer(buffers.name(buffer[member(group, j)])));
        }
      } else if (state[group] == WORKING) {
        sink.put(working[group]);
      }
      describeWaiting(sink, group, names);
    }
  }

  private void describeWaiting(StateSink sink, int group, Naming names) {
    int next = nextWaiting(group, 0, plane -> true);
    while (next != NONE) {
      sink.put(names.plane(next));
      next = nextWaiting(group, order[next], plane -> true);
    }
    sink.put(NONE);
  }
}
