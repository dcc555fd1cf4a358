package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * Chooses which lanes of a router send a flit through its switch: one iteration of iSLIP over input
 * and output ports.
 *
 * <p>An input asks for each output that one of its lanes has a flit for; of several such lanes the
 * one next in turn would go. Each output grants one input, each input accepts one output, both the
 * first from a pointer on.
 */
final class SwitchAllocator {
  private final Lanes lanes;

  /** Pointers by port of the network: of its output side, of its input side, and over its lanes. */
  private final int[] grantFrom;

  private final int[] acceptFrom;
  private final int[] laneFrom;

  /**
   * By port of the network, while packets hold the switch: the lane, and whether held as output.
   */
  private final int[] holder;

  private final boolean[] heldOutput;

  /** The lanes that may send, numbered in the router. */
  final int[] granted;

  /** By output, then by input, of the router: the best so far; valid if the stamp is new. */
  private final int[] key;

  private final int[] winner;
  private final int[] outStamps;
  private final int[] outputs;
  private final int[] nearest;
  private final int[] accepted;
  private final int[] inStamps;
  private final int[] inputs;
  private int stamp;

  SwitchAllocator(Lanes lanes, boolean hold) {
    this.lanes = lanes;
    int ports = lanes.laneBehind.length;
    grantFrom = new int[ports];
    acceptFrom = new int[ports];
    laneFrom = new int[ports];
    holder = new int[hold ? ports : 0];
    Arrays.fill(holder, Lanes.NONE);
    heldOutput = new boolean[hold ? ports : 0];
    granted = new int[lanes.radix];
    key = new int[lanes.radix];
    winner = new int[lanes.radix];
    outStamps = new int[lanes.radix];
    outputs = new int[lanes.radix];
    nearest = new int[lanes.radix];
    accepted = new int[lanes.radix];
    inStamps = new int[lanes.radix];
    inputs = new int[lanes.radix];
  }

  /** A router's pointers forget. */
  void restart(int router) {
    int first = router * lanes.radix;
    Arrays.fill(grantFrom, first, first + lanes.radix, 0);
    Arrays.fill(acceptFrom, first, first + lanes.radix, 0);
    Arrays.fill(laneFrom, first, first + lanes.radix, 0);
  }

  /** A router's pointers, and who holds its switch. */
  void describe(StateSink sink, int router) {
    int first = router * lanes.radix;
    for (int port = first; port < first + lanes.radix; port++) {
      sink.put(((long) grantFrom[port] << 32) | ((long) acceptFrom[port] << 16) | laneFrom[port]);
      if (holder.length != 0) {
        sink.put(((long) holder[port] << 1) | (heldOutput[port] ? 1 : 0));
      }
    }
  }

  /**
   * One round in a router.
   *
   * @return how many lanes may send; they stand in {@link #granted}
   */
  int allocate(int router) {
    Lanes l = lanes;
    if (l.words == 1) {
      long bits = l.wantsSwitch[router];
      if (bits == 0) {
        return 0;
      }
      if ((bits & (bits - 1)) == 0 && holder.length == 0) {
        int lane = Long.numberOfTrailingZeros(bits);
        accept(router, lane, l.portOf[lane], l.outPort[router * l.perRouter + lane]);
        granted[0] = lane;
        return 1;
      }
    }
    stamp++;
    int asked = ask(router);
    int inputCount = grant(router, asked);
    for (int i = 0; i < inputCount; i++) {
      int input = inputs[i];
      int lane = accepted[input];
      accept(router, lane, input, l.outPort[router * l.perRouter + lane]);
      granted[i] = lane;
    }
    return inputCount;
  }

  /**
   * Every lane that could send asks; the outputs asked remember the first from their pointer on.
   */
  private int ask(int router) {
    Lanes l = lanes;
    int firstLane = router * l.perRouter;
    int firstPort = router * l.radix;
    int count = 0;
    for (int word = 0; word < l.words; word++) {
      for (long bits = l.wantsSwitch[router * l.words + word]; bits != 0; bits &= bits - 1) {
        int lane = (word << 6) + Long.numberOfTrailingZeros(bits);
        int input = l.portOf[lane];
        int output = l.outPort[firstLane + lane];
        if (holder.length != 0
            && (holder[firstPort + input] != Lanes.NONE || heldOutput[firstPort + output])) {
          continue;
        }
        int turn = distance(l.channelOf[lane], laneFrom[firstPort + input], l.channels);
        int mine = distance(input, grantFrom[firstPort + output], l.radix) * l.channels + turn;
        if (outStamps[output] != stamp) {
          outStamps[output] = stamp;
          outputs[count++] = output;
          key[output] = Integer.MAX_VALUE;
        }
        if (mine < key[output]) {
          key[output] = mine;
          winner[output] = lane;
        }
      }
    }
    return count;
  }

  /** Each output asked grants its winner; the inputs remember the first from their pointer on. */
  private int grant(int router, int outputCount) {
    Lanes l = lanes;
    int firstPort = router * l.radix;
    int count = 0;
    for (int i = 0; i < outputCount; i++) {
      int output = outputs[i];
      int lane = winner[output];
      int input = l.portOf[lane];
      int distance = distance(output, acceptFrom[firstPort + input], l.radix);
      if (inStamps[input] != stamp) {
        inStamps[input] = stamp;
        inputs[count++] = input;
        nearest[input] = Integer.MAX_VALUE;
      }
      if (distance < nearest[input]) {
        nearest[input] = distance;
        accepted[input] = lane;
      }
    }
    return count;
  }

  private void accept(int router, int lane, int input, int output) {
    Lanes l = lanes;
    int firstPort = router * l.radix;
    grantFrom[firstPort + output] = input + 1 == l.radix ? 0 : input + 1;
    acceptFrom[firstPort + input] = output + 1 == l.radix ? 0 : output + 1;
    int channel = l.channelOf[lane] + 1;
    laneFrom[firstPort + input] = channel == l.channels ? 0 : channel;
  }

  private static int distance(int at, int from, int size) {
    int distance = at - from;
    return distance < 0 ? distance + size : distance;
  }

  /** Whether packets can hold the switch. */
  boolean holds() {
    return holder.length != 0;
  }

  /**
   * The lanes of a router, numbered in it, that hold their way through its switch: they are not in
   * the allocation.
   *
   * @return how many
   */
  int findHolders(int router, int[] into) {
    int count = 0;
    for (int input = 0; input < lanes.radix; input++) {
      int lane = holder[router * lanes.radix + input];
      if (lane != Lanes.NONE) {
        into[count++] = lane;
      }
    }
    return count;
  }

  void hold(int inputPort, int lane, int outputPort) {
    holder[inputPort] = lane;
    heldOutput[outputPort] = true;
  }

  void release(int inputPort, int outputPort) {
    holder[inputPort] = Lanes.NONE;
    heldOutput[outputPort] = false;
  }
}
