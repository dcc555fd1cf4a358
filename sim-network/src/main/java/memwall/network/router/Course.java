package memwall.network.router;

import memwall.core.Completion;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * The present episode of a network: its messages, and when they end.
 *
 * <p>An episode begins with all messages reserved ({@link Reservations}). The first that would meet
 * another makes it go on as an episode that is known, message by message down the tree of those
 * seen ({@link EpisodeTree}); the first that is not there makes it live: it is simulated flit by
 * flit ({@link Episode}), after replaying what has been. Modes that have no tree or reserve nothing
 * leave these steps out.
 */
final class Course {
  /** Nothing to tell, or to look for. */
  static final int NONE = -1;

  /** Nodes of the tree of episodes; some 100 bytes each. */
  private static final int MOST_NODES = 1 << 20;

  private final Episode episode;
  private final @Nullable EpisodeTree tree;
  private final @Nullable Reservations reservations;

  /** Cycles at least from when an end is known until it happens. */
  private final long noticeCycles;

  /** Cycles after the last end in which credits may be under way. */
  private final long settleCycles;

  private final Counter episodes;
  private final Counter episodesKnown;
  private final Counter episodesReserved;

  /** By port of the network: flits that left it, of episodes that have ended. */
  private final long[] sentFlits;

  private long[] flitsBefore;

  // The present episode. Messages are numbered in it.
  private boolean open;
  private long firstCycle;
  private long lastEndCycle;
  private final SentMessages sent = new SentMessages();
  private int told;

  /** Whether all messages so far are reserved. */
  private boolean reserving;

  /**
   * Whether {@link #episode} is where the clock is; else, if not reserving, the tree is followed.
   */
  private boolean live;

  private boolean recording;
  private int node;
  private int nextEnd;

  Course(
      Stats stats, FabricSpec spec, MessageSpec messageSpec, long seed, MessageFabric.Mode mode) {
    boolean exact = mode == MessageFabric.Mode.EXACT;
    episode = new Episode(spec, messageSpec, seed, !exact);
    tree = mode == MessageFabric.Mode.FAST ? new EpisodeTree(MOST_NODES) : null;
    FabricPlan plan = spec.plan();
    reservations =
        !exact && Reservations.arePossible(plan)
            ? Reservations.of(plan, messageSpec, spec.flitBytes())
            : null;
    settleCycles = 4 + 2L * episode.fabric().topology().longestChannelCycles();
    noticeCycles = 1L + episode.fabric().topology().shortestNodeCycles();
    episodes = stats.counter("episodes", "1", "Times that the network went from idle to busy");
    episodesKnown = stats.counter("episodes_known", "1", "Of them, not simulated again");
    episodesReserved =
        stats.counter("episodes_reserved", "1", "Of them, such that no messages met");
    sentFlits = new long[episode.fabric().lanes().sentFlits.length];
    flitsBefore = sentFlits.clone();
  }

  /** The network; only for checks. */
  RouterFabric fabric() {
    return episode.fabric();
  }

  long packetsEver() {
    return episode.packetsEver();
  }

  /** Cycles after the last end in which credits may be under way. */
  long settleCycles() {
    return settleCycles;
  }

  /** Messages sent whose end was not taken. */
  int underWay() {
    return sent.count() - told;
  }

  /**
   * Sends a message.
   *
   * @return the cycle in which to {@link #look}
   */
  long send(long cycle, int from, int to, long bytes, Completion completion, long word) {
    if (open && told == sent.count() && cycle > lastEndCycle + settleCycles) {
      close();
    }
    if (!open) {
      begin(cycle);
    }
    long relative = cycle - firstCycle;
    if (live) {
      episode.advanceTo(relative);
      record();
    }
    sent.add(from, to, bytes, relative, told, completion, word);
    int message = sent.count() - 1;
    if (!reserve(message)) {
      follow(message);
      if (live) {
        episode.send(from, to, bytes);
      }
    }
    return live ? cycle : Math.max(cycle, nextLook());
  }

  /** Reserves the way of a message; if it would meet another one, this is the end of it. */
  private boolean reserve(int message) {
    Reservations known = reservations;
    if (!reserving || known == null) {
      return false;
    }
    if (known.add(
        message, sent.from[message], sent.to[message], sent.bytes[message], sent.cycle[message])) {
      return true;
    }
    reserving = false;
    if (tree == null) {
      replay(message);
      episode.advanceTo(sent.cycle[message]);
      return false;
    }
    for (int before = 0; before < message; before++) {
      int child = tree.child(node, sent, before);
      if (child == EpisodeTree.UNKNOWN && tree.isFull()) {
        recording = false;
        replay(message);
        episode.advanceTo(sent.cycle[message]);
        return false;
      }
      node = child == EpisodeTree.UNKNOWN ? tree.add(node, sent, before) : child;
    }
    return false;
  }

  private void begin(long cycle) {
    open = true;
    firstCycle = cycle;
    sent.clear();
    told = 0;
    node = EpisodeTree.ROOT;
    nextEnd = EpisodeTree.UNKNOWN;
    reserving = reservations != null;
    live = tree == null && !reserving;
    recording = tree != null;
    if (tree != null && tree.isFull()) {
      tree.clear();
    }
    episodes.add(1);
  }

  /** The episode is over: the network is at rest and begins anew. */
  private void close() {
    if (!live && !reserving && tree != null && tree.sent(node) == null) {
      replay(sent.count());
    }
    if (live) {
      episode.advanceTo(lastEndCycle - firstCycle + settleCycles + 1);
      long[] after = episode.fabric().sentFlits();
      if (recording && tree != null) {
        tree.setSent(node, difference(flitsBefore, after));
      }
      for (int port = 0; port < after.length; port++) {
        sentFlits[port] += after[port] - flitsBefore[port];
      }
      flitsBefore = after;
      episode.restart();
    } else if (reserving) {
      addReserved(sentFlits);
      episodesReserved.add(1);
    } else if (tree != null) {
      long[] pairs = tree.sent(node);
      for (int i = 0; pairs != null && i < pairs.length; i += 2) {
        sentFlits[(int) pairs[i]] += pairs[i + 1];
      }
      episodesKnown.add(1);
    }
    if (reservations != null) {
      reservations.restart();
    }
    open = false;
    live = false;
    reserving = false;
  }

  private void addReserved(long[] flits) {
    if (reservations != null) {
      reservations.addFlits(flits);
    }
  }

  private static long[] difference(long[] before, long[] after) {
    int used = 0;
    for (int port = 0; port < after.length; port++) {
      used += after[port] == before[port] ? 0 : 1;
    }
    long[] pairs = new long[2 * used];
    int at = 0;
    for (int port = 0; port < after.length; port++) {
      if (after[port] != before[port]) {
        pairs[at++] = port;
        pairs[at++] = after[port] - before[port];
      }
    }
    return pairs;
  }

  /** Goes down the tree by the message just sent; a new one makes the network live. */
  private void follow(int message) {
    if (tree == null || !recording) {
      return;
    }
    int child = tree.child(node, sent, message);
    if (child == EpisodeTree.UNKNOWN) {
      if (!live) {
        replay(message);
      }
      episode.advanceTo(sent.cycle[message]);
      if (tree.isFull()) {
        recording = false;
        return;
      }
      child = tree.add(node, sent, message);
    }
    node = child;
    nextEnd = tree.firstEnd(child);
    record();
  }

  /** Simulates the episode so far, with its first messages. */
  private void replay(int messages) {
    live = true;
    for (int message = 0; message < messages; message++) {
      episode.advanceTo(sent.cycle[message]);
      episode.send(sent.from[message], sent.to[message], sent.bytes[message]);
    }
    int skipped = 0;
    while (skipped < told) {
      // Those that were told have ended by now; the last of them may end in this very cycle.
      if (episode.knownEnds() == 0) {
        episode.advance(Long.MAX_VALUE);
      }
      episode.takeEnded();
      skipped++;
    }
  }

  /**
   * Takes the next message that has ended.
   *
   * @param nowCycle the last cycle that has begun
   * @return its number, or NONE
   */
  int takeEnded(long nowCycle) {
    long end = told < sent.count() ? knownEnd() : NONE;
    if (end < 0 || end + firstCycle > nowCycle) {
      return NONE;
    }
    int message;
    if (live) {
      message = episode.takeEnded();
    } else if (reserving && reservations != null) {
      message = reservations.takeEnded();
    } else {
      message = tree == null ? 0 : tree.endMessage(nextEnd);
    }
    if (tree != null && nextEnd != EpisodeTree.UNKNOWN) {
      nextEnd = tree.nextEnd(nextEnd);
    }
    told++;
    lastEndCycle = firstCycle + end;
    return message;
  }

  long bytes(int message) {
    return sent.bytes[message];
  }

  void complete(int message) {
    sent.complete(message);
  }

  /**
   * Looks for the next end.
   *
   * @param nowCycle the last cycle that has begun
   * @param nextCycle the first one behind the present time
   * @param quietCycle up to which nothing will be sent
   * @return when to look again, or NONE if there are no messages
   */
  long look(long nowCycle, long nextCycle, long quietCycle) {
    if (told == sent.count()) {
      return NONE;
    }
    if (!live) {
      long look = nextLook();
      if (look > nowCycle) {
        return look;
      }
      replay(sent.count());
    }
    episode.advance(quietCycle - firstCycle);
    record();
    return episode.knownEnds() > 0
        ? firstCycle + episode.nextEndCycle()
        : Math.max(quietCycle, nextCycle);
  }

  /** While nothing is live: the cycle of the next end, or up to which none can be. */
  private long nextLook() {
    long end = knownEnd();
    if (end >= 0) {
      return firstCycle + end;
    }
    return tree == null ? firstCycle : firstCycle + tree.scanned(node) + noticeCycles;
  }

  /** Ends that the network has come to know are added to the tree. */
  private void record() {
    if (tree == null || !recording || !live) {
      return;
    }
    tree.setScanned(node, episode.now());
    // What is not told yet is behind what the list of this node had; equal parts are not added.
    int end = nextEnd;
    int known = episode.knownEnds();
    for (int i = 0; i < known; i++) {
      if (end == EpisodeTree.UNKNOWN) {
        int added = tree.addEnd(node, episode.endCycle(i), episode.endMessage(i));
        if (nextEnd == EpisodeTree.UNKNOWN) {
          nextEnd = added;
        }
      } else {
        end = tree.nextEnd(end);
      }
    }
  }

  /** The cycle, in the episode, in which the next message ends, or -1 if that is not known. */
  private long knownEnd() {
    if (live) {
      return episode.knownEnds() > 0 ? episode.nextEndCycle() : -1;
    }
    if (reserving && reservations != null) {
      return reservations.nextEndCycle();
    }
    return tree == null || nextEnd == EpisodeTree.UNKNOWN ? -1 : tree.endCycle(nextEnd);
  }

  /** By port of the network, flits that left it. */
  long[] portFlits() {
    long[] flits = sentFlits.clone();
    if (open && reserving && told == sent.count()) {
      addReserved(flits);
    } else if (open) {
      if (!live) {
        // Some flits of what is reserved have left, and some not.
        recording &= !reserving;
        reserving = false;
        replay(sent.count());
      }
      long[] after = episode.fabric().sentFlits();
      for (int port = 0; port < flits.length; port++) {
        flits[port] += after[port] - flitsBefore[port];
      }
    }
    return flits;
  }
}
