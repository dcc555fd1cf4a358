package memwall.memory.flash.device;

import java.util.Arrays;

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
}
