package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import org.jspecify.annotations.Nullable;

/**
 * Ranks whose nodes die, and the spares that take their place.
 *
 * <p>A dead rank does nothing, and what comes to its node is lost. When the failure is noticed a
 * spare takes its place, one at the same router if there is one. When its state is there it does
 * the rank's part of the present operation again: others send again what they sent to the rank, and
 * the rank does not send again what others have. Every message has copies: the first that comes is
 * delivered, others are thrown away. Each time that a rank dies it begins another life; what
 * belongs to an earlier one is void.
 */
final class Lives {
  /** Node of no rank. */
  static final int NONE = -1;

  private static final int LIFE_BITS = 8;
  private static final int LIVES = 1 << LIFE_BITS;

  /** Carries ranks on. */
  interface Return {
    /** A rank's node has died. */
    void died(int rank);

    /** It is known that a rank's node has died. */
    void noticed(int rank);

    /** A spare goes on in a rank's place. */
    void revived(int rank);
  }

  /** Nodes at the same router. */
  interface Places {
    /** The router of a node. */
    int router(int node);
  }

  private final Simulation simulation;
  private final NodeFailures spec;
  private final Places places;
  private @Nullable Return told;

  /** Where state comes over the network; else null. */
  private @Nullable Restores restores;

  private boolean isStopped;
  private final List<NodeFailures.Death> deaths;
  private final Timer timer;
  private final Event noticed;
  private final Event ready;
  private final int[] life;
  private final boolean[] dead;
  private final boolean[] known;
  private final int[] nodeOf;
  private final int[] rankAt;
  private final boolean[] nodeDead;
  private final List<FabricRunResult.NodeFailure> failures = new ArrayList<>();

  /** By rank, its entry in the failures that has not ended; {@link #NONE} if there is none. */
  private final int[] open;

  private int next;

  /** The play of the present operation. */
  @Nullable Play present;

  final Counter copies;
  final Counter delivered;
  final Counter duplicates;
  final Counter voided;
  final Counter givenUp;
  final Counter forgotten;
  final Counter repeated;

  Lives(
      Simulation simulation,
      Stats stats,
      NodeFailures spec,
      List<NodeFailures.Death> deaths,
      int ranks,
      int nodes,
      Places places) {
    this.simulation = simulation;
    this.spec = spec;
    this.deaths = deaths;
    this.places = places;
    timer = simulation.timer("node-failure", this::die);
    noticed = simulation.event("node-noticed", this::notice);
    ready = simulation.event("node-ready", this::ready);
    life = new int[ranks];
    dead = new boolean[ranks];
    known = new boolean[ranks];
    open = new int[ranks];
    Arrays.fill(open, NONE);
    nodeOf = new int[ranks];
    rankAt = new int[nodes];
    Arrays.fill(rankAt, NONE);
    nodeDead = new boolean[nodes];
    for (int rank = 0; rank < ranks; rank++) {
      nodeOf[rank] = rank;
      rankAt[rank] = rank;
    }
    for (int spare : spec.spares()) {
      if (spare < ranks) {
        throw new IllegalArgumentException("node " + spare + " has a rank, it cannot be a spare");
      }
    }
    copies = stats.counter("copies", "1", "Messages sent, those sent again included");
    delivered = stats.counter("delivered", "1", "Of them, those that came first");
    duplicates = stats.counter("duplicates", "1", "Of them, those that had come before");
    voided = stats.counter("void", "1", "Of them, those that came to a rank's dead node");
    givenUp = stats.counter("given_up", "1", "Of them, those that the network gave up");
    forgotten = stats.counter("forgotten", "1", "Messages lost with a node before it took them");
    repeated = stats.counter("repeated", "1", "Messages that senders had sent and sent again");
    arm();
  }

  /** Says who carries ranks on. */
  void tell(Return carryOn) {
    told = carryOn;
  }

  /** State comes over the network. */
  void withRestores(Restores known) {
    restores = known;
  }

  private Return carryOn() {
    Return carryOn = told;
    if (carryOn == null) {
      throw new IllegalStateException("nobody carries ranks on");
    }
    return carryOn;
  }

  private void arm() {
    if (next < deaths.size()) {
      timer.at(Math.max(simulation.nowPs(), deaths.get(next).atPs()), 0);
    }
  }

  /** Nothing fails any more: all is done. */
  void stop() {
    isStopped = true;
    timer.cancel();
  }

  /** The life of a rank, as part of a word: what was scheduled in an earlier one is void. */
  int life(int rank) {
    return life[rank];
  }

  boolean isDead(int rank) {
    return dead[rank];
  }

  /** Whether that a rank has no node was noticed, and no spare is ready. */
  boolean isKnownDead(int rank) {
    return known[rank];
  }

  /** Whether a rank has a node that works. */
  boolean anyAlive() {
    for (boolean one : dead) {
      if (!one) {
        return true;
      }
    }
    return false;
  }

  boolean anyDead() {
    for (boolean one : dead) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  int nodeOf(int rank) {
    return nodeOf[rank];
  }

  /** Failures of nodes that had a rank, in order of time. */
  List<FabricRunResult.NodeFailure> failures() {
    return failures;
  }

  private void die(long ignored) {
    int node = deaths.get(next++).node();
    nodeDead[node] = true;
    int rank = rankAt[node];
    if (rank != NONE) {
      rankAt[node] = NONE;
      begin(rank);
      dead[rank] = true;
      open[rank] = failures.size();
      failures.add(
          new FabricRunResult.NodeFailure(simulation.nowPs(), node, rank, NONE, NONE, NONE));
      noticed.at(spec.noticedPs(simulation.nowPs()), word(rank));
      carryOn().died(rank);
    }
    arm();
  }

  private void begin(int rank) {
    if (++life[rank] == LIVES) {
      throw new IllegalStateException("rank " + rank + " has had " + LIVES + " lives");
    }
  }

  private long word(int rank) {
    return ((long) life[rank] << 32) | rank;
  }

  private boolean isVoid(long word) {
    return life[(int) word] != (int) (word >>> 32);
  }

  private void notice(long word) {
    if (isVoid(word)) {
      return;
    }
    int rank = (int) word;
    FabricRunResult.NodeFailure failure = failures.get(open[rank]);
    int spare = choose(failure.node());
    failures.set(open[rank], failure.noticed(simulation.nowPs(), spare));
    if (spare != NONE) {
      nodeOf[rank] = spare;
      rankAt[spare] = rank;
      Restores overNetwork = restores;
      if (overNetwork == null) {
        restored(word, spec.restore().pathPs() + spec.restore().thenPs());
      } else {
        overNetwork.begin(rank, spare, word);
      }
    }
    known[rank] = true;
    carryOn().noticed(rank);
  }

  /** A spare has the state of a rank, and can go on after some time. */
  void restored(long word, long afterPs) {
    ready.in(afterPs, word);
  }

  /** Whether what is done for a spare is of no use any more: it has died, or all is done. */
  boolean isOver(long word) {
    return isStopped || isVoid(word);
  }

  boolean isNodeDead(int node) {
    return nodeDead[node];
  }

  /** The node of the next rank behind one that has a node, or {@link #NONE}. */
  int nextNode(int rank) {
    for (int i = 1; i < dead.length; i++) {
      int other = (rank + i) % dead.length;
      if (!dead[other]) {
        return nodeOf[other];
      }
    }
    return NONE;
  }

  /** The first spare that is free and works, of those at the same router first. */
  private int choose(int node) {
    int chosen = NONE;
    for (int spare : spec.spares()) {
      if (!nodeDead[spare] && rankAt[spare] == NONE) {
        if (places.router(spare) == places.router(node)) {
          return spare;
        }
        chosen = chosen == NONE ? spare : chosen;
      }
    }
    return chosen;
  }

  private void ready(long word) {
    if (isVoid(word)) {
      return;
    }
    int rank = (int) word;
    begin(rank);
    dead[rank] = false;
    known[rank] = false;
    failures.set(open[rank], failures.get(open[rank]).ready(simulation.nowPs()));
    open[rank] = NONE;
    carryOn().revived(rank);
  }

  /** A message that came to a rank and was not taken is lost with the rank's node. */
  void forget(Play play, int send) {
    PlayCopies copiesOf = play.copies;
    if (copiesOf != null && copiesOf.arrived[send] && !copiesOf.taken[send]) {
      forgotten.add(1);
      copiesOf.taken[send] = true;
      play.messageEnds();
    }
  }

  /**
   * Compares the copies of messages with what became of them, when nothing is under way.
   *
   * @param taken messages that ranks took
   * @param late messages thrown away, as receives had a substitute
   * @param untaken messages that came to ranks that wait for others for ever
   * @return a sentence for each law that does not hold
   */
  List<String> checkLaws(long taken, long late, long untaken) {
    List<String> broken = new ArrayList<>();
    long ended = delivered.value() + duplicates.value() + voided.value() + givenUp.value();
    if (copies.value() != ended) {
      broken.add(copies.value() + " copies of messages sent, " + ended + " known");
    }
    if (delivered.value() != taken + late + forgotten.value() + untaken) {
      broken.add(
          delivered.value()
              + " messages delivered, "
              + taken
              + " taken, "
              + late
              + " late, "
              + forgotten.value()
              + " lost with a node, "
              + untaken
              + " not taken");
    }
    return broken;
  }
}
