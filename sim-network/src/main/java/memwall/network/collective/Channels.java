package memwall.network.collective;

import java.util.Arrays;

/**
 * Channels by sender, receiver and tag: messages of one channel are received in the order in which
 * they were sent. An open-addressed table from the three to a number, and the three by number.
 */
final class Channels {
  private static final int EMPTY = -1;

  private final IntList froms = new IntList();
  private final IntList tos = new IntList();
  private final IntList tags = new IntList();
  private int[] table = new int[0];
  private int inTable;

  /** A channel of its own, which nobody finds. */
  int fresh(int from, int to, int tag) {
    froms.add(from);
    tos.add(to);
    tags.add(tag);
    return froms.size() - 1;
  }

  /** The channel of these three. */
  int find(int from, int to, int tag) {
    if (2 * (inTable + 1) > table.length) {
      grow();
    }
    int at = slot(from, to, tag);
    if (table[at] == EMPTY) {
      table[at] = fresh(from, to, tag);
      inTable++;
    }
    return table[at];
  }

  private int slot(int from, int to, int tag) {
    long mixed = ((long) from << 32 | to) * 0x9E3779B97F4A7C15L + tag;
    mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
    int at = (int) (mixed >>> 33) & (table.length - 1);
    while (table[at] != EMPTY) {
      int channel = table[at];
      if (froms.get(channel) == from && tos.get(channel) == to && tags.get(channel) == tag) {
        break;
      }
      at = (at + 1) & (table.length - 1);
    }
    return at;
  }

  private void grow() {
    int[] old = table;
    table = new int[Math.max(64, 2 * old.length)];
    Arrays.fill(table, EMPTY);
    for (int channel : old) {
      if (channel != EMPTY) {
        table[slot(froms.get(channel), tos.get(channel), tags.get(channel))] = channel;
      }
    }
  }

  int[] froms() {
    return froms.toArray();
  }

  int[] tos() {
    return tos.toArray();
  }

  int[] tags() {
    return tags.toArray();
  }
}
