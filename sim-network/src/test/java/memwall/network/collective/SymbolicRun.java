package memwall.network.collective;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Carries out a schedule on sets instead of numbers. Each byte of each rank holds the set of the
 * ranks whose contributions are in it, as bits; adding sets that overlap is an error, because a
 * contribution would count twice. Sends are done as soon as they may be, and receives in an order
 * drawn at random, so that a dependency that is missing leaves something out.
 */
final class SymbolicRun implements ScheduleWriter {
  private final ScheduleBuilder builder;
  private final int ranks;

  /** By operation, the ranges of its message. */
  private final List<long[]> ranges = new ArrayList<>();

  private long[] open = new long[0];

  /** By rank and byte. */
  final long[][] held;

  SymbolicRun(int ranks, int bytes) {
    this.ranks = ranks;
    builder = new ScheduleBuilder(ranks);
    held = new long[ranks][bytes];
  }

  @Override
  public void range(long fromBytes, long toBytes) {
    open = Arrays.copyOf(open, open.length + 2);
    open[open.length - 2] = fromBytes;
    open[open.length - 1] = toBytes;
    builder.range(fromBytes, toBytes);
  }

  @Override
  public int transfer(int from, int to, boolean add, int sendAfter, int receiveAfter) {
    long[] message = open;
    open = new long[0];
    int receive = builder.transfer(from, to, add, sendAfter, receiveAfter);
    if (receive != NONE) {
      while (ranges.size() < builder.operations()) {
        ranges.add(message);
      }
    }
    return receive;
  }

  @Override
  public int join(int rank) {
    ranges.add(new long[0]);
    return builder.join(rank);
  }

  @Override
  public void after(int operation, int earlier) {
    builder.after(operation, earlier);
  }

  /** Carries out what was written. */
  Schedule run(SplittableRandom random) {
    Schedule schedule = builder.build();
    int[] waitsFor = schedule.waitsFor();
    long[][] carried = new long[schedule.channels()][];
    int[] receives = new int[schedule.channels()];
    Arrays.fill(receives, NONE);
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < waitsFor.length; i++) {
      if (waitsFor[i] == 0) {
        ready.add(i);
      }
    }
    int done = 0;
    int[] pending = new int[schedule.operations()];
    int pendings = 0;
    while (true) {
      while (!ready.isEmpty()) {
        int operation = ready.remove(ready.size() - 1);
        if (schedule.kind(operation) == Schedule.COMPUTE) {
          done++;
          release(schedule, operation, waitsFor, ready);
        } else {
          int channel = schedule.channel(operation);
          if (schedule.kind(operation) == Schedule.SEND) {
            if (carried[channel] != null) {
              throw new AssertionError("sent twice: " + schedule.describe(operation));
            }
            carried[channel] = snapshot(schedule.rank(operation), ranges.get(operation));
            done++;
            release(schedule, operation, waitsFor, ready);
          } else {
            receives[channel] = operation;
          }
          if (carried[channel] != null && receives[channel] != NONE) {
            pending[pendings++] = receives[channel];
          }
        }
      }
      if (pendings == 0) {
        break;
      }
      int drawn = random.nextInt(pendings);
      int receive = pending[drawn];
      pending[drawn] = pending[--pendings];
      deliver(schedule, receive, carried[schedule.channel(receive)]);
      done++;
      release(schedule, receive, waitsFor, ready);
    }
    if (done != schedule.operations()) {
      throw new AssertionError(done + " of " + schedule.operations() + " operations could be done");
    }
    return schedule;
  }

  private static void release(
      Schedule schedule, int operation, int[] waitsFor, List<Integer> ready) {
    for (int i = schedule.firstSuccessor(operation);
        i < schedule.firstSuccessor(operation + 1);
        i++) {
      int later = schedule.successor(i);
      if (schedule.rank(later) != schedule.rank(operation)) {
        throw new AssertionError("a dependency between ranks");
      }
      if (--waitsFor[later] == 0) {
        ready.add(later);
      }
    }
  }

  private long[] snapshot(int rank, long[] message) {
    long[] copy = new long[0];
    for (int i = 0; i < message.length; i += 2) {
      int from = (int) message[i];
      int count = (int) message[i + 1] - from;
      int at = copy.length;
      copy = Arrays.copyOf(copy, at + count);
      System.arraycopy(held[rank], from, copy, at, count);
    }
    return copy;
  }

  private void deliver(Schedule schedule, int receive, long[] content) {
    int rank = schedule.rank(receive);
    if (content.length != schedule.bytes(receive)) {
      throw new AssertionError(
          schedule.describe(receive) + " but " + content.length + " were sent");
    }
    boolean adds = schedule.kind(receive) == Schedule.RECEIVE_ADD;
    long[] message = ranges.get(receive);
    int at = 0;
    for (int i = 0; i < message.length; i += 2) {
      for (int to = (int) message[i]; to < message[i + 1]; to++) {
        long came = content[at++];
        if (came == 0) {
          throw new AssertionError(schedule.describe(receive) + ": nothing was there to send");
        }
        if (adds && (held[rank][to] & came) != 0) {
          throw new AssertionError(schedule.describe(receive) + ": counts twice");
        }
        held[rank][to] = adds ? held[rank][to] | came : came;
      }
    }
  }

  int ranks() {
    return ranks;
  }
}
