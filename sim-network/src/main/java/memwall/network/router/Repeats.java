package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * Finds out that a network does the same again and again, as it does while long messages stream
 * through it, and passes over the repeats.
 *
 * <p>Every so many cycles the state is written down and compared, in full, with one kept from
 * before (Brent, "An improved Monte Carlo factorization algorithm", BIT 20, 1980: the one kept is
 * replaced after 1, 2, 4, ... comparisons). If they are equal and no route was drawn in between,
 * what happened between them happens again as long as each node still has a packet of full length
 * of the message that it sends; that, the next message and the end of what was asked for bound how
 * often it is passed over. Times, counts and state are those of a network that does every cycle.
 */
final class Repeats {
  /** Packets that every sending node must have left for a look to be worth its time. */
  private static final int WORTH_PACKETS = 48;

  /** Cycles at least between looks. */
  private static final int LEAST_STRIDE = 24;

  /** Looks without success after which they become rarer. */
  private static final int PATIENCE = 64;

  private static final int MOST_STRIDES = 64;

  /** Fields of a state that cost about as much to write down as a cycle costs to simulate. */
  private static final int FIELDS_A_CYCLE = 16;

  private final RouterFabric fabric;
  private final Outbox outbox;
  private final long stride;
  private final Log current = new Log();
  private final Log kept = new Log();
  private FabricCounts since;
  private long drawsThen;
  private int[] unofferedThen = new int[0];
  private int messagesThen;
  private boolean keeps;
  private int looksLeft;
  private int looks;
  private int fruitless;
  private long factor;
  private long nextLook;
  private long leaptCycles;

  Repeats(RouterFabric fabric, Outbox outbox) {
    this.fabric = fabric;
    this.outbox = outbox;
    int flits = outbox.fullFlits();
    stride = (long) flits * ((LEAST_STRIDE + flits - 1) / flits);
    since = fabric.counts();
    restart();
  }

  /** Something has changed from outside: what was seen before does not count. */
  void restart() {
    keeps = false;
    looks = 1;
    fruitless = 0;
    factor = 1;
    nextLook = fabric.now() + stride;
  }

  /** The cycle in which to call {@link #look}. */
  long nextLook() {
    return nextLook;
  }

  /** Cycles passed over. */
  long leaptCycles() {
    return leaptCycles;
  }

  /**
   * Compares, and passes over repeats if there are any.
   *
   * @param limit the cycle behind which the clock must not go
   * @return whether any were passed over
   */
  boolean look(long limit) {
    nextLook = fabric.now() + stride * factor;
    int packets = outbox.fewestLeft();
    if (packets < WORTH_PACKETS || packets == Integer.MAX_VALUE) {
      keeps = false;
      looks = 1;
      return false;
    }
    current.length = 0;
    fabric.describe(current);
    nextLook = fabric.now() + apart();
    if (keeps && drawsThen == fabric.packets().draws() && current.equalTo(kept)) {
      long times = times(limit);
      keeps = false;
      looks = 1;
      fruitless = 0;
      factor = 1;
      if (times > 0) {
        pass(times);
      }
      nextLook = fabric.now() + apart();
      return times > 0;
    }
    if (!keeps || --looksLeft == 0) {
      keep();
    }
    if (++fruitless == PATIENCE) {
      fruitless = 0;
      if (factor < MOST_STRIDES) {
        factor *= 2;
        keeps = false;
        looks = 1;
      }
    }
    return false;
  }

  /** Cycles until the next look: long channels hold many flits, and a look writes them all down. */
  private long apart() {
    long strides = current.length / (FIELDS_A_CYCLE * stride) + 1;
    return stride * Math.max(factor, strides);
  }

  private void keep() {
    kept.take(current);
    since = fabric.counts();
    drawsThen = fabric.packets().draws();
    messagesThen = outbox.messages();
    unofferedThen = Arrays.copyOf(outbox.packetsLeft(), messagesThen);
    keeps = true;
    looksLeft = looks;
    looks = Math.min(2 * looks, 1 << 20);
  }

  private long times(long limit) {
    long times = (limit - fabric.now()) / (fabric.now() - since.cycle);
    int[] left = outbox.packetsLeft();
    for (int message = 0; message < messagesThen; message++) {
      int offered = unofferedThen[message] - left[message];
      if (offered > 0) {
        // The last packet may be shorter: it is offered one by one.
        times = Math.min(times, (left[message] - 1) / offered);
      }
    }
    return Math.max(0, times);
  }

  private void pass(long times) {
    leaptCycles += times * (fabric.now() - since.cycle);
    fabric.leap(since, times);
    int[] left = outbox.packetsLeft();
    for (int message = 0; message < messagesThen; message++) {
      int offered = unofferedThen[message] - left[message];
      if (offered > 0) {
        outbox.skip(message, Math.toIntExact(times * offered));
      }
    }
  }

  /** A state. */
  private static final class Log implements StateSink {
    private long[] values = new long[256];
    private int length;

    @Override
    public void put(long value) {
      if (length == values.length) {
        values = Arrays.copyOf(values, 2 * length);
      }
      values[length++] = value;
    }

    boolean equalTo(Log other) {
      return Arrays.equals(values, 0, length, other.values, 0, other.length);
    }

    void take(Log other) {
      long[] mine = values;
      values = other.values;
      length = other.length;
      other.values = mine;
      other.length = 0;
    }
  }
}
