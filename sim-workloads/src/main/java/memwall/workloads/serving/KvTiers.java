package memwall.workloads.serving;

import com.google.common.base.Ascii;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.shard.ShardingPlan;
import memwall.workloads.system.KvTieringSpec;
import memwall.workloads.trace.RequestExtras;

/**
 * Decides which KV entries are stored in a second memory, and keeps account of its room.
 *
 * <p>Entries of a prompt are made in the first memory. When the prompt is processed, the policy
 * decides whether they are copied: the second memory must have room, the daily writes must not be
 * used up. While a copy is under way its room is reserved in both memories; from the first step
 * that begins after its end, steps read the entries from the second memory, and their room in the
 * first one is free. A copy that is over at the very instant at which a step begins counts from the
 * next one on, so that the order of events at an instant decides nothing.
 *
 * <p>Windowed layers keep a ring that every token overwrites, which flash cannot: of prompts that
 * belong to one request, only the entries of layers that attend to everything are stored. Shared
 * prefixes are written once and never changed: of them, entries of all layers are.
 *
 * <p>A request that begins with stored blocks reads them, reserves no room for them in the first
 * memory, and does not process these tokens of its prompt again; the last token of a prompt always
 * is.
 */
final class KvTiers {
  private final Simulation simulation;
  private final KvTieringSpec spec;
  private final KvSecond second;
  private final ModelSpec model;
  private final Precision precision;
  private final ShardingPlan sharding;
  private final StepExecutor executor;
  private final KvCache cache;
  private final KvRoom room;
  private final WriteBudget budget;
  private final PrefixIndex prefixes = new PrefixIndex();
  private final int blockTokens;
  private final Event freed;
  private final Completion copyDone = this::copyDone;

  /** In the order in which they were asked for, and end. */
  private final ArrayDeque<Copy> copies = new ArrayDeque<>();

  /** Copies that are over and do not count yet. */
  private final ArrayDeque<Copy> over = new ArrayDeque<>();

  private final Counter storedBytes;
  private final Counter refusedBudgetBytes;
  private final Counter refusedRoomBytes;
  private final Counter evictedBytes;
  private final Counter reusedTokens;
  private long completed;
  private long completedOutput;

  /** Entries on their way into the second memory. */
  private static final class Copy {
    final Sequence sequence;
    final int tokens;
    final long bytes;
    final List<PrefixIndex.Block> blocks;
    long endedPs;

    Copy(Sequence sequence, int tokens, long bytes, List<PrefixIndex.Block> blocks) {
      this.sequence = sequence;
      this.tokens = tokens;
      this.bytes = bytes;
      this.blocks = blocks;
    }
  }

  /**
   * An empty second memory.
   *
   * @param blockTokens prompt tokens per block of the trace; 0 if it has no blocks
   * @param wake called a picosecond after room may have become free
   */
  KvTiers(
      Simulation simulation,
      Stats stats,
      KvSecond second,
      ModelSpec model,
      Precision precision,
      ShardingPlan sharding,
      StepExecutor executor,
      KvCache cache,
      int blockTokens,
      Runnable wake) {
    this.simulation = simulation;
    this.second = second;
    this.spec = second.spec();
    this.model = model;
    this.precision = precision;
    this.sharding = sharding;
    this.executor = executor;
    this.cache = cache;
    this.blockTokens = blockTokens;
    this.room = new KvRoom(simulation, stats, "the second KV memory", second.capacityBytes());
    this.budget = new WriteBudget(spec.dailyWriteBytes(), spec.burstBytes());
    this.freed = simulation.event("kv_tiering.copied", word -> wake.run());
    storedBytes =
        stats.counter("stored_bytes", "bytes", "KV entries written to the second memory of a rank");
    refusedBudgetBytes =
        stats.counter(
            "refused_budget_bytes", "bytes", "Not written because the daily writes were used up");
    refusedRoomBytes =
        stats.counter("refused_room_bytes", "bytes", "Not written because there was no room");
    evictedBytes =
        stats.counter("evicted_bytes", "bytes", "Room of shared blocks that made room for others");
    reusedTokens =
        stats.counter(
            "reused_tokens", "tokens", "Prompt tokens not processed: their entries were stored");
  }

  /** A request has arrived. */
  void arrived(Sequence sequence) {
    if (spec.policy() == KvTieringSpec.Policy.SHARED_PREFIX) {
      prefixes.seen(ids(sequence), wholeBlocks(sequence));
    }
  }

  private static LongList ids(Sequence sequence) {
    RequestExtras extras = sequence.request.extras();
    return extras == null ? LongImmutableList.of() : extras.hashIds();
  }

  /** Blocks of a prompt that can be shared: whole ones, in front of its last token. */
  private int wholeBlocks(Sequence sequence) {
    return blockTokens == 0
        ? 0
        : Math.min(ids(sequence).size(), (sequence.request.promptTokens() - 1) / blockTokens);
  }

  /**
   * Looks up what of a waiting sequence is stored: it takes less room in the first memory, and its
   * prompt begins behind it.
   */
  void lookUp(Sequence sequence) {
    if (spec.policy() != KvTieringSpec.Policy.SHARED_PREFIX) {
      return;
    }
    int tokens = blockTokens * prefixes.storedBlocks(ids(sequence), wholeBlocks(sequence));
    sequence.tiered = tokens;
    sequence.windowedTiered = tokens;
    sequence.promptDone = tokens;
    sequence.kvBytes = firstBytes(sequence);
  }

  /** The sequence is admitted, as it was looked up. */
  void admitted(Sequence sequence) {
    reusedTokens.add(sequence.tiered);
    readBlocks(sequence, 0, blocks(sequence.tiered));
  }

  private int blocks(int tokens) {
    return blockTokens == 0 ? 0 : tokens / blockTokens;
  }

  private void readBlocks(Sequence sequence, int from, int to) {
    LongList ids = ids(sequence);
    for (int i = from; i < to; i++) {
      prefixes.read(known(ids.getLong(i)));
    }
  }

  private PrefixIndex.Block known(long id) {
    PrefixIndex.Block block = prefixes.block(id);
    if (block == null) {
      throw new IllegalStateException("block " + id + " is read and not stored");
    }
    return block;
  }

  private long firstBytes(Sequence sequence) {
    return cache.bytes(
        (long) sequence.request.promptTokens() + sequence.request.outputTokens(),
        sequence.tiered,
        sequence.windowedTiered);
  }

  /** The prompt of a running sequence is processed. */
  void prefilled(Sequence sequence, long nowPs) {
    switch (spec.policy()) {
      case NONE -> {}
      case LONG_CONTEXT -> {
        if (sequence.request.promptTokens() > spec.minContext()) {
          storePrompt(sequence, nowPs);
        }
      }
      case WRITE_BACK -> {
        if (expectedReads() > spec.minReads()) {
          storePrompt(sequence, nowPs);
        }
      }
      case SHARED_PREFIX -> storePrefix(sequence, nowPs);
    }
  }

  /**
   * How often a byte of a layer that attends to everything is expected to be read: once by each
   * token after the first.
   */
  private double expectedReads() {
    if (spec.expectedOutput() > 0) {
      return spec.expectedOutput() - 1;
    }
    return completed == 0 ? 0 : (double) completedOutput / completed - 1;
  }

  private void storePrompt(Sequence sequence, long nowPs) {
    int tokens = sequence.request.promptTokens();
    long bytes = sharding.kvEntryBytesPerRank(model, precision, tokens, 0);
    if (bytes == 0) {
      return;
    }
    long pages = wholePages(bytes);
    if (pages > room.freeBytes()) {
      refusedRoomBytes.add(bytes);
    } else if (!budget.take(bytes, nowPs)) {
      refusedBudgetBytes.add(bytes);
    } else {
      room.reserve(pages);
      sequence.tieredBytes = pages;
      copy(new Copy(sequence, tokens, bytes, List.of()));
    }
  }

  private long wholePages(long bytes) {
    long page = second.pageBytes();
    return Math.multiplyExact((bytes + page - 1) / page, page);
  }

  private long blockBytes() {
    return sharding.kvEntryBytesPerRank(model, precision, blockTokens, blockTokens);
  }

  private void storePrefix(Sequence sequence, long nowPs) {
    LongList ids = ids(sequence);
    int whole = wholeBlocks(sequence);
    int stored = prefixes.storedBlocks(ids, whole);
    int read = blocks(sequence.tiered);
    if (stored > read) {
      // Others have stored them meanwhile.
      readBlocks(sequence, read, stored);
      moved(sequence, stored * blockTokens, stored * blockTokens);
    }
    int end = stored;
    while (end < whole
        && prefixes.block(ids.getLong(end)) == null
        && prefixes.uses(ids.getLong(end)) >= spec.minUses()) {
      end++;
    }
    List<PrefixIndex.Block> blocks = new ArrayList<>();
    for (int i = stored; i < end; i++) {
      if (!makeRoom(wholePages(blockBytes()))) {
        refusedRoomBytes.add((end - i) * blockBytes());
        break;
      }
      if (!budget.take(blockBytes(), nowPs)) {
        refusedBudgetBytes.add((end - i) * blockBytes());
        break;
      }
      room.reserve(wholePages(blockBytes()));
      blocks.add(prefixes.write(ids.getLong(i)));
    }
    if (!blocks.isEmpty()) {
      copy(new Copy(sequence, blocks.size() * blockTokens, blocks.size() * blockBytes(), blocks));
    }
  }

  private boolean makeRoom(long pages) {
    while (pages > room.freeBytes()) {
      if (!prefixes.evict()) {
        return false;
      }
      evictedBytes.add(pages);
      room.release(pages);
    }
    return true;
  }

  private void copy(Copy copy) {
    copies.add(copy);
    copy.sequence.copying = true;
    storedBytes.add(copy.bytes);
    executor.storeKv(copy.bytes, copyDone, 0);
  }

  private void copyDone(long ignored) {
    Copy copy = copies.remove();
    copy.endedPs = simulation.nowPs();
    over.add(copy);
    freed.in(1, 0);
  }

  /** From now on, copies that ended before this instant count. */
  void settle(long nowPs) {
    while (!over.isEmpty() && over.element().endedPs < nowPs) {
      settle(over.remove());
    }
  }

  private void settle(Copy copy) {
    Sequence sequence = copy.sequence;
    sequence.copying = false;
    for (int i = copy.blocks.size() - 1; i >= 0; i--) {
      prefixes.stored(copy.blocks.get(i));
    }
    if (sequence.hasLeft) {
      release(sequence);
    } else if (copy.blocks.isEmpty()) {
      moved(sequence, copy.tokens, 0);
    } else {
      copy.blocks.forEach(prefixes::read);
      moved(sequence, sequence.tiered + copy.tokens, sequence.windowedTiered + copy.tokens);
    }
  }

  /** So many first entries of a running sequence are read from the second memory from now on. */
  private void moved(Sequence sequence, int tiered, int windowedTiered) {
    sequence.tiered = tiered;
    sequence.windowedTiered = windowedTiered;
    long before = sequence.kvBytes;
    sequence.kvBytes = firstBytes(sequence);
    cache.release(before - sequence.kvBytes);
  }

  /** A sequence has all its tokens. What is being copied keeps its room until then. */
  void left(Sequence sequence) {
    completed++;
    completedOutput += sequence.produced;
    sequence.hasLeft = true;
    if (!sequence.copying) {
      release(sequence);
    }
  }

  private void release(Sequence sequence) {
    cache.release(sequence.kvBytes);
    room.release(sequence.tieredBytes);
    LongList ids = ids(sequence);
    // The last block first: a prefix without its beginning is of no use to anybody.
    for (int i = blocks(sequence.windowedTiered) - 1; i >= 0; i--) {
      prefixes.leave(known(ids.getLong(i)));
    }
  }

  /** Bytes that copies hold in the first memory for sequences that have left. */
  long leftBytes() {
    long sum = 0;
    for (Copy copy : copies) {
      sum += copy.sequence.hasLeft ? copy.sequence.kvBytes : 0;
    }
    for (Copy copy : over) {
      sum += copy.sequence.hasLeft ? copy.sequence.kvBytes : 0;
    }
    return sum;
  }

  /** The account at the end of a run. */
  TierOutcome outcome(List<Sequence> running) {
    long held = prefixes.size() * (blockTokens == 0 ? 0 : wholePages(blockBytes()));
    for (Sequence sequence : running) {
      held += sequence.tieredBytes;
    }
    for (Copy copy : copies) {
      held += copy.sequence.hasLeft ? copy.sequence.tieredBytes : 0;
    }
    for (Copy copy : over) {
      held += copy.sequence.hasLeft ? copy.sequence.tieredBytes : 0;
    }
    return new TierOutcome(
        Ascii.toLowerCase(spec.policy().name()).replace('_', '-'),
        storedBytes.value(),
        refusedBudgetBytes.value(),
        refusedRoomBytes.value(),
        evictedBytes.value(),
        reusedTokens.value(),
        room.capacityBytes(),
        room.gauge().max(),
        Math.round(room.gauge().mean(simulation.nowPs())),
        room.reservedTotalBytes(),
        room.releasedTotalBytes(),
        held,
        copies.size());
  }
}
