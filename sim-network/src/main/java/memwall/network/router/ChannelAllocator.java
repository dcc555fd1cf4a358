package memwall.network.router;

import java.util.Arrays;
import memwall.core.leap.StateSink;

/**
 * Gives virtual channels of outputs to packets: one iteration of iSLIP over lanes and channels.
 *
 * <p>Each packet asks for all free channels that its route allows; each channel grants one of those
 * that ask, each lane accepts one of those that grant. Both choose the first from a pointer on,
 * which moves behind the choice when it is accepted (McKeown, "The iSLIP Scheduling Algorithm for
 * Input-Queued Switches", IEEE/ACM ToN 1999).
 */
final class ChannelAllocator {
  private final Lanes lanes;
  private final int size;

  /** Pointers, by router and output channel, and by lane. */
  private final int[] grantFrom;

  private final int[] acceptFrom;

  /** Lanes that ask, and for what; lanes that were given a channel. */
  private final int[] asking;

  private final long[] askedFor;
  private int asks;
  final int[] granted;

  /** By output channel of the router: who is nearest to the pointer; valid if the stamp is new. */
  private final int[] nearest;

  private final int[] winner;
  private final int[] stamps;

  /** By output port: whether somebody has asked for it in this round. */
  private final int[] portStamps;

  private int stamp;

  ChannelAllocator(Lanes lanes) {
    this.lanes = lanes;
    size = lanes.perRouter;
    grantFrom = new int[lanes.routerLanes];
    acceptFrom = new int[lanes.routerLanes];
    asking = new int[size];
    askedFor = new long[size];
    granted = new int[size];
    nearest = new int[size];
    winner = new int[size];
    stamps = new int[size];
    portStamps = new int[lanes.radix];
  }

  /** A router's pointers forget. */
  void restart(int router) {
    Arrays.fill(grantFrom, router * size, (router + 1) * size, 0);
    Arrays.fill(acceptFrom, router * size, (router + 1) * size, 0);
  }

  /** A router's pointers. */
  void describe(StateSink sink, int router) {
    for (int lane = router * size; lane < (router + 1) * size; lane++) {
      sink.put(((long) grantFrom[lane] << 32) | acceptFrom[lane]);
    }
  }

  /**
   * One round in a router.
   *
   * @return how many lanes got a channel; they stand in {@link #granted}, numbered in the router
   */
  int allocate(int router) {
    stamp++;
    boolean shared = gather(router);
    if (asks == 0) {
      return 0;
    }
    return shared ? match(router) : serve(router);
  }

  /** Finds who asks for what; true if two lanes ask for channels of the same output. */
  private boolean gather(int router) {
    Lanes l = lanes;
    int firstLane = router * size;
    int firstPort = router * l.radix;
    boolean shared = false;
    asks = 0;
    for (int word = 0; word < l.words; word++) {
      long bits = l.wantsChannel[router * l.words + word];
      while (bits != 0) {
        int bit = Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int lane = (word << 6) + bit;
        int port = l.outPort[firstLane + lane];
        long free = l.freeChannels[firstPort + port] & l.usable[firstLane + lane];
        if (free == 0) {
          l.wantsChannel[router * l.words + word] &= ~(1L << bit);
          l.waitsForChannel[(firstPort + port) * l.words + word] |= 1L << bit;
          continue;
        }
        shared |= portStamps[port] == stamp;
        portStamps[port] = stamp;
        asking[asks] = lane;
        askedFor[asks] = free;
        asks++;
      }
    }
    return shared;
  }

  /** All ask for different outputs: each gets the first free channel from its pointer on. */
  private int serve(int router) {
    for (int i = 0; i < asks; i++) {
      int lane = asking[i];
      accept(router, lane, nextFrom(router, lane, askedFor[i]));
      granted[i] = lane;
    }
    return asks;
  }

  private int nextFrom(int router, int lane, long free) {
    int base = lanes.outPort[router * size + lane] * lanes.channels;
    int from = acceptFrom[router * size + lane] - base;
    long ahead = from > 0 && from < lanes.channels ? free & (-1L << from) : free;
    return base + Long.numberOfTrailingZeros(ahead != 0 ? ahead : free);
  }

  private int match(int router) {
    int firstLane = router * size;
    for (int i = 0; i < asks; i++) {
      int lane = asking[i];
      int base = lanes.outPort[firstLane + lane] * lanes.channels;
      for (long free = askedFor[i]; free != 0; free &= free - 1) {
        int out = base + Long.numberOfTrailingZeros(free);
        int distance = distance(lane, grantFrom[firstLane + out]);
        if (stamps[out] != stamp || distance < nearest[out]) {
          stamps[out] = stamp;
          nearest[out] = distance;
          winner[out] = lane;
        }
      }
    }
    int count = 0;
    for (int i = 0; i < asks; i++) {
      int lane = asking[i];
      int base = lanes.outPort[firstLane + lane] * lanes.channels;
      int best = Integer.MAX_VALUE;
      int accepted = Lanes.NONE;
      for (long free = askedFor[i]; free != 0; free &= free - 1) {
        int out = base + Long.numberOfTrailingZeros(free);
        int distance = distance(out, acceptFrom[firstLane + lane]);
        if (winner[out] == lane && distance < best) {
          best = distance;
          accepted = out;
        }
      }
      if (accepted != Lanes.NONE) {
        accept(router, lane, accepted);
        granted[count++] = lane;
      }
    }
    return count;
  }

  private int distance(int at, int from) {
    int distance = at - from;
    return distance < 0 ? distance + size : distance;
  }

  private void accept(int router, int lane, int out) {
    Lanes l = lanes;
    int firstLane = router * size;
    grantFrom[firstLane + out] = lane + 1 == size ? 0 : lane + 1;
    acceptFrom[firstLane + lane] = out + 1 == size ? 0 : out + 1;
    int channel = l.channelOf[out];
    int port = router * l.radix + l.portOf[out];
    int behind = l.laneBehind[port] + channel;
    l.freeChannels[port] &= ~(1L << channel);
    l.outLane[firstLane + lane] = behind;
    l.owner[behind] = firstLane + lane;
    l.clear(l.wantsChannel, router, lane);
  }
}
