package memwall.network.aggregation;

import java.util.ArrayList;
import java.util.List;

/** Transfers of a sender that are neither acknowledged nor given up. */
final class OpenTransfers {
  private final List<Transfer> open = new ArrayList<>();

  void add(Transfer transfer) {
    transfer.openAt = open.size();
    open.add(transfer);
  }

  void remove(Transfer transfer) {
    Transfer last = open.remove(open.size() - 1);
    if (last != transfer) {
      open.set(transfer.openAt, last);
      last.openAt = transfer.openAt;
    }
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Sends no more of any. */
  void abandon(Transport transport) {
    while (!open.isEmpty()) {
      transport.abandon(open.get(open.size() - 1));
    }
  }
}
