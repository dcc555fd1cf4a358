package memwall.network.router;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
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
 * next episode begins. So episodes with equal messages at equal distances are equal, and
 * <i>fast</i> does not simulate one again: it follows the tree of episodes seen ({@link
 * EpisodeTree}) and falls back to flits, replaying the episode so far, at the first message that is
 * new. Both give the same times and counts.
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
  private final Timer timer;
  private final Event selfDone;
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

  /** By port of the network: flits that left it, of episodes that have ended. */
  private final long[] sentFlits;

  private long[] flitsBefore;

  // The present episode. Messages are numbered in it.
  private boolean open;
  private long firstCycle;
  private long lastMessageCycle;
  private long lastEndCycle;
  private int messages;
  private int told;

  /** Whether {@link #episode} is where the clock is; else the tree is followed. */
  private boolean live;

  private boolean recording;

  /** Whether ends are being told: what is sent meanwhile needs no alarm of its own. */
  private boolean telling;

  private int node;
  private int nextEnd;
  private Completion[] done = new Completion[64];
  private long[] words = new long[64];
  private int[] froms = new int[64];
  private int[] tos = new int[64];
  private long[] sizes = new long[64];
  private long[] cycles = new long[64];
  private long selfPending;

  // Messages to oneself, until their event fires; a ring.
  private Completion[] selfDones = new Completion[8];
  private long[] selfWords = new long[8];
  private int selfHead;

  /** How much of what happens is simulated; times and counts are the same. */
  public enum Mode {
    /** Every cycle. */
    EXACT,
    /** Repeats of what long messages do are passed over. */
    LEAPING,
    /** Besides, episodes seen before are not simulated again. */
    FAST
  }

  /**
   * An idle network.
   *
   * @param path names it in messages
   * @param fast whether repeats are passed over and episodes seen before not simulated again
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
    timer = simulation.timer(path + ".fabric", this::goOn);
    selfDone = simulation.event(path + ".self", this::endSelf);
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
      sendSelf(bytes, completion, word);
      return;
    }
    long cycle = cycleAt(simulation.nowPs());
    if (open && told == messages && cycle > lastEndCycle + settleCycles) {
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
    follow(relative, from, to, bytes);
    remember(from, to, bytes, relative, completion, word);
    if (live) {
      episode.send(from, to, bytes);
    }
    if (!telling) {
      arm(live ? cycle : Math.max(cycle, nextLook()));
    }
  }

  private void sendSelf(long bytes, Completion completion, long word) {
    if (selfPending == selfDones.length) {
      int size = selfDones.length;
      Completion[] newDones = new Completion[2 * size];
      long[] newWords = new long[2 * size];
      for (int i = 0; i < size; i++) {
        newDones[i] = selfDones[(selfHead + i) & (size - 1)];
        newWords[i] = selfWords[(selfHead + i) & (size - 1)];
      }
      selfDones = newDones;
      selfWords = newWords;
      selfHead = 0;
    }
    int at = (selfHead + (int) selfPending++) & (selfDones.length - 1);
    selfDones[at] = completion;
    selfWords[at] = word;
    selfDone.in(0, bytes);
  }

  private void endSelf(long bytes) {
    Completion completion = selfDones[selfHead];
    long word = selfWords[selfHead];
    selfHead = (selfHead + 1) & (selfDones.length - 1);
    selfPending--;
    messagesEnded.add(1);
    bytesEnded.add(bytes);
    completion.complete(word);
  }

  private long cycleAt(long timePs) {
    return Math.floorDiv(timePs - 1, cyclePs) + 1;
  }

  private void begin(long cycle) {
    open = true;
    firstCycle = cycle;
    lastMessageCycle = 0;
    messages = 0;
    told = 0;
    node = EpisodeTree.ROOT;
    nextEnd = EpisodeTree.UNKNOWN;
    live = tree == null;
    recording = tree != null;
    if (tree != null && tree.isFull()) {
      tree.clear();
    }
    episodes.add(1);
  }

  /** The episode is over: the network is at rest and begins anew. */
  private void close() {
    if (!live && tree != null && tree.sent(node) == null) {
      replay();
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
    } else if (tree != null) {
      long[] pairs = tree.sent(node);
      for (int i = 0; pairs != null && i < pairs.length; i += 2) {
        sentFlits[(int) pairs[i]] += pairs[i + 1];
      }
      episodesKnown.add(1);
    }
    open = false;
    live = false;
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

  /** Goes down the tree by a message; a new one makes the network live. */
  private void follow(long relative, int from, int to, long bytes) {
    if (tree == null || !recording) {
      return;
    }
    long gap = relative - lastMessageCycle;
    int child = tree.child(node, gap, from, to, bytes, told);
    if (child == EpisodeTree.UNKNOWN) {
      if (!live) {
        replay();
      }
      if (tree.isFull()) {
        recording = false;
        return;
      }
      episode.advanceTo(relative);
      child = tree.add(node, gap, from, to, bytes, told);
    }
    node = child;
    nextEnd = tree.firstEnd(child);
    record();
  }

  /** Simulates the episode so far. */
  private void replay() {
    live = true;
    for (int message = 0; message < messages; message++) {
      episode.advanceTo(cycles[message]);
      episode.send(froms[message], tos[message], sizes[message]);
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

  private void remember(
      int from, int to, long bytes, long relative, Completion completion, long word) {
    if (messages == words.length) {
      int size = 2 * messages;
      done = Arrays.copyOf(done, size);
      words = Arrays.copyOf(words, size);
      froms = Arrays.copyOf(froms, size);
      tos = Arrays.copyOf(tos, size);
      sizes = Arrays.copyOf(sizes, size);
      cycles = Arrays.copyOf(cycles, size);
    }
    done[messages] = completion;
    words[messages] = word;
    froms[messages] = from;
    tos[messages] = to;
    sizes[messages] = bytes;
    cycles[messages] = relative;
    messages++;
    lastMessageCycle = relative;
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
    while (told < messages) {
      long end = knownEnd();
      if (end < 0 || (end + firstCycle) * cyclePs > nowPs) {
        break;
      }
      tell(end);
    }
    telling = false;
    if (told == messages) {
      return;
    }
    if (!live) {
      long look = nextLook();
      if (look * cyclePs > nowPs) {
        arm(look);
        return;
      }
      replay();
    }
    long limit = cycleAt(simulation.quietUntilPs());
    episode.advance(limit - firstCycle);
    record();
    arm(
        episode.knownEnds() > 0
            ? firstCycle + episode.nextEndCycle()
            : Math.max(limit, cycleAt(nowPs) + 1));
  }

  /** While the tree is followed: the cycle of the next end, or up to which none can be. */
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
    return tree == null || nextEnd == EpisodeTree.UNKNOWN ? -1 : tree.endCycle(nextEnd);
  }

  private void tell(long end) {
    int message;
    if (live) {
      message = episode.takeEnded();
    } else {
      message = tree == null ? 0 : tree.endMessage(nextEnd);
    }
    if (tree != null && nextEnd != EpisodeTree.UNKNOWN) {
      nextEnd = tree.nextEnd(nextEnd);
    }
    told++;
    lastEndCycle = firstCycle + end;
    messagesEnded.add(1);
    bytesEnded.add(sizes[message]);
    done[message].complete(words[message]);
  }

  private long[] portFlits() {
    long[] flits = sentFlits.clone();
    if (open) {
      if (!live) {
        replay();
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
    return messages - told + selfPending;
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
