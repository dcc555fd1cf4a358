package memwall.network.loggp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import memwall.network.collective.Schedule;

/**
 * LogGOPS the plain way, as LogGOPSim does it: one heap by (time, order of scheduling), into which
 * whatever finds its rank busy is put back for when that is free.
 */
final class PlainLogGops {
  private enum Kind {
    OPERATION,
    MESSAGE,
    WAITED
  }

  private record Item(long timePs, long order, Kind kind, int operation) {}

  private final Schedule schedule;
  private final LogGopsSpec spec;
  private final PriorityQueue<Item> heap =
      new PriorityQueue<>(Comparator.comparingLong(Item::timePs).thenComparingLong(Item::order));
  private final int[] waitsFor;
  private final long[] cpuPs;
  private final long[] outPs;
  private final long[] inPs;
  private final List<Deque<Integer>> posted = new ArrayList<>();
  private final List<Deque<Integer>> unexpected = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();
  private long order;
  private int done;

  PlainLogGops(Schedule schedule, LogGopsSpec spec) {
    this.schedule = schedule;
    this.spec = spec;
    waitsFor = schedule.waitsFor();
    cpuPs = new long[schedule.ranks()];
    outPs = new long[schedule.ranks()];
    inPs = new long[schedule.ranks()];
    for (int i = 0; i < schedule.channels(); i++) {
      posted.add(new ArrayDeque<>());
      unexpected.add(new ArrayDeque<>());
    }
  }

  /** By rank, when its processor is free at the end; null if something waits for ever. */
  long[] run() {
    for (int i = 0; i < waitsFor.length; i++) {
      if (waitsFor[i] == 0) {
        free.add(i);
      }
    }
    push(0);
    while (!heap.isEmpty()) {
      Item item = heap.poll();
      fire(item);
      push(item.timePs());
    }
    return done == waitsFor.length ? cpuPs : null;
  }

  private void push(long nowPs) {
    for (int i = 0; i < free.size(); i++) {
      int operation = free.get(i);
      int rank = schedule.rank(operation);
      long atPs = Math.max(nowPs, cpuPs[rank]);
      switch (schedule.kind(operation)) {
        case Schedule.WAIT -> {
          heap.add(
              new Item(nowPs + schedule.durationPs(operation), order++, Kind.WAITED, operation));
          started(operation);
        }
        case Schedule.SEND ->
            heap.add(new Item(Math.max(atPs, outPs[rank]), order++, Kind.OPERATION, operation));
        default -> heap.add(new Item(atPs, order++, Kind.OPERATION, operation));
      }
    }
    free.clear();
  }

  private void again(Item item, long timePs) {
    heap.add(new Item(timePs, item.order(), item.kind(), item.operation()));
  }

  private void fire(Item item) {
    int operation = item.operation();
    long nowPs = item.timePs();
    if (item.kind() == Kind.MESSAGE) {
      message(item);
      return;
    }
    int rank = schedule.rank(operation);
    if (item.kind() == Kind.WAITED) {
      cpuPs[rank] = Math.max(cpuPs[rank], nowPs);
      done(operation);
      return;
    }
    switch (schedule.kind(operation)) {
      case Schedule.SEND -> {
        long readyPs = Math.max(cpuPs[rank], outPs[rank]);
        if (readyPs > nowPs) {
          again(item, readyPs);
          return;
        }
        long bytes = schedule.bytes(operation);
        cpuPs[rank] = nowPs + spec.overheadPs() + spec.handlePs(bytes);
        outPs[rank] = nowPs + spec.gapPs() + spec.streamPs(bytes);
        heap.add(
            new Item(
                nowPs + spec.overheadPs() + spec.latencyPs(), order++, Kind.MESSAGE, operation));
        started(operation);
        if (bytes <= spec.eagerBytes()) {
          done(operation);
        }
      }
      case Schedule.COMPUTE -> {
        if (cpuPs[rank] > nowPs) {
          again(item, cpuPs[rank]);
          return;
        }
        cpuPs[rank] = nowPs + schedule.durationPs(operation);
        started(operation);
        done(operation);
      }
      default -> {
        started(operation);
        Integer send = unexpected.get(schedule.channel(operation)).poll();
        if (send == null) {
          posted.get(schedule.channel(operation)).add(operation);
        } else {
          meet(send, operation, nowPs);
        }
      }
    }
  }

  private void message(Item item) {
    int send = item.operation();
    int rank = schedule.peer(send);
    long nowPs = item.timePs();
    long readyPs = Math.max(cpuPs[rank], inPs[rank]);
    if (readyPs > nowPs) {
      again(item, readyPs);
      return;
    }
    long bytes = schedule.bytes(send);
    long streamPs = spec.streamPs(bytes);
    cpuPs[rank] = nowPs + spec.overheadPs() + Math.max(streamPs, spec.handlePs(bytes));
    inPs[rank] = nowPs + spec.gapPs() + streamPs;
    Integer receive = posted.get(schedule.channel(send)).poll();
    if (receive == null) {
      unexpected.get(schedule.channel(send)).add(send);
    } else {
      meet(send, receive, nowPs);
    }
  }

  private void meet(int send, int receive, long nowPs) {
    int rank = schedule.rank(receive);
    long bytes = schedule.bytes(send);
    if (schedule.kind(receive) == Schedule.RECEIVE_ADD) {
      cpuPs[rank] = Math.max(cpuPs[rank], nowPs) + spec.reducePs(bytes);
    }
    done(receive);
    if (bytes > spec.eagerBytes()) {
      int sender = schedule.rank(send);
      cpuPs[sender] = Math.max(cpuPs[sender], nowPs);
      outPs[sender] = Math.max(outPs[sender], nowPs);
      done(send);
    }
  }

  private void started(int operation) {
    release(operation, true);
  }

  private void done(int operation) {
    done++;
    release(operation, false);
  }

  private void release(int operation, boolean start) {
    for (int i = schedule.firstSuccessor(operation);
        i < schedule.firstSuccessor(operation + 1);
        i++) {
      int later = schedule.successor(i);
      if (later < 0 == start && --waitsFor[later < 0 ? ~later : later] == 0) {
        free.add(later < 0 ? ~later : later);
      }
    }
  }
}
