package memwall.memory.dram.channel;

import memwall.core.config.Config;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * How the controller of a DRAM channel works.
 *
 * @param readQueue reads that it holds before their row is opened, at least 1
 * @param writeQueue writes likewise, at least 1
 * @param writeHighPercent fill of the write queue, in percent, above which writes are served
 * @param writeLowPercent fill below which reads are served again, 1 to {@code writeHighPercent}
 * @param page when rows are closed
 * @param pageHits bursts to a row before the closed-page policy closes it, at least 1
 * @param refresh which refreshes are issued
 * @param blocking whom a refresh that is due keeps waiting
 * @param mapping order of the address fields, see {@link AddressMapping}
 * @param bankHash whether bank and bank group are hashed with the row
 * @param order which queued request goes first
 */
public record ControllerSpec(
    int readQueue,
    int writeQueue,
    int writeHighPercent,
    int writeLowPercent,
    PagePolicy page,
    int pageHits,
    RefreshPolicy refresh,
    RefreshBlocking blocking,
    String mapping,
    boolean bankHash,
    QueueOrder order) {

  private static final int MOST_ENTRIES = 1 << 16;

  /** Checks the ranges. */
  public ControllerSpec {
    if (readQueue < 1
        || writeQueue < 1
        || readQueue > MOST_ENTRIES
        || writeQueue > MOST_ENTRIES
        || pageHits < 1) {
      throw new IllegalArgumentException("queues and page hits must be at least 1");
    }
    if (writeLowPercent < 1 || writeLowPercent > writeHighPercent || writeHighPercent > 100) {
      throw new IllegalArgumentException("watermarks must be 1 <= low <= high <= 100 percent");
    }
  }

  /** A controller that keeps a row open while older requests for it wait. */
  public ControllerSpec(
      int readQueue,
      int writeQueue,
      int writeHighPercent,
      int writeLowPercent,
      PagePolicy page,
      int pageHits,
      RefreshPolicy refresh,
      RefreshBlocking blocking,
      String mapping,
      boolean bankHash) {
    this(
        readQueue,
        writeQueue,
        writeHighPercent,
        writeLowPercent,
        page,
        pageHits,
        refresh,
        blocking,
        mapping,
        bankHash,
        QueueOrder.FR_FCFS_ROW_HIT);
  }

  /** The same controller with another way of refreshing. */
  public ControllerSpec refreshing(RefreshPolicy policy) {
    return new ControllerSpec(
        readQueue,
        writeQueue,
        writeHighPercent,
        writeLowPercent,
        page,
        pageHits,
        policy,
        blocking,
        mapping,
        bankHash,
        order);
  }

  /**
   * Reads the keys of a section {@code controller}; faults are recorded there.
   *
   * @param standard what the controller is to drive
   */
  public static ControllerSpec read(Config config, DramStandard standard) {
    int readQueue =
        (int)
            config.integer(
                "read_queue", 1, MOST_ENTRIES, 32, "Reads held before their row is opened");
    int writeQueue =
        (int)
            config.integer(
                "write_queue", 1, MOST_ENTRIES, 32, "Writes held before their row is opened");
    int high =
        (int)
            config.integer(
                "write_high_percent",
                1,
                100,
                80,
                "Fill of the write queue above which writes are served, percent");
    int low =
        (int)
            config.integer(
                "write_low_percent",
                1,
                100,
                20,
                "Fill of the write queue below which reads are served again, percent");
    if (low > high) {
      config.fault(
          "write_low_percent",
          low + " is above write_high_percent " + high + "; allowed is at most that");
      low = high;
    }
    PagePolicy page = config.choice("page", PagePolicy.OPEN, "When rows are closed");
    int hits =
        (int)
            config.integer(
                "page_hits",
                1,
                MOST_ENTRIES,
                4,
                "Bursts to a row before the closed-page policy closes it");
    RefreshPolicy refresh =
        config.choice("refresh", RefreshPolicy.ALL_BANK, "Which refreshes are issued");
    if (refresh == RefreshPolicy.PER_BANK && standard.bankRefreshTicks() == 0) {
      config.fault(
          "refresh",
          standard.name()
              + " has no refresh of single banks; allowed is "
              + (standard.sameBankRefreshTicks() > 0 ? "all-bank, same-bank" : "all-bank")
              + " or none");
      refresh = RefreshPolicy.ALL_BANK;
    }
    if (refresh == RefreshPolicy.SAME_BANK && standard.sameBankRefreshTicks() == 0) {
      config.fault(
          "refresh",
          standard.name()
              + " has no refresh of the same bank of all groups; allowed is "
              + (standard.bankRefreshTicks() > 0 ? "all-bank, per-bank" : "all-bank")
              + " or none");
      refresh = RefreshPolicy.ALL_BANK;
    }
    RefreshBlocking blocking =
        config.choice(
            "refresh_blocking",
            RefreshBlocking.CHANNEL,
            "Whom a refresh that is due keeps waiting");
    AddressMapping mapping = AddressMapping.read(config, standard);
    QueueOrder order =
        config.choice("queue_order", QueueOrder.FR_FCFS_ROW_HIT, "Which queued request goes first");
    config.finish();
    return new ControllerSpec(
        readQueue,
        writeQueue,
        high,
        low,
        page,
        hits,
        refresh,
        blocking,
        mapping.order(),
        mapping.isHashed(),
        order);
  }
}
