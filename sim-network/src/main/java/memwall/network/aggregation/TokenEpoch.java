package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an exchange of tokens as long as its routes last.
 *
 * <p>A copy carries the holders it is for. In the tree a switch sends one copy to each neighbour
 * behind which there are some of them. A part carries the holders whose parts are in it. The first
 * of a piece to come to a switch over which others will come, too, takes a slot there; the sum goes
 * on when the parts of all of them are in it, and the slot is given back when the next node has
 * acknowledged it. If no slot is free then, this part and all of the piece that come here later
 * pass as they are, so nothing ever waits for a slot.
 *
 * <p>A member has a window of messages that its first node has not acknowledged.
 */
final class TokenEpoch {
  private static final int PASSES = -1;

  private final AggregationNetwork network;
  private final TokenGroup group;
  private final TokenOperation operation;
  private final TokenRoutes routes;
  private final int[] hosts;
  private final int[] memberAt;
  private final int number;
  private final int[][] piece;
  private final int[][] only;
  private final int[] next;
  private final int[] underWay;

  /** By node (nothing before the first part) and piece: 0, the slot's index + 1, or passes. */
  private final int[][] slotOf;

  private final int[] slotsTaken;
  private final List<TokenSlot> slots = new ArrayList<>();
  private final List<TokenSlot> free = new ArrayList<>();
  private final Sum scratch;
  private final long[] rest;

  TokenEpoch(AggregationNetwork network, TokenGroup group, TokenRoutes routes, int[] hosts) {
    this.network = network;
    this.group = group;
    this.operation = group.operation();
    this.routes = routes;
    this.hosts = hosts;
    this.number = group.epoch();
    int nodes = network.graph.nodes();
    this.memberAt = new int[nodes];
    Arrays.fill(memberAt, -1);
    for (int member = 0; member < hosts.length; member++) {
      memberAt[hosts[member]] = member;
    }
    this.piece = new int[hosts.length][];
    this.only = new int[hosts.length][];
    this.next = new int[hosts.length];
    this.underWay = new int[hosts.length];
    this.slotOf = new int[nodes][0];
    this.slotsTaken = new int[nodes];
    this.scratch = new Sum(hosts.length);
    this.rest = new long[Bits.words(hosts.length)];
    int[] count = new int[hosts.length];
    plan(count, false);
    for (int member = 0; member < hosts.length; member++) {
      piece[member] = new int[count[member]];
      only[member] = new int[count[member]];
      count[member] = 0;
    }
    plan(count, true);
  }

  /** Who sends what: counts it, or writes it down. */
  private void plan(int[] count, boolean writes) {
    for (int p = 0; p < operation.pieces; p++) {
      int token = operation.token(p);
      boolean isFirst = true;
      for (int i = 0; i < operation.tokens.others(token); i++) {
        int holder = operation.tokens.other(token, i);
        boolean isOne = operation.isCombine || !routes.isTree;
        if (!operation.isThere(p, holder) && (isOne || isFirst)) {
          isFirst = false;
          int sender = operation.isCombine ? holder : operation.tokens.home(token);
          if (writes) {
            piece[sender][count[sender]] = p;
            only[sender][count[sender]] = isOne ? holder : -1;
          }
          count[sender]++;
        }
      }
    }
  }

  private MemberRoutes of(int p) {
    return routes.of(operation.token(p));
  }

  /** Sends what a member may send now. */
  void send(int member) {
    long earliestPs = network.simulation.nowPs() + network.host.overheadPs();
    while (next[member] < piece[member].length && underWay[member] < group.spec.window()) {
      int item = next[member]++;
      int p = piece[member][item];
      scratch.clear(hosts.length);
      if (operation.isCombine) {
        scratch.single(member, operation.value(member, p), hosts.length);
      } else if (only[member][item] >= 0) {
        Bits.put(scratch.mask, only[member][item]);
      } else {
        int token = operation.token(p);
        for (int i = 0; i < operation.tokens.others(token); i++) {
          int holder = operation.tokens.other(token, i);
          if (!operation.isThere(p, holder)) {
            Bits.put(scratch.mask, holder);
          }
        }
      }
      underWay[member]++;
      int towards = operation.isCombine ? operation.home(p) : first(scratch.mask);
      send(hosts[member], of(p).link(hosts[member], towards), p, scratch, earliestPs, 0, 0);
    }
  }

  private static int first(long[] mask) {
    int word = 0;
    while (mask[word] == 0) {
      word++;
    }
    return word * Long.SIZE + Long.numberOfTrailingZeros(mask[word]);
  }

  private void send(int node, int link, int p, Sum sum, long earliestPs, long leadPs, int tag) {
    network.transport.sendOver(
        group, node, link, p, sum, operation.wireBytes(p), earliestPs, leadPs, tag);
  }

  /** A message has come to the end of a link for the first time. */
  void arrived(Transfer transfer) {
    int node = transfer.to;
    int p = transfer.chunk;
    long leadPs = transfer.servicePs;
    if (memberAt[node] >= 0) {
      network.stats.tokenMessages.increment();
      long nowPs = network.simulation.nowPs();
      long atPs =
          operation.isCombine
              ? network.reserveAdder(node, operation.payloadBytes(p), leadPs)
              : nowPs;
      operation.arrived(p, transfer.sum, atPs);
    } else if (operation.isCombine) {
      relay(node, p, transfer.sum, leadPs);
    } else {
      split(node, p, transfer.sum, leadPs);
    }
  }

  /** One copy for each neighbour behind which there are holders that it is for. */
  private void split(int node, int p, Sum sum, long leadPs) {
    System.arraycopy(sum.mask, 0, rest, 0, rest.length);
    for (int left = Bits.count(rest); left > 0; ) {
      int link = of(p).link(node, first(rest));
      scratch.clear(hosts.length);
      for (int word = 0; word < rest.length; word++) {
        for (long bits = rest[word]; bits != 0; bits &= bits - 1) {
          int holder = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
          if (of(p).link(node, holder) == link) {
            Bits.put(scratch.mask, holder);
            Bits.take(rest, holder);
            left--;
          }
        }
      }
      send(node, link, p, scratch, network.simulation.nowPs(), leadPs, 0);
    }
  }

  private void relay(int node, int p, Sum sum, long leadPs) {
    TokenSlot slot = slot(node, p, sum.terms);
    if (slot == null) {
      sendOn(node, p, sum, leadPs, 0);
      return;
    }
    slot.sum.add(sum);
    slot.leadPs = leadPs;
    slot.addedPs = network.reserveAdder(node, operation.payloadBytes(p), leadPs);
    if (slot.sum.terms == slot.expected) {
      long readyPs = Math.max(network.simulation.nowPs(), slot.addedPs);
      group.summed.at(
          readyPs + network.joint.addLatencyPs(), (long) number << Integer.SIZE | slot.index);
    }
  }

  private void sendOn(int node, int p, Sum sum, long leadPs, int tag) {
    int link = of(p).link(node, operation.home(p));
    send(node, link, p, sum, network.simulation.nowPs(), leadPs, tag);
  }

  /** The slot to which a part of so many terms is added, or null if it passes as it is. */
  private @Nullable TokenSlot slot(int node, int p, int terms) {
    if (!routes.isTree) {
      return null;
    }
    int[] of = slotOf[node];
    if (of.length == 0) {
      of = new int[operation.pieces];
      slotOf[node] = of;
    }
    int known = of[p];
    if (known > 0) {
      return slots.get(known - 1);
    }
    if (known == PASSES) {
      network.stats.tokenPartsPassed.increment();
      return null;
    }
    int expected = expected(node, p);
    if (expected == terms) {
      return null;
    }
    if (slotsTaken[node] == group.spec.quota()) {
      of[p] = PASSES;
      network.stats.tokenPartsPassed.increment();
      return null;
    }
    TokenSlot slot = take(node, p, expected);
    of[p] = slot.index + 1;
    return slot;
  }

  /**
   * Parts of a piece that come to a node in this epoch on their way to the home. Asked for as the
   * first of them comes, so those that are there already came in earlier epochs or other ways.
   */
  private int expected(int node, int p) {
    int token = operation.token(p);
    int count = 0;
    for (int i = 0; i < operation.tokens.others(token); i++) {
      int holder = operation.tokens.other(token, i);
      if (!operation.isThere(p, holder) && of(p).leadsOver(node, holder, operation.home(p))) {
        count++;
      }
    }
    return count;
  }

  private TokenSlot take(int node, int p, int expected) {
    TokenSlot slot;
    if (free.isEmpty()) {
      slot = new TokenSlot(slots.size());
      slots.add(slot);
    } else {
      slot = free.remove(free.size() - 1);
    }
    slot.isTaken = true;
    slot.node = node;
    slot.piece = p;
    slot.expected = expected;
    slot.takenPs = network.simulation.nowPs();
    slot.sum.clear(hosts.length);
    slotsTaken[node]++;
    network.stats.slotsTaken.increment();
    network.slots.taken(node);
    return slot;
  }

  private void giveBack(TokenSlot slot) {
    slot.isTaken = false;
    slotsTaken[slot.node]--;
    network.stats.slotsGivenBack.increment();
    network.stats.slotHoldPs.add(network.simulation.nowPs() - slot.takenPs);
    network.slots.givenBack(slot.node);
    free.add(slot);
  }

  /** The adder has made the sum of a slot. */
  void summed(long word) {
    if ((int) (word >>> Integer.SIZE) != number) {
      return;
    }
    TokenSlot slot = slots.get((int) word);
    if (network.live.isUp(slot.node)) {
      sendOn(slot.node, slot.piece, slot.sum, slot.leadPs, slot.index + 1);
    }
  }

  /**
   * The next node has a message, or nobody is there to send it again.
   *
   * @return the member that sent it, -1 for a switch
   */
  int acknowledged(Transfer transfer) {
    int member = memberAt[transfer.from];
    if (member >= 0) {
      underWay[member]--;
    } else if (transfer.tag > 0) {
      giveBack(slots.get(transfer.tag - 1));
    }
    return member;
  }

  /** Gives all slots back: the routes are of no more use. */
  void dissolve() {
    for (TokenSlot slot : slots) {
      if (slot.isTaken) {
        giveBack(slot);
      }
    }
  }

  long slotsInUse() {
    long count = 0;
    for (TokenSlot slot : slots) {
      count += slot.isTaken ? 1 : 0;
    }
    return count;
  }
}
