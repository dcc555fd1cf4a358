package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.function.Consumer;
import memwall.core.Event;
import memwall.core.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A group of hosts that exchanges tokens: copies from the home of a token to the members that
 * compute with it (dispatch), parts of its result back to its home (combine). What it does when
 * something breaks is what {@link ReductionGroup} does, without spares: epochs with one set of
 * routes each, a new one with what has not arrived yet, shortest paths without the switches' help
 * if no tree joins the members.
 */
final class TokenGroup implements NetworkGroup {
  private enum State {
    IDLE,
    REBUILDING,
    QUEUED,
    RUNNING
  }

  final GroupSpec spec;

  /** The adder of a switch has made a sum; the word is epoch and slot. */
  final Event summed;

  private final AggregationNetwork network;
  private final boolean isPlain;
  private final int trees;
  private final int[] hosts;
  private final long[] wakePs;
  private final OpenTransfers open = new OpenTransfers();
  private final Timer resume;
  private final Event wake;

  private State state = State.IDLE;
  private int epochNumber;
  private @Nullable TokenRoutes routes;
  private boolean isStale;

  /** Trees when all worked. */
  private final int lanes;

  private boolean byHosts;
  private boolean holdsSlots;
  private boolean hasQueued;
  private int operations;
  private int rebuilds;
  private @Nullable TokenOperation operation;
  private @Nullable TokenEpoch epoch;
  private Consumer<TokenResult> done = result -> {};

  TokenGroup(AggregationNetwork network, int index, GroupSpec spec, int trees) {
    if (trees < 0) {
      throw new IllegalArgumentException(
          "group '" + spec.name() + "': " + trees + " trees: needs at least 0");
    }
    if (spec.deadline().isOn() || !spec.spares().hosts().isEmpty()) {
      throw new IllegalArgumentException(
          "group '" + spec.name() + "': exchanges of tokens have no deadline and no spares");
    }
    this.network = network;
    this.spec = spec;
    this.isPlain = trees == 0;
    this.trees = trees;
    this.hosts = spec.members().stream().mapToInt(Integer::intValue).toArray();
    this.wakePs = new long[hosts.length];
    this.resume = network.simulation.timer("aggregation.tokens" + index, word -> goOn());
    this.wake = network.simulation.event("aggregation.wake" + index, word -> pump((int) word));
    this.summed = network.simulation.event("aggregation.token" + index, this::summed);
    if (!isPlain && !spec.mayFallBack()) {
      AggregationTree.of(network.graph, spec.members(), network.joint.mostFanIn());
    }
    this.routes = isPlain ? TokenRoutes.shortest(network.live, hosts) : switches();
    this.isStale = routes == null || !routes.reachesAll();
    this.lanes = routes == null ? 0 : routes.lanes();
  }

  @Override
  public int epoch() {
    return epochNumber;
  }

  @Override
  public OpenTransfers open() {
    return open;
  }

  TokenOperation operation() {
    TokenOperation known = operation;
    if (known == null) {
      throw new IllegalStateException("group '" + spec.name() + "' has no operation");
    }
    return known;
  }

  @Override
  public boolean isBusy() {
    return state != State.IDLE;
  }

  @Override
  public String describe() {
    return "group '" + spec.name() + "': operation " + operations + " is " + state;
  }

  long slotsInUse() {
    TokenEpoch now = epoch;
    return now == null ? 0 : now.slotsInUse();
  }

  /** Begins an operation. */
  void call(
      boolean combine,
      TokenSets tokens,
      long tokenBytes,
      Contributions source,
      Consumer<TokenResult> listener) {
    if (isBusy()) {
      throw new IllegalStateException(describe() + "; the next one must wait for its end");
    }
    if (tokens.members() != hosts.length || tokenBytes < 1) {
      throw new IllegalArgumentException(
          "group '"
              + spec.name()
              + "': tokens of "
              + tokenBytes
              + " B for "
              + tokens.members()
              + " members: needs at least 1 B and the group's "
              + hosts.length
              + " members");
    }
    operations++;
    operation =
        new TokenOperation(
            spec,
            operations,
            combine,
            tokens,
            tokenBytes,
            network.simulation.nowPs(),
            source,
            network.stats,
            network.brokenLaws);
    done = listener;
    rebuilds = 0;
    byHosts = isPlain;
    hasQueued = false;
    TokenRoutes known = routes;
    if (known == null || isStale) {
      state = State.REBUILDING;
      resume.in(network.repair.rebuildPs(), 0);
    } else {
      admit(known);
    }
  }

  private void goOn() {
    if (state == State.RUNNING) {
      endIfDone();
    } else {
      resume();
    }
  }

  @Override
  public void resume() {
    if (state != State.REBUILDING && state != State.QUEUED) {
      return;
    }
    state = State.REBUILDING;
    TokenRoutes found = byHosts ? TokenRoutes.shortest(network.live, hosts) : switches();
    if (found == null && spec.mayFallBack()) {
      takeToHosts();
      found = TokenRoutes.shortest(network.live, hosts);
    }
    if (found == null || !found.reachesAll()) {
      end("members are not reached", missing());
    } else {
      isStale = false;
      admit(found);
    }
  }

  private void takeToHosts() {
    byHosts = true;
    network.stats.fallBacks.increment();
  }

  private @Nullable TokenRoutes switches() {
    return TokenRoutes.trees(network.live, hosts, network.joint.mostFanIn(), trees);
  }

  /** Those that are not joined to most others, over whatever switches. */
  private ImmutableList<String> missing() {
    AggregationTree most = AggregationTree.direct(network.live, hosts, -1);
    ImmutableList.Builder<String> names = ImmutableList.builder();
    for (int member = 0; member < hosts.length; member++) {
      if (most == null || !most.reaches(member)) {
        names.add(network.graph.name(hosts[member]));
      }
    }
    return names.build();
  }

  private void admit(TokenRoutes found) {
    if (!found.isTree || !operation().isCombine) {
      begin(found); // Copies take no slots.
    } else if (network.takeQuota(found.nodes(), spec.quota())) {
      holdsSlots = true;
      begin(found);
    } else {
      switch (spec.admission()) {
        case QUEUE -> {
          if (!hasQueued) {
            hasQueued = true;
            network.stats.operationsQueued.increment();
          }
          state = State.QUEUED;
          network.queue(this);
        }
        case FALL_BACK -> {
          takeToHosts();
          state = State.REBUILDING;
          resume();
        }
        case REFUSE -> {
          network.stats.operationsRefused.increment();
          end("a switch has too few free slots", ImmutableList.of());
        }
      }
    }
  }

  private void begin(TokenRoutes found) {
    routes = found;
    hasQueued = false;
    epochNumber++;
    epoch = new TokenEpoch(network, this, found, hosts);
    state = State.RUNNING;
    int now = epochNumber;
    for (int member = 0; member < hosts.length && epochNumber == now; member++) {
      pump(member);
    }
    endIfDone();
  }

  /** Lets a member send what it may send now. */
  private void pump(int member) {
    TokenEpoch now = epoch;
    if (state != State.RUNNING || now == null || !network.live.isUp(hosts[member])) {
      return;
    }
    long pausedPs = network.pausedUntilPs(hosts[member]);
    if (pausedPs <= network.simulation.nowPs()) {
      now.send(member);
    } else if (wakePs[member] < pausedPs) {
      wakePs[member] = pausedPs;
      wake.at(pausedPs, member);
    }
  }

  private void summed(long word) {
    TokenEpoch now = epoch;
    if (now != null) {
      now.summed(word);
    }
  }

  @Override
  public void arrived(Transfer transfer) {
    TokenEpoch now = epoch;
    if (transfer.isTaken || now == null) {
      network.stats.duplicates.increment();
      return;
    }
    transfer.isTaken = true;
    now.arrived(transfer);
  }

  @Override
  public void acknowledged(Transfer transfer) {
    TokenEpoch now = epoch;
    if (transfer.epoch != epochNumber || state != State.RUNNING || now == null) {
      return;
    }
    int member = now.acknowledged(transfer);
    if (member >= 0) {
      pump(member);
    }
    endIfDone();
  }

  @Override
  public void gaveUp(Transfer transfer) {
    if (transfer.epoch != epochNumber || state != State.RUNNING) {
      return;
    }
    if (operation().isDone()) {
      acknowledged(transfer); // Only the acknowledgements were lost.
    } else {
      rebuild();
    }
  }

  @Override
  public void noticedNode(int node) {
    TokenRoutes known = routes;
    if (known != null && known.usesNode(node)) {
      broken();
    }
  }

  @Override
  public void noticedLink(int link) {
    TokenRoutes known = routes;
    if (known != null && known.usesLink(link)) {
      broken();
    }
  }

  private void broken() {
    isStale = true;
    if (state == State.RUNNING && !operation().isDone()) {
      rebuild();
    }
  }

  @Override
  public void noticedRepair() { // The next operation looks for better routes.
    isStale |= routes == null || routes.lanes() < lanes || (byHosts && !isPlain);
  }

  private void rebuild() {
    dissolve();
    rebuilds++;
    network.stats.rebuilds.increment();
    isStale = true;
    state = State.REBUILDING;
    if (rebuilds > network.repair.mostRebuilds()) {
      if (byHosts || !spec.mayFallBack()) {
        end("began anew more than " + network.repair.mostRebuilds() + " times", missing());
        return;
      }
      takeToHosts();
      rebuilds = 0;
    }
    resume.in(network.repair.rebuildPs(), 0);
    network.admitQueued();
  }

  private void dissolve() {
    open.abandon(network.transport);
    TokenEpoch now = epoch;
    if (now != null) {
      now.dissolve();
    }
    TokenRoutes known = routes;
    if (holdsSlots && known != null) {
      network.giveQuota(known.nodes(), spec.quota());
      holdsSlots = false;
    }
    epoch = null;
    epochNumber++;
  }

  private void endIfDone() {
    if (state != State.RUNNING || !open.isEmpty() || !operation().isDone()) {
      return;
    }
    if (operation().lastPs > network.simulation.nowPs()) {
      resume.at(operation().lastPs, 0); // The home still adds.
    } else {
      end("", ImmutableList.of());
    }
  }

  private void end(String failure, ImmutableList<String> names) {
    TokenEpoch now = epoch;
    if (now != null && now.slotsInUse() > 0) {
      network.brokenLaws.add(describe() + " and ends, but holds slots");
    }
    dissolve();
    isStale |= !failure.isEmpty() || (byHosts && !isPlain);
    state = State.IDLE;
    resume.cancel();
    Arrays.fill(wakePs, 0);
    TokenResult result =
        operation().end(network.simulation.nowPs(), failure, names, rebuilds, byHosts);
    network.admitQueued();
    done.accept(result);
  }
}
