package memwall.memory.dram.bulk;

import java.util.Arrays;
import memwall.memory.dram.channel.StateBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Stretches that differ only in when the requests inside were accepted and which data is on its way
 * at their beginning. No command depends on either, but for the order of acceptance: so what one of
 * them does is known from another. Only latencies are others, and the ages and data that it leaves.
 *
 * <p>The core of a state is the state without data on its way and with the ranks of ages instead of
 * ages. A stretch that was simulated is kept under the core of its first state too, with what it
 * does as far as the core says; from another state with that core the stretch is put together
 * without the channel.
 *
 * <p>Where nothing can be issued for some time because all banks are being refreshed, the core is
 * that of the end of that time: who comes within it is served as if he came then, only later. So
 * stretches from there differ in the length of the wait and in what had waited from its beginning.
 *
 * <p>Accepted during the stretch is written as the tick since its beginning, or since the end of
 * the wait if that is later than the beginning; accepted before as -1 less the rank of the age
 * there, the youngest first. A request accepted at the very tick of the beginning is as old as
 * those that are accepted at that tick afterwards, so it is none of the ranks.
 */
final class Derivations {
  private static final int CORE_BYTES = 120;

  /** What a stretch does whatever the ages at its beginning. */
  static final class Pattern {
    /** As it was simulated. */
    final Edge edge;

    /** How long it takes after the wait. */
    final long ticks;

    /** Where it was simulated from; null once the rest is written in ranks. */
    private @Nullable Node from;

    /** Of reads that get their command and are complete on the way: accepted, complete. */
    private final short[] completed;

    /** Of reads that get their command on the way and are complete later: accepted, complete. */
    private short[] underWay = {};

    /** Of requests inside at the end, in the order of the state: accepted. */
    private short[] inside = {};

    Pattern(Edge edge, Node from, short[] completed) {
      this.edge = edge;
      this.from = from;
      this.completed = completed;
      ticks = edge.ticks - from.waitTicks;
    }

    private boolean isToRest() {
      return edge.next.core == null;
    }

    private long sizeBytes() {
      Node to = edge.next;
      return 96 + 2L * (completed.length + to.tailEnd - to.tailFrom);
    }
  }

  private final int readLatencyTicks;
  private final PairTable<Pattern> patterns = new PairTable<>();

  // Cores, interned.
  private @Nullable Node[] cores = new @Nullable Node[1 << 8];
  private int coreCount;

  private final StateBuffer start = new StateBuffer();
  private final StateBuffer end = new StateBuffer();
  private final StateBuffer made = new StateBuffer();

  // The different ages at the beginning, the youngest first, but for 0.
  private long[] ages = new long[64];
  private int ranks;

  /** How long nothing is issued at the beginning. */
  private long waitTicks;

  /** Stretches put together so far. */
  long derived;

  private final Tally latencies = new Tally();

  Derivations(int readLatencyTicks) {
    this.readLatencyTicks = readLatencyTicks;
  }

  // Cores --------------------------------------------------------------------------------------

  /**
   * Gives a node its core.
   *
   * @param described its state after the wait
   * @param itsWaitTicks so long nothing is issued whatever comes, as long as all banks are closed
   * @return bytes that it takes
   */
  long note(Node node, StateBuffer described, long itsWaitTicks) {
    if (!described.isComplete()) {
      return 0;
    }
    node.waitTicks = itsWaitTicks;
    node.tailFrom = described.tailFrom();
    node.agesEnd = described.agesEnd();
    node.tailEnd = described.tailEnd();
    rank(described, node);
    made.write();
    copy(described, 0, node.tailFrom);
    int last = itsWaitTicks > 0 ? 1 : ranks + 1;
    for (int i = node.tailFrom; i < node.agesEnd; i++) {
      // Who is inside at the beginning of a wait came there and then.
      boolean isNew = itsWaitTicks > 0 || described.value(i) == 0;
      int place = isNew ? 0 : 1 + rank(described.value(i));
      made.put(last - 1 - place); // mostly the next one: zeros take no room
      last = place;
    }
    copy(described, node.tailEnd, described.size());
    int before = coreCount;
    node.core = core(made.packed(), made.packedLength());
    return coreCount == before ? 0 : CORE_BYTES + made.packedLength();
  }

  private void copy(StateBuffer from, int first, int last) {
    for (int i = first; i < last; i++) {
      made.put(from.value(i));
    }
  }

  private Node core(byte[] state, int length) {
    int mask = cores.length - 1;
    int at = Automaton.hash(state, length) & mask;
    Node core = cores[at];
    while (core != null) {
      if (Arrays.equals(core.state, 0, core.state.length, state, 0, length)) {
        return core;
      }
      at = (at + 1) & mask;
      core = cores[at];
    }
    Node added = new Node(coreCount, Arrays.copyOf(state, length), new long[0], 0, false);
    cores[at] = added;
    if (++coreCount > cores.length / 2) {
      grow();
    }
    return added;
  }

  private void grow() {
    @Nullable Node[] old = cores;
    cores = new @Nullable Node[old.length * 2];
    int mask = cores.length - 1;
    for (Node core : old) {
      if (core != null) {
        int at = Automaton.hash(core.state, core.state.length) & mask;
        while (cores[at] != null) {
          at = (at + 1) & mask;
        }
        cores[at] = core;
      }
    }
  }

  // Ranks of the ages of a state.
  private void rank(StateBuffer state, Node node) {
    int count = node.agesEnd - node.tailFrom;
    if (count > ages.length) {
      ages = new long[2 * count];
    }
    for (int i = 0; i < count; i++) {
      // Nearly in order: the queue begins with the oldest.
      ages[i] = state.value(node.agesEnd - 1 - i);
    }
    Arrays.sort(ages, 0, count);
    ranks = 0;
    for (int i = 0; i < count; i++) {
      if (ages[i] > 0 && (ranks == 0 || ages[ranks - 1] != ages[i])) {
        ages[ranks++] = ages[i];
      }
    }
  }

  private int rank(long age) {
    return Arrays.binarySearch(ages, 0, ranks, age);
  }

  // Learning -----------------------------------------------------------------------------------

  /** What is known of a stretch; null if nothing is. */
  @Nullable Pattern find(long place, long way) {
    return patterns.find(place, way);
  }

  /**
   * A stretch was simulated.
   *
   * @param place core of its first state and what matters beside it; with the way what it is found
   *     under
   * @param feeder with the reads that were completed on the way
   * @return bytes that are taken
   */
  long learn(long place, long way, Node from, Edge edge, Feeder feeder) {
    Pattern known = patterns.find(place, way);
    // A stretch in which no time goes on tells what those do that have to wait no longer.
    boolean isLongerWait = known != null && edge.ticks == 0 && -known.ticks < from.waitTicks;
    if ((known != null && !isLongerWait)
        || (edge.ticks > 0 && edge.ticks <= from.waitTicks)
        || edge.ticks + readLatencyTicks > Short.MAX_VALUE) {
      return 0;
    }
    short[] completed = new short[feeder.logged];
    int count = 0;
    for (int i = 0; i < feeder.logged; i += 2) {
      if (feeder.log[i + 1] > readLatencyTicks) {
        if (feeder.log[i] < Short.MIN_VALUE) {
          return 0;
        }
        completed[count++] = (short) feeder.log[i];
        completed[count++] = (short) feeder.log[i + 1];
      }
    }
    if (edge.next.core == null && count == 0 && feeder.logged > 0) {
      return 0; // it ended with data that was on its way before
    }
    Pattern pattern = new Pattern(edge, from, Arrays.copyOf(completed, count));
    if (known != null) {
      patterns.replace(pattern);
      return 0;
    }
    patterns.add(pattern);
    return pattern.sizeBytes();
  }

  /** Writes a pattern in ranks, when it is used first. */
  private void rank(Pattern pattern) {
    Node from = pattern.from;
    if (from == null) {
      return;
    }
    pattern.from = null;
    start.unpack(from.state);
    rank(start, from);
    waitTicks = from.waitTicks;
    for (int i = 0; i < pattern.completed.length; i += 2) {
      pattern.completed[i] = code(pattern.completed[i]);
      pattern.completed[i + 1] -= (short) waitTicks;
    }
    if (pattern.isToRest()) {
      return;
    }
    Node to = pattern.edge.next;
    long ticks = pattern.edge.ticks;
    end.unpack(to.state);
    pattern.inside = new short[to.agesEnd - to.tailFrom];
    for (int i = 0; i < pattern.inside.length; i++) {
      pattern.inside[i] = code(ticks - end.value(to.tailFrom + i));
    }
    pattern.underWay = underWay(to, ticks);
  }

  private short[] underWay(Node to, long ticks) {
    short[] underWay = new short[2 * (int) end.value(to.agesEnd)];
    int count = 0;
    for (int i = to.agesEnd + 1; i < to.tailEnd; i += 2) {
      long done = ticks + end.value(i);
      if (done > readLatencyTicks) {
        underWay[count++] = code(ticks - end.value(i + 1));
        underWay[count++] = (short) (done - waitTicks);
      }
    }
    return Arrays.copyOf(underWay, count);
  }

  private short code(long accepted) {
    if (accepted >= 0) {
      return (short) (accepted == 0 ? 0 : accepted - waitTicks);
    }
    int rank = rank(-accepted);
    if (rank < 0) {
      throw new IllegalStateException("accepted " + -accepted + " ticks ago by nobody inside");
    }
    return (short) (-1 - rank);
  }

  // Deriving -----------------------------------------------------------------------------------

  /**
   * The state that is found so many ticks later, no more than it waits, if whatever is inside comes
   * only then; null if it cannot be told or there is no room.
   */
  @Nullable Node later(Node from, long ticks, Automaton automaton) {
    Node core = from.core;
    if (core == null || ticks < 0 || ticks > from.waitTicks) {
      return null;
    }
    start.unpack(from.state);
    end.unpack(core.state);
    made.write();
    // What is another number at the end of the wait is what is left of a time.
    int left = from.tailEnd - from.agesEnd;
    for (int i = 0; i < start.size(); i++) {
      long value = start.value(i);
      boolean isTimer =
          i < from.tailFrom
              ? value != end.value(i)
              : i >= from.tailEnd && value != end.value(i - left);
      made.put(isTimer ? Math.max(0, value - ticks) : value);
    }
    Node later =
        automaton.intern(
            made.packed(), made.packedLength(), from.foreign, from.window, from.isFarFromRowEnd);
    if (later != null && later.core == null) {
      later.core = core;
      later.waitTicks = from.waitTicks - ticks;
      later.tailFrom = from.tailFrom;
      later.agesEnd = from.agesEnd;
      later.tailEnd = from.tailEnd;
    }
    return later;
  }

  private long accepted(int code) {
    if (code > 0) {
      return code + waitTicks;
    }
    return code == 0 ? 0 : -ages[-1 - code];
  }

  /**
   * The stretch from a node whose core is that of the pattern; null if it cannot be told or there
   * is no room.
   */
  @Nullable Edge derive(Node from, Pattern pattern, Automaton automaton) {
    if (pattern.edge.ticks == 0 && (from.waitTicks > 0 || pattern.ticks < 0)) {
      // Who need not wait may have data on its way.
      Node next =
          from.waitTicks == 0
              ? null
              : later(pattern.edge.next, -pattern.ticks - from.waitTicks, automaton);
      return next == null ? null : pattern.edge.with(next, 0, new int[0]);
    }
    rank(pattern);
    Edge edge = pattern.edge;
    start.unpack(from.state);
    int before = (int) start.value(from.agesEnd);
    if (pattern.isToRest() && pattern.completed.length == 0 && before > 0) {
      return null;
    }
    rank(start, from);
    waitTicks = from.waitTicks;
    long ticks = pattern.ticks + waitTicks;
    int firstLeft = from.agesEnd + 1;
    while (firstLeft < from.tailEnd && start.value(firstLeft) <= ticks) {
      latencies.add(start.value(firstLeft) + start.value(firstLeft + 1));
      firstLeft += 2;
    }
    for (int i = 0; i < pattern.completed.length; i += 2) {
      latencies.add(pattern.completed[i + 1] + waitTicks - accepted(pattern.completed[i]));
    }
    int[] tally = latencies.take();
    Node next = edge.next;
    if (!pattern.isToRest()) {
      next = next(from, firstLeft, pattern, automaton);
    }
    if (next == null) {
      return null;
    }
    derived++;
    return edge.with(next, ticks, tally);
  }

  private @Nullable Node next(Node from, int firstLeft, Pattern pattern, Automaton automaton) {
    Node alike = pattern.edge.next;
    long ticks = pattern.ticks + waitTicks;
    end.unpack(alike.state);
    made.write();
    copy(end, 0, alike.tailFrom);
    for (short code : pattern.inside) {
      made.put(ticks - accepted(code));
    }
    int count = (from.tailEnd - firstLeft + pattern.underWay.length) / 2;
    made.put(count);
    for (int i = firstLeft; i < from.tailEnd; i += 2) {
      made.put(start.value(i) - ticks);
      made.put(start.value(i + 1) + ticks);
    }
    for (int i = 0; i < pattern.underWay.length; i += 2) {
      made.put(pattern.underWay[i + 1] + waitTicks - ticks);
      made.put(ticks - accepted(pattern.underWay[i]));
    }
    copy(end, alike.tailEnd, end.size());
    Node next =
        automaton.intern(
            made.packed(), made.packedLength(), alike.foreign, alike.window, alike.isFarFromRowEnd);
    if (next != null && next.core == null) {
      next.core = alike.core;
      next.tailFrom = alike.tailFrom;
      next.agesEnd = alike.agesEnd;
      next.tailEnd = alike.agesEnd + 1 + 2 * count;
    }
    return next;
  }
}
