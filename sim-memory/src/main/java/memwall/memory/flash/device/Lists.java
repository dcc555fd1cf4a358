package memwall.memory.flash.device;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/** Queues of requests, first in, first out, by number; linked through the requests themselves. */
final class Lists {
  static final int NONE = Requests.NONE;

  private final Requests requests;
  private final int[] first;
  private final int[] last;

  Lists(Requests requests, int count) {
    this.requests = requests;
    first = new int[count];
    last = new int[count];
    Arrays.fill(first, NONE);
  }

  /** The oldest of a queue; {@link #NONE} if it is empty. */
  int first(int queue) {
    return first[queue];
  }

  void add(int queue, int request) {
    requests.next[request] = NONE;
    if (first[queue] == NONE) {
      first[queue] = request;
    } else {
      requests.next[last[queue]] = request;
    }
    last[queue] = request;
  }

  /** Adds a request behind those that were made before it, and before the others. */
  void addInOrder(int queue, int request) {
    long order = requests.order[request];
    int at = first[queue];
    if (at == NONE || requests.order[last[queue]] < order) {
      add(queue, request);
      return;
    }
    if (requests.order[at] > order) {
      requests.next[request] = at;
      first[queue] = request;
      return;
    }
    while (requests.order[requests.next[at]] < order) {
      at = requests.next[at];
    }
    requests.next[request] = requests.next[at];
    requests.next[at] = request;
  }

  /** Takes the oldest of a queue that is not empty. */
  int take(int queue) {
    int request = first[queue];
    first[queue] = requests.next[request];
    return request;
  }

  /** How many requests a queue holds; counted. */
  int size(int queue) {
    int size = 0;
    for (int at = first[queue]; at != NONE; at = requests.next[at]) {
      size++;
    }
    return size;
  }

  /**
   * Becomes like those of another, whose requests have become like these.
   *
   * @param turn queues by which all of them have gone on in a ring
   */
  void copyFrom(Lists other, int turn) {
    Turned.copy(other.first, first, first.length, turn);
    Turned.copy(other.last, last, last.length, turn);
  }

  /** Writes the requests of a queue in order. */
  void describe(int queue, StateSink sink, PageBuffers buffers, Naming names) {
    for (int at = first[queue]; at != NONE; at = requests.next[at]) {
      requests.describe(at, sink, buffers, names);
    }
    sink.put(Long.MIN_VALUE);
  }
}
