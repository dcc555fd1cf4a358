package memwall.network.router;

import java.util.Arrays;

/**
 * What senders know of their packets, as arrays: how often each was sent, and when it will be sent
 * again if no acknowledgement comes. All wait equally long, so those that began first are due
 * first.
 */
final class Retries {
  private static final long NOT_ARRIVED = Long.MAX_VALUE;

  private final long waitCycles;
  private int[] message = new int[64];
  private int[] flits = new int[64];
  private int[] tries = new int[64];
  private long[] ackCycle = new long[64];
  private long[] lastBegun = new long[64];
  private boolean[] closed = new boolean[64];
  private int records;
  private int open;

  /** Records that have begun and when, in that order; a ring. */
  private int[] begun = new int[64];

  private long[] begunCycle = new long[64];
  private int head;
  private int size;

  Retries(long waitCycles) {
    this.waitCycles = waitCycles;
  }

  /** A new packet of a message; returns the number of its record. */
  int add(int ofMessage, int length) {
    if (records == message.length) {
      int more = 2 * records;
      message = Arrays.copyOf(message, more);
      flits = Arrays.copyOf(flits, more);
      tries = Arrays.copyOf(tries, more);
      ackCycle = Arrays.copyOf(ackCycle, more);
      lastBegun = Arrays.copyOf(lastBegun, more);
      closed = Arrays.copyOf(closed, more);
    }
    message[records] = ofMessage;
    flits[records] = length;
    tries[records] = 0;
    ackCycle[records] = NOT_ARRIVED;
    closed[records] = false;
    open++;
    return records++;
  }

  /** Forgets all; only if none is open and no packet is under way. */
  void clear() {
    records = 0;
    size = 0;
  }

  /** Records of packets that may have to be sent again. */
  int open() {
    return open;
  }

  int message(int record) {
    return message[record];
  }

  int flits(int record) {
    return flits[record];
  }

  /** How often it has begun. */
  int tries(int record) {
    return tries[record];
  }

  boolean arrived(int record) {
    return ackCycle[record] != NOT_ARRIVED;
  }

  /** It arrived; its sender knows in a cycle, and sends it no more if that is in time. */
  void setArrived(int record, long knownCycle) {
    ackCycle[record] = knownCycle;
    if (knownCycle <= lastBegun[record] + waitCycles) {
      close(record);
    }
  }

  boolean acknowledged(int record, long now) {
    return ackCycle[record] <= now;
  }

  /** It is not sent again. */
  void close(int record) {
    if (!closed[record]) {
      closed[record] = true;
      open--;
    }
  }

  /** A copy of it has begun. */
  void started(int record, long cycle) {
    tries[record]++;
    lastBegun[record] = cycle;
    if (size == begun.length) {
      int[] newBegun = new int[2 * size];
      long[] newCycle = new long[2 * size];
      for (int i = 0; i < size; i++) {
        newBegun[i] = begun[(head + i) & (size - 1)];
        newCycle[i] = begunCycle[(head + i) & (size - 1)];
      }
      begun = newBegun;
      begunCycle = newCycle;
      head = 0;
    }
    int at = (head + size++) & (begun.length - 1);
    begun[at] = record;
    begunCycle[at] = cycle;
  }

  /** The cycle of the next timeout, or {@link FaultAgenda#NEVER}. */
  long nextCycle() {
    return size == 0 ? FaultAgenda.NEVER : begunCycle[head] + waitCycles;
  }

  /** Takes a record whose time is over; -1 if there is none. Closed ones are passed over. */
  int due(long now) {
    while (size > 0 && begunCycle[head] + waitCycles <= now) {
      int record = begun[head];
      head = (head + 1) & (begun.length - 1);
      size--;
      if (!closed[record]) {
        return record;
      }
    }
    return -1;
  }
}
