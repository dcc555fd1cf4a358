package memwall.memory.dram.channel;

import memwall.core.leap.StateSink;

/**
 * Reads whose data is on its way, in order of completion: a ring. It grows only while a sender
 * offers more reads at one tick than it ever did before.
 */
final class ReadsInFlight {
  private long[] done = new long[64];
  private long[] word = new long[64];
  private long[] accepted = new long[64];
  private int head;
  private int size;

  /** Tick at which the first of them is complete. */
  long firstDone() {
    return size == 0 ? TimingTable.NEVER : done[head];
  }

  int size() {
    return size;
  }

  /** Tick at which so many of them are complete, from 1 to {@link #size}. */
  long done(long count) {
    return done[(head + (int) count - 1) & (done.length - 1)];
  }

  /** Adds a read that completes no earlier than all others. */
  void add(long doneTick, long itsWord, long acceptedTick) {
    if (size == done.length) {
      grow();
    }
    int at = (head + size) & (done.length - 1);
    done[at] = doneTick;
    word[at] = itsWord;
    accepted[at] = acceptedTick;
    size++;
  }

  /** Hands out the first read. */
  void pop(DramChannel.CompletionSink sink) {
    int at = head;
    head = (head + 1) & (done.length - 1);
    size--;
    sink.completed(word[at], false, accepted[at], done[at]);
  }

  private void grow() {
    done = unrolled(done);
    word = unrolled(word);
    accepted = unrolled(accepted);
    head = 0;
  }

  private long[] unrolled(long[] ring) {
    long[] larger = new long[ring.length * 2];
    System.arraycopy(ring, head, larger, 0, ring.length - head);
    System.arraycopy(ring, 0, larger, ring.length - head, head);
    return larger;
  }

  void describe(StateSink sink, long now) {
    sink.put(size);
    for (int i = 0; i < size; i++) {
      int at = (head + i) & (done.length - 1);
      sink.put(done[at] - now);
      sink.put(now - accepted[at]);
    }
  }

  /** Whether all of them are called the same. */
  boolean isAll(long itsWord) {
    for (int i = 0; i < size; i++) {
      if (word[(head + i) & (done.length - 1)] != itsWord) {
        return false;
      }
    }
    return true;
  }

  void exchange(StateBuffer state, long now, long itsWord) {
    state.part(StateBuffer.IN_FLIGHT);
    int count = state.exchange(size);
    if (state.isReading()) {
      while (count > done.length) {
        grow();
      }
      size = count;
    }
    for (int i = 0; i < count; i++) {
      int at = (head + i) & (done.length - 1);
      done[at] = now + state.exchange(done[at] - now);
      accepted[at] = now - state.exchange(now - accepted[at]);
      word[at] = itsWord;
    }
  }

  void clear() {
    size = 0;
  }
}
