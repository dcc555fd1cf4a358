package memwall.memory.dram.channel;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;

/**
 * The commands of one turn of a loop of in-memory compute and of the turn before, by tick since the
 * turn began: what says that the turns that follow will be the same.
 *
 * <p>Rules hold between commands, so when a command goes depends on how long ago others went. The
 * commands of a turn depend on those of the turn before, and of some more turns where a window
 * counts activates. Once as many turns as that were alike, so are all that follow: each difference
 * between two commands of the loop is what it was. What happened before the loop can only have put
 * off the first command of a kind.
 *
 * <p>A turn that once was followed by its like, again and again, always is: such turns are known,
 * and where one is met again it need not be seen so often.
 */
final class TurnRecorder {
  private static final int MOST = 4096;
  private static final int MOST_KNOWN = 1024;

  /** A turn: parallel arrays. */
  static final class Turn {
    int[] units = new int[64];
    int[] commands = new int[64];

    /** Ticks since the turn began, of the first and the last of {@code counts} equal commands. */
    long[] firsts = new long[64];

    long[] lasts = new long[64];
    long[] counts = new long[64];
    int size;

    private Turn copy() {
      Turn copy = new Turn();
      copy.units = Arrays.copyOf(units, size);
      copy.commands = Arrays.copyOf(commands, size);
      copy.firsts = Arrays.copyOf(firsts, size);
      copy.lasts = Arrays.copyOf(lasts, size);
      copy.counts = Arrays.copyOf(counts, size);
      copy.size = size;
      return copy;
    }

    private long hash() {
      long hash = size;
      for (int i = 0; i < size; i++) {
        hash = (hash + firsts[i]) * 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 29) ^ lasts[i]) * 0xD6E8FEB86659FD93L;
        hash += counts[i] * 64 + commands[i] + ((long) units[i] << 48);
      }
      return hash ^ (hash >>> 32);
    }

    private void grow() {
      int length = size * 2;
      units = Arrays.copyOf(units, length);
      commands = Arrays.copyOf(commands, length);
      firsts = Arrays.copyOf(firsts, length);
      lasts = Arrays.copyOf(lasts, length);
      counts = Arrays.copyOf(counts, length);
    }

    private boolean isLike(Turn other) {
      if (size != other.size) {
        return false;
      }
      for (int i = 0; i < size; i++) {
        if (firsts[i] != other.firsts[i]
            || lasts[i] != other.lasts[i]
            || units[i] != other.units[i]
            || commands[i] != other.commands[i]
            || counts[i] != other.counts[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private Turn turn = new Turn();
  private Turn before = new Turn();
  private boolean isOpen;
  private long began;
  private long periodTicks;
  private int alike;

  /**
   * By hash, with the length of the turn and whether it began on an odd tick where that matters.
   */
  private final Long2ObjectOpenHashMap<Turn> known = new Long2ObjectOpenHashMap<>();

  /** What is recorded has nothing to do with what comes. */
  void forget() {
    isOpen = false;
    alike = 0;
    turn.size = 0;
  }

  /** So many equal commands were issued, evenly spaced. */
  void note(int unit, int command, long first, long last, long count) {
    if (!isOpen) {
      return;
    }
    if (turn.size == MOST) {
      forget();
      return;
    }
    if (turn.size == turn.units.length) {
      turn.grow();
    }
    int at = turn.size++;
    turn.units[at] = unit;
    turn.commands[at] = command;
    turn.firsts[at] = first - began;
    turn.lasts[at] = last - began;
    turn.counts[at] = count;
  }

  /**
   * A turn ended with a command at this tick, and the next one begins.
   *
   * @param places where the units stand is as it was at the end of the turn before
   */
  void turned(long tick, boolean places) {
    if (isOpen) {
      boolean same = alike > 0 && tick - began == periodTicks && turn.isLike(before);
      alike = !places ? 0 : same ? alike + 1 : 1;
      periodTicks = tick - began;
      Turn swap = before;
      before = turn;
      turn = swap;
    }
    turn.size = 0;
    isOpen = true;
    began = tick;
  }

  private long key(long parity) {
    return (before.hash() + periodTicks) * 2 + parity;
  }

  /**
   * Whether the last turn is one that its like follows.
   *
   * @param parity what matters of the tick at which it ended beside its distance from others
   */
  boolean isKnown(long parity) {
    Turn turn = known.get(key(parity));
    return turn != null && turn.isLike(before);
  }

  /** From now on the last turn is known. */
  void learn(long parity) {
    if (known.size() < MOST_KNOWN) {
      known.put(key(parity), before.copy());
    }
  }

  /** How many turns in a row were alike, up to the last one; 0 if that was no whole turn. */
  int alike() {
    return alike;
  }

  /** Length of the last turn. */
  long periodTicks() {
    return periodTicks;
  }

  /** The last turn. */
  Turn last() {
    return before;
  }

  /** How often the last turn has a command. */
  int count(int command) {
    int count = 0;
    for (int i = 0; i < before.size; i++) {
      count += before.commands[i] == command ? 1 : 0;
    }
    return count;
  }

  /** The turns that were recorded come again later: the present one begins at this tick. */
  void moveTo(long tick) {
    began = tick;
    turn.size = 0;
  }
}
