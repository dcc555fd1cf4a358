package memwall.workloads.serving;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import memwall.core.unit.Units;
import memwall.workloads.trace.Request;
import org.jspecify.annotations.Nullable;

/**
 * Admission as room is needed, and preemption, in the plainest form: blocks are counted, lists are
 * searched from end to end, and a token is a token, whether of the prompt or produced. The test's
 * own account, against which the engine is held.
 */
final class PlainScheduler {
  /** Bytes of a block of 16 tokens of the tiny model. */
  static final long BLOCK_BYTES = 16 * 8;

  /** A request and how far it has come. */
  static final class Item {
    final Request request;
    final int priority;
    int computed;
    int produced;
    int blocks;
    int scheduled;
    boolean onHost;
    final List<Long> shared = new ArrayList<>();
    final List<Long> ids = new ArrayList<>();
    int offered;
    boolean ran;
    long firstPs = -1;
    long lastPs = -1;

    Item(Request request, int priority) {
      this.request = request;
      this.priority = priority;
    }

    int tokens() {
      return request.promptTokens() + produced;
    }
  }

  private final ServingSpec spec;
  private final long blocks;
  private final long stepPs;
  private final List<Item> running = new ArrayList<>();
  private final List<Item> waiting = new ArrayList<>();
  final List<Item> done = new ArrayList<>();
  private int free;
  private long hostBytes;
  private long copyBytes;
  long preemptions;
  long lost;
  long swappedOut;
  long swappedIn;
  long processed;

  /** Shared blocks of the trace, and those that nobody uses, the longest unused first. */
  private final Set<Long> known = new HashSet<>();

  private final List<Long> idle = new ArrayList<>();
  private final int traceBlock;
  long hitTokens;
  long againTokens;
  long evicted;

  PlainScheduler(ServingSpec spec, long blocks, int traceBlock, long stepPs) {
    this.traceBlock = traceBlock;
    this.spec = spec;
    this.blocks = blocks;
    this.stepPs = stepPs;
    this.free = (int) blocks;
  }

  private static int blocksOf(int tokens) {
    return (tokens + 15) / 16;
  }

  void run(List<Request> requests) {
    List<Request> coming = new ArrayList<>(requests);
    long nowPs = 0;
    while (!coming.isEmpty() || !running.isEmpty() || !waiting.isEmpty()) {
      if (running.isEmpty() && waiting.isEmpty()) {
        nowPs = Math.max(nowPs, coming.get(0).arrivalPs());
      }
      while (!coming.isEmpty() && coming.get(0).arrivalPs() <= nowPs) {
        Request request = coming.remove(0);
        if (blocksOf(request.maxContextTokens()) <= blocks) {
          waiting.add(new Item(request, spec.scheduling().priority(request)));
        }
      }
      nowPs = step(nowPs);
    }
  }

  private long step(long nowPs) {
    int budget = spec.maxBatchedTokens();
    boolean preempted = false;
    copyBytes = 0;
    for (Item item : running) {
      item.scheduled = 0;
    }
    for (Item item : List.copyOf(running)) {
      if (!running.contains(item)) {
        continue;
      }
      int tokens = Math.min(item.tokens() - item.computed, budget);
      while (running.contains(item) && !fits(own(item, item.computed + tokens) - item.blocks)) {
        Item victim = victim();
        budget += victim.scheduled;
        preempt(victim);
        preempted = true;
      }
      if (running.contains(item) && tokens > 0) {
        give(item, tokens);
        budget -= tokens;
      }
    }
    for (Item item : running) {
      offer(item);
    }
    while (!preempted && !waiting.isEmpty() && running.size() < spec.maxBatch() && budget > 0) {
      Item item = next();
      int hits = hits(item);
      int found = Math.max(0, hits * traceBlock - item.computed);
      int tokens = Math.min(item.tokens() - item.computed - found, budget);
      List<Long> stillIdle = new ArrayList<>(idle);
      stillIdle.removeAll(ids(item).subList(0, hits));
      if (blocksOf(item.tokens() - hits * traceBlock) > free + stillIdle.size() * perTraceBlock()) {
        break;
      }
      waiting.remove(item);
      running.add(item);
      for (int i = 0; i < hits; i++) {
        item.shared.add(ids(item).get(i));
        idle.remove(ids(item).get(i));
      }
      item.offered = hits;
      hitTokens += item.ran ? 0 : found;
      againTokens += item.ran ? found : 0;
      if (item.onHost) {
        hostBytes -= blocksOf(item.computed) * BLOCK_BYTES;
        long bytes = found > 0 ? 0 : blocksOf(item.computed - hits * traceBlock) * BLOCK_BYTES;
        item.onHost = false;
        copyBytes += bytes;
        swappedIn += bytes;
      }
      item.computed += found;
      give(item, tokens);
      offer(item);
      budget -= tokens;
    }
    long startPs = nowPs;
    SchedulingSpec.Swap swap = spec.scheduling().swap();
    if (copyBytes > 0) {
      startPs += Units.transferPs(copyBytes, swap.bytesPerSec());
    }
    int all = 0;
    for (Item item : running) {
      all += item.scheduled;
    }
    if (all == 0) {
      return startPs;
    }
    finish(startPs + stepPs);
    return startPs + stepPs;
  }

  private void finish(long endPs) {
    for (Item item : List.copyOf(running)) {
      if (item.scheduled == 0) {
        continue;
      }
      item.computed += item.scheduled;
      processed += item.scheduled;
      if (item.computed == item.tokens()) {
        item.firstPs = item.produced == 0 ? endPs : item.firstPs;
        item.lastPs = endPs;
        item.produced++;
      }
      if (item.produced == item.request.outputTokens()) {
        running.remove(item);
        leave(item);
        done.add(item);
      }
    }
  }

  private void give(Item item, int tokens) {
    int more = own(item, item.computed + tokens) - item.blocks;
    if (!fits(more)) {
      throw new AssertionError("no room");
    }
    item.blocks += more;
    free -= more;
    item.scheduled = tokens;
    item.ran = true;
  }

  private int own(Item item, int tokens) {
    return Math.max(item.blocks, blocksOf(tokens - item.shared.size() * traceBlock));
  }

  /** Room for more blocks, for which idle ones are forgotten. */
  private boolean fits(int more) {
    while (more > free && !idle.isEmpty()) {
      known.remove(idle.remove(0));
      free += perTraceBlock();
      evicted++;
    }
    return more <= free;
  }

  private int perTraceBlock() {
    return traceBlock / 16;
  }

  /** Whole blocks of the prompt as in the trace, then those that are nobody else's. */
  private List<Long> ids(Item item) {
    if (item.ids.isEmpty()) {
      item.ids.addAll(item.request.extras().hashIds());
      int named = Math.min(item.ids.size(), item.request.promptTokens() / traceBlock);
      item.ids.subList(named, item.ids.size()).clear();
      int all = item.request.maxContextTokens() / traceBlock + 1;
      for (long i = named; i < all; i++) {
        item.ids.add(-1000 * Long.parseLong(item.request.id()) - i - 1);
      }
    }
    return item.ids;
  }

  private int hits(Item item) {
    int hits = 0;
    while (spec.scheduling().prefixCache()
        && (hits + 1) * traceBlock < item.tokens()
        && known.contains(ids(item).get(hits))) {
      hits++;
    }
    return hits;
  }

  private void offer(Item item) {
    while (spec.scheduling().prefixCache()
        && (item.offered + 1) * traceBlock <= item.computed + item.scheduled) {
      long id = ids(item).get(item.offered++);
      if (known.add(id)) {
        item.shared.add(id);
        item.blocks -= perTraceBlock();
      }
    }
  }

  private void leave(Item item) {
    free += item.blocks;
    item.blocks = 0;
    item.offered = 0;
    for (int i = item.shared.size() - 1; i >= 0; i--) {
      long id = item.shared.remove(i);
      boolean used = false;
      for (Item other : running) {
        used |= other.shared.contains(id);
      }
      if (!used) {
        idle.add(id);
      }
    }
  }

  private Item victim() {
    Item victim = running.get(running.size() - 1);
    if (spec.scheduling().order() == SchedulingSpec.Order.PRIORITY) {
      for (Item item : running) {
        victim = before(victim, item) ? item : victim;
      }
    }
    return victim;
  }

  private Item next() {
    Item next = waiting.get(0);
    if (spec.scheduling().order() == SchedulingSpec.Order.PRIORITY) {
      for (Item item : waiting) {
        next = before(item, next) ? item : next;
      }
    }
    return next;
  }

  /** Whether one goes before the other by priority, arrival and number. */
  private static boolean before(Item one, Item other) {
    if (one.priority != other.priority) {
      return one.priority < other.priority;
    }
    if (one.request.arrivalPs() != other.request.arrivalPs()) {
      return one.request.arrivalPs() < other.request.arrivalPs();
    }
    return Integer.parseInt(one.request.id()) < Integer.parseInt(other.request.id());
  }

  private void preempt(Item item) {
    SchedulingSpec.@Nullable Swap swap = spec.scheduling().swap();
    long bytes = blocksOf(item.computed) * BLOCK_BYTES;
    running.remove(item);
    preemptions++;
    leave(item);
    item.scheduled = 0;
    if (swap != null && bytes <= swap.capacityBytes() - hostBytes) {
      hostBytes += bytes;
      copyBytes += bytes;
      swappedOut += bytes;
      item.onHost = true;
    } else {
      lost += item.computed;
      item.computed = 0;
    }
    waiting.add(0, item);
  }
}
