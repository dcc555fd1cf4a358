package memwall.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import memwall.core.Simulation;
import memwall.core.random.RandomStream;
import memwall.core.stat.Stats;
import memwall.network.endpoint.Endpoints;
import memwall.network.endpoint.Play;
import memwall.network.router.MessageFabric;
import org.jspecify.annotations.Nullable;

/**
 * Routers and the ends of the network in a simulation of their own, which a {@link FabricNetwork}
 * moves on beside the machine's.
 *
 * <p>The stage may be ahead of the machine as far as nothing happens there, and stops where it has
 * something to tell. While it is at rest its clock stands still: it begins with a cycle when
 * something begins. So what it does depends on what it is asked, not on when.
 */
final class FabricStage {
  /**
   * The end of an operation on a rank.
   *
   * @param rank whose; 0 for all of a folded network
   * @param last whether it has ended on all ranks
   * @param unevenPs of a folded network, the sum of the times that ranks waited for the last one
   * @param linkFlits flits on channels since the last time that nothing was under way; if last
   */
  record Output(FabricOperation operation, int rank, boolean last, long unevenPs, long linkFlits) {}

  private final int ranks;
  private final boolean folded;
  private final long cyclePs;
  private final Simulation stage;
  private final MessageFabric fabric;
  private final Endpoints ends;
  private final Map<FabricOperation, Play> plays = new HashMap<>();
  private final Deque<Output> outputs = new ArrayDeque<>();
  private boolean stopsAtOutput;

  /** The machine's time when the stage's was 0. */
  private long basePs;

  /** The machine's time from which on the stage is as if it had never been used. */
  private long restedPs;

  private long flitsTold;
  private long startedMessages;

  FabricStage(FabricNetworkSpec spec, int ranks, boolean folded, RandomStream random) {
    this.ranks = ranks;
    this.folded = folded;
    cyclePs = spec.fabric().cyclePs();
    stage = new Simulation(random.nextLong());
    Stats inner = new Stats();
    fabric =
        new MessageFabric(
            stage,
            inner.child("fabric"),
            "fabric",
            spec.fabric(),
            spec.messages(),
            folded ? MessageFabric.Mode.LEAPING : MessageFabric.Mode.EXACT);
    ends =
        new Endpoints(
            stage,
            inner.child("endpoint"),
            fabric::send,
            spec.endpoint(),
            ranks,
            spec.nodeStride());
  }

  /** Whether no operation is under way. */
  boolean isIdle() {
    return plays.isEmpty() && outputs.isEmpty();
  }

  /** Whether it is as if it had never been used. */
  boolean isAtRest(long nowPs) {
    return isIdle() && nowPs >= restedPs;
  }

  /** The machine's time from which on it will be at rest, if nothing begins. */
  long restedPs() {
    return restedPs;
  }

  /** An operation ended now that was not carried out here. */
  void restFrom(long nowPs) {
    restedPs = nowPs + fabric.settlePs();
  }

  /** Everything that happens up to now, and what ends with it. */
  void catchUp(long nowPs) {
    if (isAtRest(nowPs)) {
      long beginPs = (stage.nowPs() + fabric.settlePs()) / cyclePs * cyclePs + cyclePs;
      stage.runUntil(beginPs);
      basePs = nowPs - beginPs;
      return;
    }
    while (stage.nowPs() < nowPs - basePs || stage.nextEventPs() <= nowPs - basePs) {
      stage.runUntil(nowPs - basePs);
    }
  }

  /** Carries out an operation of which all has been told, from its begin up to now. */
  void replay(FabricOperation operation, long fromPs, long nowPs) {
    restedPs = fromPs;
    catchUp(fromPs);
    begin(operation);
    catchUp(nowPs);
    if (!plays.isEmpty()) {
      throw new IllegalStateException("an operation takes longer than it did before");
    }
    outputs.clear();
  }

  /**
   * Moves on until there is something to tell, but not behind a time.
   *
   * @return the machine's time of what there is to tell, or of what happens next here, or {@link
   *     Long#MAX_VALUE} if nothing does
   */
  long lookAhead(long limitPs) {
    if (plays.isEmpty() && outputs.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (outputs.isEmpty()) {
      stopsAtOutput = true;
      stage.runUntil(limitPs == Long.MAX_VALUE ? limitPs : limitPs - basePs);
      stopsAtOutput = false;
    }
    if (!outputs.isEmpty()) {
      return basePs + stage.nowPs();
    }
    long nextPs = stage.nextEventPs();
    return nextPs == Long.MAX_VALUE ? nextPs : basePs + nextPs;
  }

  /** All ranks begin an operation now; the stage must have caught up. */
  void begin(FabricOperation operation) {
    play(operation).beginAll(stage.nowPs());
  }

  /** A rank begins an operation now; the stage must have caught up. */
  void begin(FabricOperation operation, int rank) {
    play(operation).begin(rank, stage.nowPs());
  }

  private Play play(FabricOperation operation) {
    Play known = plays.get(operation);
    if (known != null) {
      return known;
    }
    Play play =
        ends.play(
            operation.plan.schedule(), (same, rank, last) -> done(operation, same, rank, last));
    plays.put(operation, play);
    startedMessages += operation.plan.messages;
    return play;
  }

  private void done(FabricOperation operation, Play play, int rank, boolean last) {
    long flits = 0;
    long unevenPs = 0;
    if (last) {
      plays.remove(operation);
      if (plays.isEmpty()) {
        long total = fabric.linkFlits();
        flits = total - flitsTold;
        flitsTold = total;
        restedPs = basePs + stage.nowPs() + fabric.settlePs();
      }
      for (int each = 0; folded && each < ranks; each++) {
        unevenPs += stage.nowPs() - play.finishPs(each);
      }
    }
    boolean collective = operation.plan.collective != null;
    if (last || (collective && !folded)) {
      outputs.add(new Output(operation, folded ? 0 : rank, last, collective ? unevenPs : 0, flits));
      if (stopsAtOutput) {
        stage.stop();
      }
    }
  }

  /** The next thing to tell, or null. */
  @Nullable Output takeOutput() {
    return outputs.poll();
  }

  void shift(long deltaPs) {
    basePs += deltaPs;
    restedPs += deltaPs;
  }

  /** A sentence for each law that does not hold. */
  List<String> checkLaws() {
    List<String> broken = new ArrayList<>(fabric.checkLaws());
    if (plays.isEmpty()) {
      broken.addAll(ends.checkLaws());
      StarFabric.equal(
          broken, "messages of schedules = messages taken", startedMessages, ends.consumed());
    }
    return broken;
  }
}
