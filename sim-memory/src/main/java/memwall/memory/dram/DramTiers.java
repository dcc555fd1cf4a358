package memwall.memory.dram;

import com.google.common.collect.ImmutableList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemoryTier;
import memwall.memory.MemoryTiers;
import memwall.memory.stack.StackSpec;
import org.jspecify.annotations.Nullable;

/** Reads the {@code tiers} of a memory that moves bytes at a rate, and what is placed in them. */
final class DramTiers {
  private static final long LEAST_BYTES_PER_SEC = 1_000_000;

  private DramTiers() {}

  /**
   * The tiers; null if they are faulty.
   *
   * @param capacity bytes of the device, which the tiers must make up
   * @param rate peak rate of the device, which none may exceed
   * @param stack if it has as many memory layers, each tier is one: row access and delay of that
   *     layer are the tier's latency, and no more is read from it than the layer's wires carry
   */
  static @Nullable MemoryTiers read(
      Config config, List<Config> given, long capacity, long rate, @Nullable StackSpec stack) {
    ImmutableList.Builder<MemoryTier> tiers = ImmutableList.builder();
    Set<String> names = new HashSet<>();
    long sum = 0;
    boolean sound = true;
    for (int i = 0; i < given.size(); i++) {
      Config each = given.get(i);
      String name = each.text("name", "Name of the tier");
      if (!names.add(name) && !each.isPlaceholder("name")) {
        each.fault("name", "'" + name + "' stands twice; each tier needs a name of its own");
        sound = false;
      }
      long bytes = each.quantity("capacity", Dimension.SIZE, "Capacity of the tier");
      long own = each.quantity("rate", Dimension.BYTE_RATE, "Sustained rate of reads from it");
      long latency =
          each.quantity(
              "latency", Dimension.TIME, "0 ps", "Latency beyond the memory's and the stack's");
      if ((own < LEAST_BYTES_PER_SEC || own > rate) && !each.isPlaceholder("rate")) {
        each.fault("rate", own + " B/s; allowed are 1 MB/s to the peak rate of " + rate + " B/s");
        sound = false;
      }
      if (bytes < 1 && !each.isPlaceholder("capacity")) {
        each.fault("capacity", "a tier of 0 B holds nothing; allowed is 1 B or more");
        sound = false;
      }
      sound &= !each.isPlaceholder("rate") && !each.isPlaceholder("capacity");
      each.finish();
      sum += Math.max(0, bytes);
      if (stack != null && stack.memoryLayers() == given.size()) {
        latency += stack.tsv().rowAccessPs().get(i) + stack.tsv().delayPs(i);
        own = Math.min(own, stack.tsv().groupBytesPerSec());
      }
      if (sound) {
        tiers.add(new MemoryTier(name, bytes, own, latency));
      }
    }
    if (sound && sum != capacity) {
      config.fault("tiers", "tiers of " + sum + " B in a memory of " + capacity + " B");
      sound = false;
    }
    return sound ? MemoryTiers.read(config, tiers.build()) : null;
  }
}
