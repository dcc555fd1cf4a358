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

  /** Writes the requests of a queue in order. */
  void describe(int queue, StateSink sink, PageBuffers buffers, int baseRow) {
    for (int at = first[queue]; at != NONE; at = requests.next[at]) {
      requests.describe(at, sink, buffers, baseRow);
    }
    sink.put(Long.MIN_VALUE);
  }
}
