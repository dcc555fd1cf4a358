package memwall.network.router;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a network from one moment at which nothing is under way to the next, flit by
 * flit.
 *
 * <p>An episode begins in cycle 0 with the network as if nothing had ever been sent, so equal
 * messages at equal cycles end at equal cycles. Messages are numbered from 0.
 */
final class Episode {
  private final RouterFabric fabric;
  private final Outbox outbox;
  private final @Nullable Repeats repeats;

  /** By message: the cycle in which its last tail arrives, of those known. */
  private long[] lastCycle = new long[64];

  /** Messages whose end is known, in order of their ends. */
  private int[] ended = new int[16];

  private long[] endCycle = new long[16];
  private int firstEnded;
  private int endedCount;
  private long messagesEver;
  private long messagesEndedEver;

  /** Flits moved so far, and when the last one did. */
  private long moved;

  private long movedCycle;
  private final long stillCycles;

  /** Cycles at least from the one before an end is known until it happens. */
  private final long noticeCycles;

  /**
   * A network at rest.
   *
   * @param leaps whether repeats are passed over
   */
  Episode(FabricSpec fabricSpec, MessageSpec spec, long seed, boolean leaps) {
    fabric = new RouterFabric(fabricSpec.plan(), seed, 1, this::delivered);
    outbox = new Outbox(fabric, spec, fabricSpec.flitBytes());
    repeats = leaps ? new Repeats(fabric, outbox) : null;
    noticeCycles = 2L + fabric.topology().shortestNodeCycles();
    stillCycles = 1_000 + 4L * fabric.topology().longestChannelCycles();
  }

  /** The network; only for checks. */
  RouterFabric fabric() {
    return fabric;
  }

  long packetsEver() {
    return outbox.offered();
  }

  /** Messages of this episode so far. */
  int messages() {
    return outbox.messages();
  }

  /** The cycle that comes next. */
  long now() {
    return fabric.now();
  }

  /** Cycles that were passed over because they repeat others. */
  long leaptCycles() {
    return repeats == null ? 0 : repeats.leaptCycles();
  }

  /** Whether all messages have ended and nothing is under way. */
  boolean atRest() {
    return endedCount == 0 && fabric.atRest();
  }

  /** Forgets everything; only at rest. */
  void restart() {
    fabric.restart();
    movedCycle = 0;
    outbox.restart();
    firstEnded = 0;
  }

  /** Sends a message in the present cycle; returns its number. */
  int send(int from, int to, long bytes) {
    int message = outbox.add(from, to, bytes);
    if (message == lastCycle.length) {
      lastCycle = Arrays.copyOf(lastCycle, 2 * message);
    }
    lastCycle[message] = 0;
    messagesEver++;
    if (repeats != null) {
      repeats.restart();
    }
    return message;
  }

  /**
   * Goes on to a cycle, or until the end of a message is known.
   *
   * @param limit the first cycle not to be done
   */
  void advance(long limit) {
    while (knownEnds() == 0 && fabric.now() < limit && !fabric.atRest()) {
      step(limit);
    }
  }

  private void step(long limit) {
    fabric.step();
    if (repeats != null
        && fabric.now() >= repeats.nextLook()
        && endedCount == 0
        && repeats.look(limit)) {
      moved = -1;
    }
    if (fabric.movedFlits() != moved) {
      moved = fabric.movedFlits();
      movedCycle = fabric.now();
    } else if (fabric.now() - movedCycle > stillCycles) {
      throw new IllegalStateException(
          "the network is deadlocked: no flit has moved for "
              + stillCycles
              + " cycles, "
              + (messagesEver - messagesEndedEver)
              + " messages wait for each other's buffers");
    }
  }

  /** Goes on to a cycle, whatever ends before; the clock goes on even if nothing is under way. */
  void advanceTo(long cycle) {
    while (fabric.now() < cycle && !fabric.atRest()) {
      step(cycle);
    }
    if (fabric.now() < cycle) {
      fabric.skipTo(cycle);
      movedCycle = cycle;
    }
  }

  /** Messages that have not been taken and whose end is known, and that none can end before. */
  int knownEnds() {
    if (endedCount == 0 || fabric.atRest()) {
      return endedCount;
    }
    int known = 0;
    while (known < endedCount && endCycle[firstEnded + known] <= fabric.now() + noticeCycles) {
      known++;
    }
    return known;
  }

  /** Message, and cycle of its end, of the i-th of them. */
  int endMessage(int i) {
    return ended[firstEnded + i];
  }

  long endCycle(int i) {
    return endCycle[firstEnded + i];
  }

  /** When the message that ends next ends. */
  long nextEndCycle() {
    return endCycle[firstEnded];
  }

  /** Takes the message that ends next. */
  int takeEnded() {
    int message = ended[firstEnded++];
    if (--endedCount == 0) {
      firstEnded = 0;
    }
    return message;
  }

  private void delivered(int packet, long cycle) {
    int message = (int) fabric.packets().tag[packet];
    lastCycle[message] = Math.max(lastCycle[message], cycle);
    if (outbox.arrived(message)) {
      messagesEndedEver++;
      insert(message, lastCycle[message]);
    }
  }

  /** By cycle; of those of one cycle in the order in which they came to be known. */
  private void insert(int message, long cycle) {
    if (firstEnded + endedCount == ended.length) {
      if (firstEnded > 0) {
        System.arraycopy(ended, firstEnded, ended, 0, endedCount);
        System.arraycopy(endCycle, firstEnded, endCycle, 0, endedCount);
        firstEnded = 0;
      } else {
        ended = Arrays.copyOf(ended, 2 * endedCount);
        endCycle = Arrays.copyOf(endCycle, 2 * endedCount);
      }
    }
    int at = firstEnded + endedCount++;
    while (at > firstEnded && endCycle[at - 1] > cycle) {
      ended[at] = ended[at - 1];
      endCycle[at] = endCycle[at - 1];
      at--;
    }
    ended[at] = message;
    endCycle[at] = cycle;
  }

  /** Messages sent and not ended, over all episodes. */
  long underWay() {
    return messagesEver - messagesEndedEver;
  }
}
