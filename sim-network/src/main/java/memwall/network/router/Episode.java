package memwall.network.router;

import java.util.Arrays;

/**
 * The messages of a network from one moment at which nothing is under way to the next, flit by
 * flit.
 *
 * <p>An episode begins in cycle 0 with the network as if nothing had ever been sent, so equal
 * messages at equal cycles end at equal cycles. Messages are numbered from 0.
 */
final class Episode {
  private final RouterFabric fabric;
  private final long flitBytes;
  private final MessageSpec spec;

  /** By message: packets that have not arrived. */
  private int[] packetsLeft = new int[64];

  /** By message: the cycle in which its last tail arrives, of those known. */
  private long[] lastCycle = new long[64];

  private int messages;

  /** Messages whose end is known, in order of their ends. */
  private int[] ended = new int[16];

  private long[] endCycle = new long[16];
  private int firstEnded;
  private int endedCount;
  private long messagesEver;
  private long messagesEndedEver;
  private long packetsEver;

  /** Flits moved so far, and when the last one did. */
  private long moved;

  private long movedCycle;
  private final long stillCycles;

  /** Cycles at least from the one before an end is known until it happens. */
  private final long noticeCycles;

  Episode(FabricSpec fabricSpec, MessageSpec spec, long seed) {
    this.spec = spec;
    flitBytes = fabricSpec.flitBytes();
    fabric = new RouterFabric(fabricSpec.plan(), seed, 1, this::delivered);
    noticeCycles = 2L + fabric.topology().shortestNodeCycles();
    stillCycles = 1_000 + 4L * fabric.topology().longestChannelCycles();
  }

  /** The network; only for checks. */
  RouterFabric fabric() {
    return fabric;
  }

  long packetsEver() {
    return packetsEver;
  }

  /** Messages of this episode so far. */
  int messages() {
    return messages;
  }

  /** The cycle that comes next. */
  long now() {
    return fabric.now();
  }

  /** Whether all messages have ended and nothing is under way. */
  boolean atRest() {
    return endedCount == 0 && fabric.atRest();
  }

  /** Forgets everything; only at rest. */
  void restart() {
    fabric.restart();
    movedCycle = 0;
    messages = 0;
    firstEnded = 0;
  }

  /** Sends a message in the present cycle; returns its number. */
  int send(int from, int to, long bytes) {
    if (messages == packetsLeft.length) {
      packetsLeft = Arrays.copyOf(packetsLeft, 2 * messages);
      lastCycle = Arrays.copyOf(lastCycle, 2 * messages);
    }
    int message = messages++;
    long packets = Math.max(1, (bytes + spec.payloadBytes() - 1) / spec.payloadBytes());
    packetsLeft[message] = Math.toIntExact(packets);
    lastCycle[message] = 0;
    long left = bytes;
    for (long i = 0; i < packets; i++) {
      long payload = Math.min(left, spec.payloadBytes());
      left -= payload;
      long flits = (payload + spec.headerBytes() + flitBytes - 1) / flitBytes;
      fabric.offer(from, to, (int) Math.max(1, flits), message);
    }
    packetsEver += packets;
    messagesEver++;
    return message;
  }

  /**
   * Goes on to a cycle, or until the end of a message is known.
   *
   * @param limit the first cycle not to be done
   */
  void advance(long limit) {
    while (knownEnds() == 0 && fabric.now() < limit && !fabric.atRest()) {
      step();
    }
  }

  private void step() {
    fabric.step();
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
      step();
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
    if (--packetsLeft[message] == 0) {
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
