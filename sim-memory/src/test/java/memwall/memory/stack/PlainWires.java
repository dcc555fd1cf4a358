package memwall.memory.stack;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import memwall.core.unit.Units;

/** What {@link TsvChannels} does, as a sort and a loop over a list known from the start. */
final class PlainWires {
  private final TsvSpec spec;
  private final List<Transfer> transfers = new ArrayList<>();

  private record Transfer(int index, long readyPs, int layer, long bytes) {}

  PlainWires(TsvSpec spec) {
    this.spec = spec;
  }

  void add(long atPs, int layer, long bytes) {
    long accessPs = spec.rowAccessPs().get(layer);
    transfers.add(new Transfer(transfers.size(), atPs + accessPs, layer, bytes));
  }

  /** When each transfer's last byte arrives. */
  long[] ends() {
    long[] ends = new long[transfers.size()];
    long[] freePs = new long[spec.laneGroups()];
    List<Transfer> order = new ArrayList<>(transfers);
    order.sort(Comparator.comparingLong(Transfer::readyPs));
    for (Transfer transfer : order) {
      int group = transfer.layer() % spec.laneGroups();
      long startPs = Math.max(freePs[group], transfer.readyPs());
      freePs[group] = startPs + Units.transferPs(transfer.bytes(), spec.groupBytesPerSec());
      ends[transfer.index()] = freePs[group] + (transfer.layer() + 1) * spec.layerDelayPs();
    }
    return ends;
  }
}
