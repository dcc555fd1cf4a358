package memwall.workloads.trace;

import java.util.function.Consumer;

/** A format of others with requests in each line of JSON. */
interface JsonForm {
  /** What is known of such a trace. */
  TraceHeader header();

  /** What a line looks like, for messages. */
  String example();

  /**
   * Reads the object that a line has begun.
   *
   * @param number of the line among those of requests, from 1
   * @param sink takes the requests in order; null for one that failed
   */
  void read(JsonLine line, long number, Consumer<Request> sink, Runnable failed);
}
