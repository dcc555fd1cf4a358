package memwall.memory.dram.channel;

import memwall.memory.dram.standard.AddressMapping;

/**
 * Controllers for tests: queues of 32, written from 80 % down to 20 %, open pages, no refresh, a
 * refresh that is due keeps only its banks waiting, banks interleaved and not hashed; and whatever
 * a test has otherwise.
 */
public final class Controllers {
  private int queue = 32;
  private PagePolicy page = PagePolicy.OPEN;
  private int pageHits = 4;
  private RefreshPolicy refresh = RefreshPolicy.NONE;
  private RefreshBlocking blocking = RefreshBlocking.BANK;
  private String mapping = AddressMapping.BANK_INTERLEAVED;
  private boolean bankHash;

  private Controllers() {}

  /** As described. */
  public static Controllers usual() {
    return new Controllers();
  }

  /** So many reads and as many writes. */
  public Controllers queue(int entries) {
    queue = entries;
    return this;
  }

  /** Closes rows after so many bursts. */
  public Controllers closesAfter(int bursts) {
    return page(PagePolicy.CLOSED, bursts);
  }

  /** Closes rows, or not, after so many bursts. */
  public Controllers page(PagePolicy policy, int bursts) {
    page = policy;
    pageHits = bursts;
    return this;
  }

  /** Refreshes. */
  public Controllers refresh(RefreshPolicy policy) {
    refresh = policy;
    return this;
  }

  /** A refresh that is due keeps the whole channel waiting. */
  public Controllers blocksChannel() {
    blocking = RefreshBlocking.CHANNEL;
    return this;
  }

  /** Orders the address fields. */
  public Controllers mapping(String order) {
    mapping = order;
    return this;
  }

  /** Hashes banks with rows. */
  public Controllers hashed() {
    bankHash = true;
    return this;
  }

  /** The controller. */
  public ControllerSpec spec() {
    return ControllerSpec.usual(mapping)
        .queues(queue, queue)
        .page(page, pageHits)
        .refresh(refresh)
        .blocking(blocking)
        .mapping(mapping, bankHash)
        .build();
  }
}
