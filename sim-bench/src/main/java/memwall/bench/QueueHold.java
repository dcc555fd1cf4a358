package memwall.bench;

import java.util.PriorityQueue;

/** The hold model on a {@link PriorityQueue} whose entries are used again, never allocated. */
final class QueueHold {
  private static final class Entry implements Comparable<Entry> {
    long time;
    long sequence;
    long word;

    @Override
    public int compareTo(Entry other) {
      return time != other.time
          ? Long.compare(time, other.time)
          : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Entry> queue = new PriorityQueue<>();
  private final long[] delays;
  private int next;
  private long sequence;
  private long order;

  QueueHold(int pending, long[] delays) {
    this.delays = delays;
    for (int i = 0; i < pending; i++) {
      Entry entry = new Entry();
      entry.time = delays[next++ & (delays.length - 1)];
      entry.sequence = sequence++;
      entry.word = i;
      queue.add(entry);
    }
  }

  /** Holds so many times; returns a hash over the order of the entries taken. */
  long hold(int holds) {
    long[] from = delays;
    int mask = from.length - 1;
    int at = next;
    long hash = order;
    for (int i = 0; i < holds; i++) {
      Entry entry = queue.remove();
      hash = hash * 31 + entry.time + entry.word;
      entry.time += from[at++ & mask];
      entry.sequence = sequence++;
      queue.add(entry);
    }
    next = at;
    order = hash;
    return hash;
  }
}
