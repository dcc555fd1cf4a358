package memwall.network.endpoint;

import memwall.core.Completion;

/** What takes messages from node to node. */
public interface Carrier {
  /**
   * Sends a message.
   *
   * @param from sending node
   * @param to receiving node
   * @param bytes size, 0 or more
   * @param completion called when it has arrived
   * @param word passed to {@code completion}
   */
  void send(int from, int to, long bytes, Completion completion, long word);
}
