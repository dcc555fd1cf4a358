package memwall.memory.dram.channel;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
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
 * @param powerDownTicks a rank or pseudo-channel at rest for so long enters power-down; 0: never
 * @param selfRefreshTicks a refresh that becomes due so long after the last burst of a rank or
 *     pseudo-channel is followed by self-refresh; 0: never. Both only if all banks are refreshed
 *     together, or none
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
    QueueOrder order,
    long powerDownTicks,
    long selfRefreshTicks) {

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
    if (powerDownTicks < 0 || selfRefreshTicks < 0) {
      throw new IllegalArgumentException("low-power states begin after 0 ticks or more");
    }
    if (refresh.isInTurn() && (powerDownTicks > 0 || selfRefreshTicks > 0)) {
      throw new IllegalArgumentException(
          "with refreshes of banks in turn there are no low-power states");
    }
    if (refresh == RefreshPolicy.NONE && selfRefreshTicks > 0) {
      throw new IllegalArgumentException("without refreshes there is no self-refresh");
    }
  }

  /**
   * The usual controller: queues of 32, written from 80 % down to 20 %, open pages (4 bursts if
   * they are closed), refresh of all banks that keeps the channel waiting, row-hit protection.
   *
   * @param mapping order of the address fields
   */
  public static Builder usual(String mapping) {
    return new Builder(
        new ControllerSpec(
            32,
            32,
            80,
            20,
            PagePolicy.OPEN,
            4,
            RefreshPolicy.ALL_BANK,
            RefreshBlocking.CHANNEL,
            mapping,
            false,
            QueueOrder.FR_FCFS_ROW_HIT,
            0,
            0));
  }

  /** A copy of which parts can be replaced. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The same controller with another way of refreshing. */
  public ControllerSpec refreshing(RefreshPolicy policy) {
    return toBuilder().refresh(policy).build();
  }

  /** Whether ranks or pseudo-channels at rest enter states of low power. */
  public boolean hasLowPower() {
    return powerDownTicks > 0 || selfRefreshTicks > 0;
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
    long powerDown = LowPowerReader.after(config, "power_down", standard, refresh);
    long selfRefresh = LowPowerReader.after(config, "self_refresh", standard, refresh);
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
        order,
        powerDown,
        selfRefresh);
  }

  /** A controller like another, but for what is said. */
  public static final class Builder {
    private int readQueue;
    private int writeQueue;
    private int writeHighPercent;
    private int writeLowPercent;
    private PagePolicy page;
    private int pageHits;
    private RefreshPolicy refresh;
    private RefreshBlocking blocking;
    private String mapping;
    private boolean bankHash;
    private QueueOrder order;
    private long powerDownTicks;
    private long selfRefreshTicks;

    private Builder(ControllerSpec from) {
      readQueue = from.readQueue;
      writeQueue = from.writeQueue;
      writeHighPercent = from.writeHighPercent;
      writeLowPercent = from.writeLowPercent;
      page = from.page;
      pageHits = from.pageHits;
      refresh = from.refresh;
      blocking = from.blocking;
      mapping = from.mapping;
      bankHash = from.bankHash;
      order = from.order;
      powerDownTicks = from.powerDownTicks;
      selfRefreshTicks = from.selfRefreshTicks;
    }

    /** Replaces {@link ControllerSpec#readQueue} and {@link ControllerSpec#writeQueue}. */
    @CanIgnoreReturnValue
    public Builder queues(int reads, int writes) {
      readQueue = reads;
      writeQueue = writes;
      return this;
    }

    /**
     * Replaces {@link ControllerSpec#writeHighPercent} and {@link ControllerSpec#writeLowPercent}.
     */
    @CanIgnoreReturnValue
    public Builder watermarks(int highPercent, int lowPercent) {
      writeHighPercent = highPercent;
      writeLowPercent = lowPercent;
      return this;
    }

    /** Replaces {@link ControllerSpec#page} and {@link ControllerSpec#pageHits}. */
    @CanIgnoreReturnValue
    public Builder page(PagePolicy policy, int hits) {
      page = policy;
      pageHits = hits;
      return this;
    }

    /** Replaces {@link ControllerSpec#refresh}. */
    @CanIgnoreReturnValue
    public Builder refresh(RefreshPolicy policy) {
      refresh = policy;
      return this;
    }

    /** Replaces {@link ControllerSpec#blocking}. */
    @CanIgnoreReturnValue
    public Builder blocking(RefreshBlocking whom) {
      blocking = whom;
      return this;
    }

    /** Replaces {@link ControllerSpec#mapping} and {@link ControllerSpec#bankHash}. */
    @CanIgnoreReturnValue
    public Builder mapping(String fields, boolean isHashed) {
      mapping = fields;
      bankHash = isHashed;
      return this;
    }

    /** Replaces {@link ControllerSpec#order}. */
    @CanIgnoreReturnValue
    public Builder order(QueueOrder which) {
      order = which;
      return this;
    }

    /**
     * Replaces {@link ControllerSpec#powerDownTicks} and {@link ControllerSpec#selfRefreshTicks}.
     */
    @CanIgnoreReturnValue
    public Builder lowPower(long down, long selfRefresh) {
      powerDownTicks = down;
      selfRefreshTicks = selfRefresh;
      return this;
    }

    /**
     * The controller.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public ControllerSpec build() {
      return new ControllerSpec(
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
          order,
          powerDownTicks,
          selfRefreshTicks);
    }
  }
}
