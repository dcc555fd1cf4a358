package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * Messages between the nodes of a network of routers, inside a simulation.
 *
 * <p>A message is cut into packets that queue at its node in the first cycle that begins at or
 * after the present time; it ends with the arrival of the last tail. The network is simulated flit
 * by flit, from one moment at which nothing is under way to the next: an episode. Some cycles after
 * the last end, when all credits are back, the network forgets the turns of its arbiters and the
 * next episode begins.
 *
 * <p>Messages that do not meet need no flits: each reserves its way ({@link Reservations}) and is
 * one event. The first that would meet another one turns the whole episode into flits, replaying
 * what has been. Episodes with equal messages at equal distances are equal, and <i>fast</i> does
 * not simulate one again: it follows the tree of episodes seen ({@link EpisodeTree}) up to the
 * first message that is new. All give the same times and counts.
 *
 * <p>A message to oneself does not enter the network and ends with delay 0.
 */
public final class MessageFabric implements Waiting {
  /** Nodes of the tree of episodes; some 100 bytes each. */
  private static final int MOST_NODES = 1 << 20;

  private final Simulation simulation;
  private final String path;
  private final Episode episode;
  private final @Nullable EpisodeTree tree;
  private final @Nullable Reservations reservations;
  private final Timer timer;
  private final SelfMessages selfMessages;
  private final int nodes;
  private final long cyclePs;

  /** Cycles at least from when an end is known until it happens. */
  private final long noticeCycles;

  /** Cycles after the last end in which credits may be under way. */
  private final long settleCycles;

  private final Counter messagesSent;
  private final Counter messagesEnded;
  private final Counter bytesSent;
  private final Counter bytesEnded;
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

  /** Whether ends are being told: what is sent meanwhile needs no alarm of its own. */
  private boolean telling;

  private int node;
  private int nextEnd;

  /** How much of what happens is simulated; times and counts are the same. */
  public enum Mode {
    /** Every cycle. */
    EXACT,
    /** Messages that do not meet are not; repeats of what long messages do are passed over. */
    LEAPING,
    /** Besides, episodes seen before are not simulated again. */
    FAST
  }

  /**
   * An idle network.
   *
   * @param path names it in messages
   * @param fast {@link Mode#FAST} or {@link Mode#EXACT}
   */
  public MessageFabric(
      Simulation simulation,
      Stats stats,
      String path,
      FabricSpec spec,
      MessageSpec messageSpec,
      boolean fast) {
    this(simulation, stats, path, spec, messageSpec, fast ? Mode.FAST : Mode.EXACT);
  }

  /**
   * An idle network.
   *
   * @param path names it in messages
   */
  public MessageFabric(
      Simulation simulation,
      Stats stats,
      String path,
      FabricSpec spec,
      MessageSpec messageSpec,
      Mode mode) {
    this.simulation = simulation;
    this.path = path;
    long seed = simulation.random().stream(path, "routing").nextLong();
    episode = new Episode(spec, messageSpec, seed, mode != Mode.EXACT);
    tree = mode == Mode.FAST ? new EpisodeTree(MOST_NODES) : null;
    FabricPlan plan = spec.plan();
    reservations =
        mode != Mode.EXACT && Reservations.arePossible(plan)
            ? Reservations.of(plan, messageSpec, spec.flitBytes())
            : null;
    timer = simulation.timer(path + ".fabric", this::goOn);
    nodes = spec.nodes();
    cyclePs = spec.cyclePs();
    settleCycles = 4 + 2L * episode.fabric().topology().longestChannelCycles();
    noticeCycles = 1L + episode.fabric().topology().shortestNodeCycles();
    messagesSent = stats.counter("messages_sent", "1", "Messages that nodes sent");
    messagesEnded = stats.counter("messages_arrived", "1", "Messages that arrived in full");
    bytesSent = stats.counter("bytes_sent", "bytes", "Bytes of the messages sent");
    bytesEnded = stats.counter("bytes_arrived", "bytes", "Bytes of the messages arrived");
    episodes = stats.counter("episodes", "1", "Times that the network went from idle to busy");
    episodesKnown = stats.counter("episodes_known", "1", "Of them, not simulated again");
    episodesReserved =
        stats.counter("episodes_reserved", "1", "Of them, such that no messages met");
    selfMessages = new SelfMessages(simulation, path, messagesEnded, bytesEnded);
    sentFlits = new long[episode.fabric().lanes().sentFlits.length];
    flitsBefore = sentFlits.clone();
    stats.exact("channel_flits", "1", "Flits on channels between routers", this::channelFlits);
    simulation.watch(this);
  }

  /** From the last end until the network is as if it had never been used, at most. */
  public long settlePs() {
    return (settleCycles + 2) * cyclePs;
  }

  /** Flits that passed channels so far, of routers and of nodes. */
  public long linkFlits() {
    long[] now = portFlits();
    Topology topology = episode.fabric().topology();
    long sum = 0;
    for (int port = 0; port < now.length; port++) {
      // What leaves for a node came from one.
      sum += topology.toNode(port) ? 2 * now[port] : now[port];
    }
    return sum;
  }

  /** Nodes that can send. */
  public int nodes() {
    return nodes;
  }

  /**
   * Sends a message.
   *
   * @param from sending node
   * @param to receiving node
   * @param bytes size, 0 or more; an empty message is a packet with a header only
   * @param completion called when its last tail has arrived
   * @param word passed to {@code completion}
   * @throws IllegalArgumentException if a node is unknown or the size negative
   */
  public void send(int from, int to, long bytes, Completion completion, long word) {
    if (from < 0 || from >= nodes || to < 0 || to >= nodes || bytes < 0) {
      throw new IllegalArgumentException(
          path + ": message of " + bytes + " B from node " + from + " to " + to + ", of " + nodes);
    }
    messagesSent.add(1);
    bytesSent.add(bytes);
    if (from == to) {
      selfMessages.send(bytes, completion, word);
      return;
    }
    long cycle = cycleAt(simulation.nowPs());
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
    if (!telling) {
      arm(live ? cycle : Math.max(cycle, nextLook()));
    }
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
      int child = child(before);
      if (child == EpisodeTree.UNKNOWN && tree.isFull()) {
        recording = false;
        replay(message);
        episode.advanceTo(sent.cycle[message]);
        return false;
      }
      node = child == EpisodeTree.UNKNOWN ? add(before) : child;
    }
    return false;
  }

  private long cycleAt(long timePs) {
    return Math.floorDiv(timePs - 1, cyclePs) + 1;
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
    int child = child(message);
    if (child == EpisodeTree.UNKNOWN) {
      if (!live) {
        replay(message);
      }
      episode.advanceTo(sent.cycle[message]);
      if (tree.isFull()) {
        recording = false;
        return;
      }
      child = add(message);
    }
    node = child;
    nextEnd = tree.firstEnd(child);
    record();
  }

  /** The child of the present node by a message, or UNKNOWN. */
  private int child(int message) {
    return tree == null
        ? EpisodeTree.UNKNOWN
        : tree.child(
            node,
            sent.gap(message),
            sent.from[message],
            sent.to[message],
            sent.bytes[message],
            sent.toldBefore[message]);
  }

  private int add(int message) {
    return tree == null
        ? EpisodeTree.UNKNOWN
        : tree.add(
            node,
            sent.gap(message),
            sent.from[message],
            sent.to[message],
            sent.bytes[message],
            sent.toldBefore[message]);
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

  private void arm(long cycle) {
    long timePs = Math.max(simulation.nowPs(), cycle * cyclePs);
    if (!timer.isArmed() || timer.duePs() > timePs) {
      timer.at(timePs, 0);
    }
  }

  /** Tells the messages that have ended; finds out when the next one will. */
  private void goOn(long ignored) {
    long nowPs = simulation.nowPs();
    telling = true;
    while (told < sent.count()) {
      long end = knownEnd();
      if (end < 0 || (end + firstCycle) * cyclePs > nowPs) {
        break;
      }
      tell(end);
    }
    telling = false;
    if (told == sent.count()) {
      return;
    }
    if (!live) {
      long look = nextLook();
      if (look * cyclePs > nowPs) {
        arm(look);
        return;
      }
      replay(sent.count());
    }
    long limit = cycleAt(simulation.quietUntilPs());
    episode.advance(limit - firstCycle);
    record();
    arm(
        episode.knownEnds() > 0
            ? firstCycle + episode.nextEndCycle()
            : Math.max(limit, cycleAt(nowPs) + 1));
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

  private void tell(long end) {
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
    messagesEnded.add(1);
    bytesEnded.add(sent.bytes[message]);
    sent.complete(message);
  }

  private long[] portFlits() {
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

  /** Flits that passed channels between routers. */
  private long channelFlits() {
    long[] flits = portFlits();
    Topology topology = episode.fabric().topology();
    long sum = 0;
    for (int port = 0; port < flits.length; port++) {
      sum += topology.toRouter(port) ? flits[port] : 0;
    }
    return sum;
  }

  @Override
  public long waitingCount() {
    return (long) sent.count() - told + selfMessages.pending();
  }

  @Override
  public String describeWaiting() {
    return path + ": " + waitingCount() + " messages";
  }

  /**
   * Compares what was sent with what arrived, and the state of the network when nothing is under
   * way.
   *
   * @return a sentence for each law that does not hold
   */
  public List<String> checkLaws() {
    List<String> broken = new ArrayList<>();
    if (messagesSent.value() != messagesEnded.value() + waitingCount()) {
      broken.add(
          path
              + ": "
              + messagesSent.value()
              + " messages sent, "
              + messagesEnded.value()
              + " arrived, "
              + waitingCount()
              + " under way");
    }
    if (waitingCount() == 0 && bytesSent.value() != bytesEnded.value()) {
      broken.add(
          path + ": " + bytesSent.value() + " bytes sent, " + bytesEnded.value() + " arrived");
    }
    for (String law : FabricLaws.broken(episode.fabric(), episode.packetsEver())) {
      broken.add(path + ": " + law);
    }
    return broken;
  }
}
