package memwall.network;

import memwall.core.Handler;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.stat.Counter;

/**
 * One direction of a link, or another stage that data streams through (the switch's adder): it
 * serves one message after the other in order of arrival, and delivers each at the far end.
 *
 * <p>It cuts through: a message whose head arrived {@code span} before its tail has been flowing
 * through since then, if nobody was in the way. So an idle link adds no serialisation to a message
 * that comes from an equally fast one: with tail at T and service s, it is through at max(T, free +
 * s). What is under way waits in a ring with one alarm for its head, so no event is allocated.
 */
final class Link {
  private final Alarm alarm;
  private final Handler atFarEnd;
  private final Counter busyPs;
  private final long countedAs;
  private long freeAtPs;

  // A ring of deliveries in order of time; the alarm is set for the head.
  private long[] duePs = new long[8];
  private int[] rows = new int[8];
  private int head;
  private int count;

  /**
   * An idle link.
   *
   * @param atFarEnd called with the message's row when it is delivered
   * @param busyPs counts the time that it serves
   * @param countedAs how many links this one stands for
   */
  Link(
      Simulation simulation,
      String name,
      Alarm.Order order,
      Handler atFarEnd,
      Counter busyPs,
      long countedAs) {
    this.alarm = new Alarm(simulation, name, order, this::fire);
    this.atFarEnd = atFarEnd;
    this.busyPs = busyPs;
    this.countedAs = countedAs;
  }

  /**
   * Serves a message in turn.
   *
   * @param headPs when its head is here; may lie in the past, by as long as it took to arrive
   * @param overheadPs the link is held so long before service begins
   * @param servicePs serialisation
   * @return when the service ends, if the tail is here by then
   */
  long reserve(long headPs, long overheadPs, long servicePs) {
    freeAtPs = Math.max(freeAtPs, headPs) + overheadPs + servicePs;
    busyPs.add(servicePs * countedAs);
    return freeAtPs;
  }

  /** Hands the row to the far end at a time; rows due at one instant arrive in order of calls. */
  void deliver(long atPs, int row) {
    if (count == duePs.length) {
      grow();
    }
    int mask = duePs.length - 1;
    int position = count++;
    while (position > 0 && duePs[(head + position - 1) & mask] > atPs) {
      int from = (head + position - 1) & mask;
      int to = (head + position) & mask;
      duePs[to] = duePs[from];
      rows[to] = rows[from];
      position--;
    }
    int index = (head + position) & mask;
    duePs[index] = atPs;
    rows[index] = row;
    if (position == 0) {
      alarm.at(atPs, 0);
    }
  }

  private void fire(long ignored) {
    int row = rows[head];
    head = (head + 1) & (duePs.length - 1);
    if (--count > 0) {
      alarm.at(duePs[head], 0);
    }
    atFarEnd.fire(row);
  }

  Alarm alarm() {
    return alarm;
  }

  /** When the last service ends. */
  long freeAtPs() {
    return freeAtPs;
  }

  /** The link is found as it would be after a service that ended at this time. */
  void freeAt(long timePs) {
    freeAtPs = timePs;
  }

  /** Takes over what is under way on a link of another network; its alarm is not set. */
  void adopt(Link other, long deltaPs) {
    while (duePs.length < other.count) {
      grow();
    }
    head = 0;
    count = other.count;
    for (int i = 0; i < count; i++) {
      int index = (other.head + i) & (other.duePs.length - 1);
      duePs[i] = other.duePs[index] + deltaPs;
      rows[i] = other.rows[index];
    }
  }

  /** How many messages are on the way to the far end. */
  int underWay() {
    return count;
  }

  /**
   * Writes the state.
   *
   * @param longestPs longest service under way in the network: a message yet to arrive here may
   *     claim time that lies so far back
   */
  void describe(
      StateSink sink, long nowPs, long longestPs, MessageRows messages, long oldestOperation) {
    sink.put(Math.max(freeAtPs - nowPs, -longestPs));
    sink.put(count);
    for (int i = 0; i < count; i++) {
      int index = (head + i) & (duePs.length - 1);
      sink.put(duePs[index] - nowPs);
      messages.describe(sink, rows[index], oldestOperation);
    }
  }

  /** Moves all instants but the alarm, which the network moves with all others, in order. */
  void shift(long deltaPs) {
    freeAtPs += deltaPs;
    for (int i = 0; i < count; i++) {
      duePs[(head + i) & (duePs.length - 1)] += deltaPs;
    }
  }

  private void grow() {
    int length = duePs.length;
    long[] grownDue = new long[2 * length];
    int[] grownRows = new int[2 * length];
    for (int i = 0; i < count; i++) {
      grownDue[i] = duePs[(head + i) & (length - 1)];
      grownRows[i] = rows[(head + i) & (length - 1)];
    }
    duePs = grownDue;
    rows = grownRows;
    head = 0;
  }
}
