package memwall.memory.flash.port;

/** Transfers under way, by number: from the oldest to the youngest. They are used again. */
final class TransferRing {
  /** By number modulo the length, a power of two. */
  private PageTransfer[] transfers = new PageTransfer[16];

  private long oldest = 1;
  private long next = 1;

  TransferRing() {
    for (int i = 0; i < transfers.length; i++) {
      transfers[i] = new PageTransfer();
    }
  }

  /** A new one, with a number of its own. */
  PageTransfer add() {
    if (next - oldest == transfers.length) {
      grow();
    }
    PageTransfer transfer = get(next);
    transfer.number = next++;
    return transfer;
  }

  private void grow() {
    PageTransfer[] grown = new PageTransfer[2 * transfers.length];
    for (long number = oldest; number < oldest + grown.length; number++) {
      grown[(int) (number & (grown.length - 1))] = number < next ? get(number) : new PageTransfer();
    }
    transfers = grown;
  }

  PageTransfer get(long number) {
    return transfers[(int) (number & (transfers.length - 1))];
  }

  /** The end of one is certain. */
  void finish(PageTransfer transfer) {
    transfer.isDone = true;
    while (oldest < next && get(oldest).isDone) {
      oldest++;
    }
  }

  /** Number of the oldest that is under way; of the next if none is. */
  long oldest() {
    return oldest;
  }

  /** Number of the next. */
  long next() {
    return next;
  }
}
