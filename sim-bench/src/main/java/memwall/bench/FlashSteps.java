package memwall.bench;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import memwall.memory.flash.page.PageSpec;
import memwall.memory.flash.page.PagedMemory;

/**
 * Decode steps of a 70B model on a memory of flash pages: layers of eight transfers, one after the
 * other, each the weights of a product; with a KV cache one more, in scattered blocks.
 */
final class FlashSteps {
  /** What a step reads, and what is known ahead. */
  enum Kind {
    PLAIN("weights", 0, 0),
    ANNOUNCED("weights, announced", 8, 0),
    CACHE("weights and scattered KV", 0, 8L << 20),
    ANNOUNCED_CACHE("both, announced", 8, 8L << 20);

    final String label;
    final int ahead;
    final long cacheBytes;

    Kind(String label, int ahead, long cacheBytes) {
      this.label = label;
      this.ahead = ahead;
      this.cacheBytes = cacheBytes;
    }
  }

  /** Layers of a step. */
  static final int LAYERS = 80;

  private static final int TENSORS = 8;
  private static final long GAP_PS = 500_000;

  /** Bytes of a tensor: 140 GB over eight chips, 80 layers and eight tensors. */
  private static final long TENSOR_BYTES = 27_343_750;

  private static final AccessPattern BLOCKS = AccessPattern.blocks(32L << 10);

  private final Simulation simulation = new Simulation(1);
  private final Stats stats = new Stats();
  private final PagedMemory memory;
  private final Region weights;
  private final Region cache;
  private final Kind kind;
  private final int perLayer;
  private final int channels;
  private final Event next = simulation.event("bench.next", this::next);
  private final Completion done = word -> next.in(GAP_PS, 0);
  private long taken;
  private long announced;
  private long wanted;

  /** Stacks of first-generation High-Bandwidth Flash, at rest. */
  FlashSteps(Kind kind, int stacks, boolean isFast) {
    this.kind = kind;
    PageSpec spec = spec();
    memory = new PagedMemory(simulation, stats.child("memory"), spec, stacks, isFast);
    channels = stacks * spec.lanes();
    perLayer = kind.cacheBytes > 0 ? TENSORS + 1 : TENSORS;
    weights = memory.reserve(Usage.WEIGHTS, TENSOR_BYTES * TENSORS * LAYERS);
    cache = memory.reserve(Usage.KV, 16L << 30);
  }

  private static PageSpec spec() {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "bench.yaml", "memory: hbf-gen1-pages\n", List.of(), Presets.builtIn(), faults);
    PageSpec spec = (PageSpec) MemoryModels.spec(config.preset("memory", "memory", "The memory"));
    config.finish();
    faults.throwIfAny();
    return spec;
  }

  private void next(long word) {
    if (taken == wanted) {
      return;
    }
    if (isCache(taken)) {
      memory.read(cache, kind.cacheBytes, BLOCKS, done, 0);
    } else {
      memory.read(weights, TENSOR_BYTES, AccessPattern.SEQUENTIAL, done, 0);
    }
    taken++;
    announced = Math.max(announced, taken);
    while (announced < Math.min(wanted, taken + kind.ahead) && announce(announced)) {
      announced++;
    }
  }

  private boolean announce(long number) {
    return isCache(number)
        ? memory.announce(cache, kind.cacheBytes, BLOCKS)
        : memory.announce(weights, TENSOR_BYTES, AccessPattern.SEQUENTIAL);
  }

  private boolean isCache(long number) {
    return number % perLayer == TENSORS;
  }

  /** Takes so many layers more. */
  void take(int layers) {
    wanted += (long) layers * perLayer;
    next.in(GAP_PS, 0);
    simulation.run();
  }

  /** Simulated time. */
  long nowPs() {
    return simulation.nowPs();
  }

  /** Transfers so far. */
  long transfers() {
    return taken;
  }

  /** Pages that one channel has read. */
  long pages() {
    return (long) stats.snapshot(nowPs()).number("memory.read_pages") / channels;
  }

  /** All statistics, to be compared. */
  List<?> statistics() {
    return stats.snapshot(nowPs()).values();
  }
}
