package memwall.network.endpoint;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;

/** Where messages are put: places of on-chip memory of each rank, and memory. */
final class Slots {
  private final EndpointSpec spec;
  private final int[] free;
  private final Counter toSram;
  private final Counter toMemory;
  private final Counter overflows;

  Slots(Stats stats, EndpointSpec spec, int ranks) {
    this.spec = spec;
    free = new int[ranks];
    Arrays.fill(free, spec.sramSlots());
    toSram = stats.counter("to_sram", "1", "Messages put into on-chip memory");
    toMemory = stats.counter("to_memory", "1", "Messages put into memory");
    overflows = stats.counter("overflows", "1", "Of them, small ones for which no place was free");
  }

  /** A message has come; whether it has got a place of on-chip memory. */
  boolean put(int rank, long bytes) {
    boolean small = bytes <= spec.sramBytes() && spec.sramSlots() > 0;
    boolean inSram = small && free[rank] > 0;
    if (inSram) {
      free[rank]--;
      toSram.add(1);
    } else {
      toMemory.add(1);
      if (small) {
        overflows.add(1);
      }
    }
    return inSram;
  }

  /** A place is free again. */
  void free(int rank) {
    free[rank]++;
  }

  /** A rank has another node: all its places are free. */
  void renew(int rank) {
    free[rank] = spec.sramSlots();
  }

  /**
   * Compares what came with what became of it, when nothing is under way.
   *
   * @param consumed messages that ranks took
   * @param dropped messages thrown away
   * @param forgotten messages lost with a node
   * @param isDead ranks without a node
   * @param broken gets a sentence for each law that does not hold
   */
  void checkLaws(
      long consumed, long dropped, long forgotten, IntPredicate isDead, List<String> broken) {
    if (consumed + dropped + forgotten != toSram.value() + toMemory.value()) {
      broken.add(
          consumed
              + " messages taken, "
              + dropped
              + " thrown away, "
              + toSram.value()
              + " came into SRAM and "
              + toMemory.value()
              + " into memory");
    }
    for (int rank = 0; rank < free.length; rank++) {
      if (free[rank] != spec.sramSlots() && !isDead.test(rank)) {
        broken.add("rank " + rank + " has " + free[rank] + " free places at the end");
      }
    }
  }
}
