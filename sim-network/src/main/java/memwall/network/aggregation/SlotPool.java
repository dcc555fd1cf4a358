package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Event;
import memwall.core.Simulation;

/** The slots of a network, used again and again; what belongs to which switch is counted there. */
final class SlotPool {
  private static final long INDEX_MASK = 0xFFFF_FFFFL;

  private final Simulation simulation;
  private final List<Slot> all = new ArrayList<>();
  private final List<Slot> unused = new ArrayList<>();

  /** The adder has made the sum of a slot; the word is of {@link #word}. */
  final Event summed;

  /** By node: slots of a switch that are taken now. */
  private final int[] inSwitch;

  private int mostInSwitch;

  SlotPool(Simulation simulation, int nodes) {
    this.simulation = simulation;
    this.inSwitch = new int[nodes];
    this.summed = simulation.event("aggregation.summed", this::summed);
  }

  Slot take() {
    if (!unused.isEmpty()) {
      return unused.remove(unused.size() - 1);
    }
    Slot slot = new Slot(all.size(), simulation.timer("aggregation.deadline", this::expired));
    all.add(slot);
    return slot;
  }

  void give(Slot slot) {
    slot.deadline.cancel();
    slot.state = Slot.State.FREE;
    slot.owner = null;
    slot.use++;
    unused.add(slot);
  }

  /** A switch has taken a slot. */
  void taken(int node) {
    mostInSwitch = Math.max(mostInSwitch, ++inSwitch[node]);
  }

  /** A switch has given a slot back. */
  void givenBack(int node) {
    inSwitch[node]--;
  }

  /** Most slots of one switch that were taken at once. */
  int mostInSwitch() {
    return mostInSwitch;
  }

  /** A slot and which of its uses. */
  long word(Slot slot) {
    return (long) slot.use << Integer.SIZE | slot.index;
  }

  private void summed(long word) {
    Slot slot = all.get((int) (word & INDEX_MASK));
    if (slot.use == (int) (word >>> Integer.SIZE)) {
      slot.owner().summed(slot);
    }
  }

  private void expired(long index) {
    Slot slot = all.get((int) index);
    slot.owner().expire(slot);
  }

  /** Slots that are not given back, counted one by one. */
  long inUse() {
    long count = 0;
    for (Slot slot : all) {
      count += slot.state == Slot.State.FREE ? 0 : 1;
    }
    return count;
  }
}
