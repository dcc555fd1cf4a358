package memwall.network;

import memwall.core.Handler;
import memwall.core.Simulation;
import memwall.core.Timer;

/**
 * A timer that knows when it was armed relative to the other alarms of its network, so that all can
 * be moved in time without changing who fires first at one instant.
 */
final class Alarm implements Comparable<Alarm> {
  /** The order in which the alarms of one network were armed. */
  static final class Order {
    private long next;
  }

  private final Timer timer;
  private final Order order;
  private long armedAs;
  private long word;

  Alarm(Simulation simulation, String name, Order order, Handler handler) {
    this.timer = simulation.timer(name, handler);
    this.order = order;
  }

  void at(long timePs, long newWord) {
    armedAs = order.next++;
    word = newWord;
    timer.at(timePs, newWord);
  }

  boolean isArmed() {
    return timer.isArmed();
  }

  long duePs() {
    return timer.duePs();
  }

  long word() {
    return word;
  }

  /** Takes the pending occurrence back. */
  void cancel() {
    timer.cancel();
  }

  /** Moves a pending occurrence later. */
  void shift(long deltaPs) {
    if (timer.isArmed()) {
      at(timer.duePs() + deltaPs, word);
    }
  }

  @Override
  public int compareTo(Alarm other) {
    return Long.compare(armedAs, other.armedAs);
  }
}
