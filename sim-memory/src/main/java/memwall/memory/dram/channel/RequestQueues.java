package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.memory.dram.standard.AddressMapping;

/**
 * The requests inside a channel: a read and a write queue, and the requests whose row is being
 * opened for them ("active").
 *
 * <p>Requests lie in numbered slots, preallocated. Each queue keeps two lists per bank, both in
 * order of arrival: requests for the row that is open in the bank ("hits") and the others
 * ("misses"; all of them while the bank is closed). So the scheduler never looks at more than the
 * two heads of a bank. Bit masks name the banks whose lists are not empty.
 */
final class RequestQueues {
  static final int READ = 0;
  static final int WRITE = 1;
  static final int NONE = -1;

  final int banks;
  final int words;

  /** Bank, row, burst inside the row and transaction number of each slot. */
  final int[] bank;

  final int[] row;
  final int[] burst;
  final long[] transaction;

  /** {@link #READ} or {@link #WRITE}. */
  final byte[] direction;

  /** What the sender calls it; the tick at which it was accepted; order of acceptance. */
  final long[] word;

  final long[] accepted;
  final long[] sequence;

  /** Whether it was already counted as hit, miss or conflict. */
  final boolean[] counted;

  /** Heads of the lists, by direction * banks + bank. */
  final int[] hitHead;

  final int[] missHead;

  /** Banks with hits, with misses, by direction and word. */
  final long[][] hits;

  final long[][] misses;

  /** All hits and all misses in order of age, by direction. */
  final AgeOrder[] ages;

  /** Queued requests by direction; those that are active are not counted. */
  final int[] queued = new int[2];

  /** Active requests in order of activation. */
  final int[] active;

  int activeCount;

  private final int[] capacity;
  private final int[] next;
  private final int[] previous;
  private final int[] hitTail;
  private final int[] missTail;
  private final int[] free;
  private int freeCount;
  private long nextSequence;

  RequestQueues(int banks, int readCapacity, int writeCapacity) {
    this.banks = banks;
    words = (banks + 63) / 64;
    capacity = new int[] {readCapacity, writeCapacity};
    int slots = readCapacity + writeCapacity + banks;
    bank = new int[slots];
    row = new int[slots];
    burst = new int[slots];
    transaction = new long[slots];
    direction = new byte[slots];
    word = new long[slots];
    accepted = new long[slots];
    sequence = new long[slots];
    counted = new boolean[slots];
    int[] places = new int[slots];
    ages = new AgeOrder[] {new AgeOrder(readCapacity, places), new AgeOrder(writeCapacity, places)};
    next = new int[slots];
    previous = new int[slots];
    active = new int[banks];
    hitHead = emptyLists();
    hitTail = emptyLists();
    missHead = emptyLists();
    missTail = emptyLists();
    hits = new long[2][words];
    misses = new long[2][words];
    free = new int[slots];
    for (int i = 0; i < slots; i++) {
      free[i] = slots - 1 - i;
    }
    freeCount = slots;
  }

  private int[] emptyLists() {
    int[] lists = new int[2 * banks];
    Arrays.fill(lists, NONE);
    return lists;
  }

  boolean isFull(int direction) {
    return queued[direction] >= capacity[direction];
  }

  int capacity(int direction) {
    return capacity[direction];
  }

  /** Requests queued, active or between the halves of their activate. */
  int size() {
    return free.length - freeCount;
  }

  /** Appends a request to the hits or to the misses of its bank. The queue must not be full. */
  void add(
      int direction,
      int bank,
      long location,
      long transaction,
      long word,
      long now,
      boolean isHit) {
    int slot = free[--freeCount];
    this.bank[slot] = bank;
    row[slot] = AddressMapping.row(location);
    burst[slot] = AddressMapping.burst(location);
    this.transaction[slot] = transaction;
    this.direction[slot] = (byte) direction;
    this.word[slot] = word;
    accepted[slot] = now;
    sequence[slot] = nextSequence++;
    counted[slot] = false;
    queued[direction]++;
    enterLists(direction, slot, isHit);
  }

  private void enterLists(int way, int slot, boolean isHit) {
    ages[way].enter(slot, isHit);
    if (isHit) {
      append(hitHead, hitTail, hits[way], way, slot);
    } else {
      append(missHead, missTail, misses[way], way, slot);
    }
  }

  private void append(int[] heads, int[] tails, long[] mask, int direction, int slot) {
    int list = direction * banks + bank[slot];
    int tail = tails[list];
    next[slot] = NONE;
    previous[slot] = tail;
    tails[list] = slot;
    if (tail == NONE) {
      heads[list] = slot;
      mask[bank[slot] >> 6] |= 1L << bank[slot];
    } else {
      next[tail] = slot;
    }
  }

  private void unlink(int[] heads, int[] tails, long[] mask, int direction, int slot) {
    int list = direction * banks + bank[slot];
    int before = previous[slot];
    int after = next[slot];
    if (before == NONE) {
      heads[list] = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      tails[list] = before;
    } else {
      previous[after] = before;
    }
    if (heads[list] == NONE) {
      mask[bank[slot] >> 6] &= ~(1L << bank[slot]);
    }
  }

  /** Whether a queued request hits in the bank. */
  boolean hasHits(int itsBank) {
    return ((hits[READ][itsBank >> 6] | hits[WRITE][itsBank >> 6]) >>> itsBank & 1) != 0;
  }

  /** Whether just one request of a queue hits in the bank. */
  boolean hasOneHit(int way, int itsBank) {
    int list = way * banks + itsBank;
    return hitHead[list] != NONE && hitHead[list] == hitTail[list];
  }

  /** Whether just one request of a queue misses in the bank. */
  boolean hasOneMiss(int way, int itsBank) {
    int list = way * banks + itsBank;
    return missHead[list] != NONE && missHead[list] == missTail[list];
  }

  /** Takes a hit out of its queue: its burst was issued. */
  void removeHit(int slot) {
    int way = direction[slot];
    ages[way].leave(slot);
    unlink(hitHead, hitTail, hits[way], way, slot);
    queued[way]--;
  }

  /** Takes a miss out of its queue: its activate was issued. */
  void removeMiss(int slot) {
    int way = direction[slot];
    ages[way].leave(slot);
    unlink(missHead, missTail, misses[way], way, slot);
    queued[way]--;
  }

  /** Makes a request that left its queue active. */
  void activate(int slot) {
    active[activeCount++] = slot;
  }

  /** Ends the active request at a position of the list. */
  void deactivate(int position) {
    activeCount--;
    System.arraycopy(active, position + 1, active, position, activeCount - position);
  }

  /** Gives the slot of a finished request back. */
  void release(int slot) {
    free[freeCount++] = slot;
  }

  /** A row was opened: requests for it become hits. */
  void open(int bank, int openRow) {
    for (int way = READ; way <= WRITE; way++) {
      int slot = missHead[way * banks + bank];
      while (slot != NONE) {
        int after = next[slot];
        if (row[slot] == openRow) {
          unlink(missHead, missTail, misses[way], way, slot);
          append(hitHead, hitTail, hits[way], way, slot);
          ages[way].becomesHit(slot);
        }
        slot = after;
      }
    }
  }

  /** The bank was closed: its hits become misses again, in order of arrival. */
  void close(int bank) {
    for (int way = READ; way <= WRITE; way++) {
      int list = way * banks + bank;
      int hit = hitHead[list];
      if (hit == NONE) {
        continue;
      }
      hitHead[list] = NONE;
      hitTail[list] = NONE;
      hits[way][bank >> 6] &= ~(1L << bank);
      misses[way][bank >> 6] |= 1L << bank;
      for (int slot = hit; slot != NONE; slot = next[slot]) {
        ages[way].becomesMiss(slot);
      }
      merge(list, hit);
    }
  }

  private void merge(int list, int first) {
    int one = first;
    int other = missHead[list];
    int last = NONE;
    while (one != NONE || other != NONE) {
      int slot;
      if (other == NONE || (one != NONE && sequence[one] < sequence[other])) {
        slot = one;
        one = next[one];
      } else {
        slot = other;
        other = next[other];
      }
      previous[slot] = last;
      if (last == NONE) {
        missHead[list] = slot;
      } else {
        next[last] = slot;
      }
      last = slot;
    }
    next[last] = NONE;
    missTail[list] = last;
  }

  /** Writes the slots of one queue in order of acceptance; returns how many. */
  int inOrder(int direction, int[] into) {
    return ages[direction].inOrder(into);
  }

  /** Forgets all requests. */
  void clear() {
    Arrays.fill(hitHead, NONE);
    Arrays.fill(hitTail, NONE);
    Arrays.fill(missHead, NONE);
    Arrays.fill(missTail, NONE);
    for (int way = READ; way <= WRITE; way++) {
      Arrays.fill(hits[way], 0);
      Arrays.fill(misses[way], 0);
      ages[way].clear();
      queued[way] = 0;
    }
    activeCount = 0;
    for (int i = 0; i < free.length; i++) {
      free[i] = free.length - 1 - i;
    }
    freeCount = free.length;
  }

  /** Takes a slot for a request that is in no list. */
  int take(int way, int itsBank, long location, long itsTransaction, long itsWord) {
    int slot = free[--freeCount];
    bank[slot] = itsBank;
    row[slot] = AddressMapping.row(location);
    burst[slot] = AddressMapping.burst(location);
    transaction[slot] = itsTransaction;
    direction[slot] = (byte) way;
    word[slot] = itsWord;
    sequence[slot] = nextSequence++;
    return slot;
  }

  /** Puts a slot into the hits or the misses of its bank, behind those that are there. */
  void enter(int slot, boolean isHit) {
    int way = direction[slot];
    queued[way]++;
    enterLists(way, slot, isHit);
  }
}
