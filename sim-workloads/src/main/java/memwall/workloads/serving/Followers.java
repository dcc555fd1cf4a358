package memwall.workloads.serving;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.objects.Object2LongLinkedOpenHashMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;

/**
 * Requests that follow others, as in a conversation or the run of an agent: each arrives when the
 * one that it follows has its last token and the gap is over (the user thinks, a tool runs), but
 * not before its own arrival. Who follows a request that was refused is refused, too.
 *
 * <p>A request whose parent is not there any more when it is read goes by the parent's end, if it
 * is among the last to have ended, else by its own arrival.
 */
final class Followers {
  /** Ends that are remembered. */
  static final int REMEMBERED = 1 << 16;

  private final Simulation simulation;
  private final Consumer<RequestSource.Item> arrive;
  private final Consumer<Request> refuse;
  private final Event due;

  /** A request whose time is known, and whether its parent was refused. */
  private record Coming(RequestSource.Item item, boolean refused) {}

  /** Requests that have been read and have not ended. */
  private final Set<String> open = new HashSet<>();

  /** By the request that they wait for. */
  private final Map<String, List<RequestSource.Item>> held = new HashMap<>();

  private static final long REFUSED = -1;

  /** When requests ended, or that they were refused: the last of them. */
  private final Object2LongLinkedOpenHashMap<String> ended = new Object2LongLinkedOpenHashMap<>();

  /** Items whose time is known, by the word of their event; places are used again. */
  private final List<Coming> coming = new ArrayList<>();

  private final IntArrayList free = new IntArrayList();
  private long waiting;

  /**
   * Nobody follows anybody yet.
   *
   * @param arrive takes a request when it arrives
   * @param refuse takes a request whose parent was refused
   */
  Followers(Simulation simulation, Consumer<RequestSource.Item> arrive, Consumer<Request> refuse) {
    this.simulation = simulation;
    this.arrive = arrive;
    this.refuse = refuse;
    this.due = simulation.event("followers", this::due);
  }

  /**
   * Takes a request that has been read, if it follows another one.
   *
   * @return whether it was taken; if not, it arrives at its own time
   */
  boolean take(RequestSource.Item item) {
    Request request = item.request();
    open.add(request.id());
    RequestExtras extras = request.extras();
    String parent = extras == null ? null : extras.parent();
    if (extras == null || parent == null || extras.gapAfterParentPs() < 0 || item.pace() != null) {
      return false;
    }
    if (open.contains(parent)) {
      held.computeIfAbsent(parent, id -> new ArrayList<>()).add(item);
      waiting++;
      return true;
    }
    if (!ended.containsKey(parent)) {
      return false;
    }
    waiting++;
    come(item, ended.getLong(parent));
    return true;
  }

  /** A request has its last token now. */
  void ended(Request request) {
    close(request, simulation.nowPs());
  }

  /** A request was refused. */
  void refused(Request request) {
    close(request, REFUSED);
  }

  private void close(Request request, long endPs) {
    open.remove(request.id());
    if (ended.size() == REMEMBERED) {
      ended.removeFirstLong();
    }
    ended.put(request.id(), endPs);
    List<RequestSource.Item> next = held.remove(request.id());
    if (next != null) {
      next.forEach(item -> come(item, endPs));
    }
  }

  private void come(RequestSource.Item item, long endPs) {
    Request request = item.request();
    RequestExtras extras = request.extras();
    long gapPs = extras == null ? 0 : extras.gapAfterParentPs();
    long arrivalPs =
        endPs == REFUSED ? request.arrivalPs() : Math.max(request.arrivalPs(), endPs + gapPs);
    arrivalPs = Math.min(Request.MAX_ARRIVAL_PS, Math.max(simulation.nowPs(), arrivalPs));
    RequestSource.Item moved = new RequestSource.Item(request.withArrivalPs(arrivalPs), null);
    Coming next = new Coming(moved, endPs == REFUSED);
    int place = coming.size();
    if (free.isEmpty()) {
      coming.add(next);
    } else {
      place = free.popInt();
      coming.set(place, next);
    }
    due.at(arrivalPs, place);
  }

  private void due(long place) {
    waiting--;
    free.add((int) place);
    Coming next = coming.get((int) place);
    if (next.refused()) {
      refuse.accept(next.item().request());
    } else {
      arrive.accept(next.item());
    }
  }

  /** Requests that have been read and wait for others. */
  long waiting() {
    return waiting;
  }
}
