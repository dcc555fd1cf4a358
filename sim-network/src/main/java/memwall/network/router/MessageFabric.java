package memwall.network.router;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;

/**
 * Messages between the nodes of a network of routers, inside a simulation.
 *
 * <p>A message is cut into packets that queue at its node in the first cycle that begins at or
 * after the present time; it ends with the arrival of the last tail. The network is simulated flit
 * by flit, from one moment at which nothing is under way to the next: an episode. Some cycles after
 * the last end, when all credits are back, the network forgets the turns of its arbiters and the
 * next episode begins. So what an episode does depends on its messages and their distances alone,
 * and flits need not be simulated where messages do not meet, or have met in the same way before
 * ({@link Course}); times and counts are the same.
 *
 * <p>A message to oneself does not enter the network and ends with delay 0.
 */
public final class MessageFabric implements Waiting {
  private final Simulation simulation;
  private final String path;
  private final Course course;
  private final Timer timer;
  private final SelfMessages selfMessages;
  private final int nodes;
  private final long cyclePs;
  private final long flitBytes;

  private final Counter messagesSent;
  private final Counter messagesEnded;
  private final Counter bytesSent;
  private final Counter bytesEnded;

  /** Whether ends are being told: what is sent meanwhile needs no alarm of its own. */
  private boolean telling;

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
    timer = simulation.timer(path + ".fabric", this::goOn);
    nodes = spec.nodes();
    cyclePs = spec.cyclePs();
    flitBytes = spec.flitBytes();
    messagesSent = stats.counter("messages_sent", "1", "Messages that nodes sent");
    messagesEnded = stats.counter("messages_arrived", "1", "Messages that arrived in full");
    bytesSent = stats.counter("bytes_sent", "bytes", "Bytes of the messages sent");
    bytesEnded = stats.counter("bytes_arrived", "bytes", "Bytes of the messages arrived");
    course = new Course(stats, spec, messageSpec, seed, mode);
    selfMessages = new SelfMessages(simulation, path, messagesEnded, bytesEnded);
    stats.exact("channel_flits", "1", "Flits on channels between routers", this::channelFlits);
    simulation.watch(this);
  }

  /** From the last end until the network is as if it had never been used, at most. */
  public long settlePs() {
    return (course.settleCycles() + 2) * cyclePs;
  }

  /** Flits that passed channels so far, of routers and of nodes. */
  public long linkFlits() {
    long[] now = course.portFlits();
    Topology topology = course.fabric().topology();
    long sum = 0;
    for (int port = 0; port < now.length; port++) {
      // What leaves for a node came from one.
      sum += topology.toNode(port) ? 2 * now[port] : now[port];
    }
    return sum;
  }

  /** Flits that passed each channel so far; those of nodes are known from what they sent. */
  public ChannelFlits channels(long[] nodeFlits) {
    return new ChannelFlits(
        course.fabric().topology(), course.portFlits(), nodeFlits, cyclePs, flitBytes, 0);
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
    long look = course.send(cycleAt(simulation.nowPs()), from, to, bytes, completion, word);
    if (!telling) {
      arm(look);
    }
  }

  private long cycleAt(long timePs) {
    return Math.floorDiv(timePs - 1, cyclePs) + 1;
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
    long nowCycle = Math.floorDiv(nowPs, cyclePs);
    telling = true;
    for (int message = course.takeEnded(nowCycle);
        message != Course.NONE;
        message = course.takeEnded(nowCycle)) {
      messagesEnded.add(1);
      bytesEnded.add(course.bytes(message));
      course.complete(message);
    }
    telling = false;
    long look = course.look(nowCycle, cycleAt(nowPs) + 1, cycleAt(simulation.quietUntilPs()));
    if (look != Course.NONE) {
      arm(look);
    }
  }

  /** Flits that passed channels between routers. */
  private long channelFlits() {
    long[] flits = course.portFlits();
    Topology topology = course.fabric().topology();
    long sum = 0;
    for (int port = 0; port < flits.length; port++) {
      sum += topology.toRouter(port) ? flits[port] : 0;
    }
    return sum;
  }

  @Override
  public long waitingCount() {
    return (long) course.underWay() + selfMessages.pending();
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
    for (String law : FabricLaws.broken(course.fabric(), course.packetsEver())) {
      broken.add(path + ": " + law);
    }
    return broken;
  }
}
