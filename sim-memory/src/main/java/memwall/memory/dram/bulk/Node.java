package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.ChannelImage;
import memwall.memory.dram.channel.StreamFrame;
import org.jspecify.annotations.Nullable;

/** A known state of a channel at an instant at which it may be left or entered. */
final class Node {
  final int id;

  /** The whole state; two nodes differ here. */
  final byte[] state;

  /** Banks whose open row has nothing to do with the run, the same in every visit. */
  final long[] foreign;

  /** Whether rows end too far away to matter, so that the node recurs inside a row. */
  final boolean isFarFromRowEnd;

  /** In a ring: pages from the oldest request inside to the newest. */
  final int window;

  /**
   * The state without ages and data under way, after {@link #waitTicks}; the same node for all
   * states that have it. Null if nothing is to be derived from it. What follows is where in the
   * state those are.
   */
  @Nullable Node core;

  /** So long nothing is issued whatever comes, as long as all banks are closed. */
  long waitTicks;

  int tailFrom;
  int agesEnd;
  int tailEnd;

  // The stretches up to the next checkpoint without a refresh, by guard: open addressing.
  private @Nullable Edge[] plains = {null, null};
  private int[] guards = {0, 0};
  private int plainCount;

  /** Of a state at rest: whether it is known what follows from that, and what is open near by. */
  boolean hasRows;

  int[] nearBanks = {};
  private int[] nearRows = {};
  private int[] foreignBanks = {};
  boolean hasForeign;

  /** Whether nothing but a refresh will be issued, and how long timers still run. */
  boolean isQuiet;

  long settledTicks;
  private boolean[] openScopes = {};

  Node(int id, byte[] state, long[] foreign, int window, boolean isFarFromRowEnd) {
    this.id = id;
    this.state = state;
    this.foreign = foreign;
    this.window = window;
    this.isFarFromRowEnd = isFarFromRowEnd;
  }

  /** The stretch up to the next checkpoint without a refresh; null if it is not known. */
  @Nullable Edge plain(int guard) {
    int mask = plains.length - 1;
    int at = home(guard, mask);
    Edge edge = plains[at];
    while (edge != null && guards[at] != guard) {
      at = (at + 1) & mask;
      edge = plains[at];
    }
    return edge;
  }

  private static int home(int guard, int mask) {
    return (guard * 0x9E3779B9) >>> 16 & mask;
  }

  /** Adds a stretch without a refresh that is not known. */
  void addPlain(int guard, Edge edge) {
    if (2 * ++plainCount > plains.length) {
      @Nullable Edge[] oldPlains = plains;
      int[] oldGuards = guards;
      plains = new @Nullable Edge[2 * oldPlains.length];
      guards = new int[plains.length];
      for (int i = 0; i < oldPlains.length; i++) {
        Edge old = oldPlains[i];
        if (old != null) {
          put(oldGuards[i], old);
        }
      }
    }
    put(guard, edge);
  }

  private void put(int guard, Edge edge) {
    int mask = plains.length - 1;
    int at = home(guard, mask);
    while (plains[at] != null) {
      at = (at + 1) & mask;
    }
    plains[at] = edge;
    guards[at] = guard;
  }

  /** The channel is at rest in this state. */
  void setRest(ChannelImage image, StreamFrame frame, long nowTicks, boolean isRing) {
    if (hasRows) {
      return;
    }
    hasRows = true;
    isQuiet = image.isQuiet();
    settledTicks = image.settledTicks() - nowTicks;
    if (!isRing) {
      setRows(image, frame);
    }
  }

  // The channel is in this state, as described relative to the frame.
  private void setRows(ChannelImage image, StreamFrame frame) {
    for (int bank = 0; bank < image.bankNumbers(); bank++) {
      if ((foreign[bank >> 6] >>> bank & 1) != 0) {
        foreignBanks = Arrays.copyOf(foreignBanks, foreignBanks.length + 1);
        foreignBanks[foreignBanks.length - 1] = bank;
      } else if (image.isOpen(bank)) {
        nearBanks = Arrays.copyOf(nearBanks, nearBanks.length + 1);
        nearRows = Arrays.copyOf(nearRows, nearBanks.length);
        nearBanks[nearBanks.length - 1] = bank;
        nearRows[nearBanks.length - 1] = (int) image.rowDistance(bank, frame);
      }
    }
    openScopes = new boolean[image.scopes()];
    for (int scope = 0; scope < openScopes.length; scope++) {
      openScopes[scope] = image.isScopeOpen(scope);
    }
    hasForeign = foreignBanks.length > 0;
  }

  /** Notes the rows that are open near the run, for what comes they may be foreign. */
  void noteRows(ChannelImage image, long row) {
    for (int i = 0; i < nearBanks.length; i++) {
      image.noteRow(nearBanks[i], (int) (row + nearRows[i]));
    }
  }

  /** Whether a foreign row is among these. */
  boolean isForeignWithin(ChannelImage image, long lowest, long highest) {
    for (int bank : foreignBanks) {
      int row = image.notedRow(bank);
      if (row >= lowest && row <= highest) {
        return true;
      }
    }
    return false;
  }

  /** At rest: whether a bank of a scope is open. */
  boolean isScopeOpen(int scope) {
    return openScopes[scope];
  }

  /** Counts a time of rest: what is open stays open. */
  void countRest(long[] totals, long ticks) {
    int first = totals.length - openScopes.length;
    for (int scope = 0; scope < openScopes.length; scope++) {
      totals[first + scope] += openScopes[scope] ? ticks : 0;
    }
  }
}
