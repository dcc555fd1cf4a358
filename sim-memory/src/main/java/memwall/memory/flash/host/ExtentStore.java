package memwall.memory.flash.host;

import java.util.Objects;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.host.Extent.Part;

/**
 * The host of a flash device: extents that are appended to, read, and freed as a whole, over zones
 * that are erased as a whole. Nothing is ever copied to gain space, so that the host's own writes
 * are amplified by exactly 1; what refresh, levelling and bad blocks write on top is counted by
 * cause ({@link WriteCause}).
 *
 * <p>The store keeps the books and says what the device has to do ({@link HostOperations}). It is
 * told the time in seconds ({@link #advanceTo}), for refresh takes days; its owner asks {@link
 * #nextDueS} and lets it {@link #maintain} one zone at a time, at its own pace. Faults that a
 * device reports later come in by {@link #programFailed}, {@link #blockLost} and {@link
 * #refreshSoon}.
 *
 * <p>A page costs nothing, a block only if it differs from its zone; a zone about 80 bytes.
 */
public final class ExtentStore {
  private static final int NONE = ZonePool.NONE;

  private final Zones zones;
  private final Extents extents = new Extents();

  // What is asked of the zones all the time.
  private final ZoneMap map;
  private final HostSpec spec;
  private final HostCounts counts;
  private final ZoneWriter writer;
  private final int[] written;

  /**
   * An empty store on a device as delivered, at time 0 and the temperature for which its retention
   * is stated.
   *
   * @throws IllegalArgumentException if the device cannot be divided as asked
   */
  public ExtentStore(
      FlashGeometry geometry, FlashWear wear, HostSpec spec, HostOperations operations) {
    zones = new Zones(geometry, wear, spec, operations, extents);
    map = zones.map;
    this.spec = spec;
    counts = zones.counts;
    writer = zones.writer;
    written = zones.written;
  }

  // Extents ------------------------------------------------------------------------------------

  /** A new, empty extent that goes round over all die sets, page by page. */
  public int create() {
    return create(0, map.dieSets());
  }

  /**
   * A new, empty extent.
   *
   * @param firstSet first of the die sets that its pages go round over
   * @param sets how many
   * @return its number; those of freed extents are used again
   */
  public int create(int firstSet, int sets) {
    Objects.checkFromIndexSize(firstSet, sets, map.dieSets());
    if (sets == 0) {
      throw new IllegalArgumentException("an extent needs a die set");
    }
    return extents.add(new Extent(firstSet, sets));
  }

  /** Pages of an extent. */
  public long pages(int extent) {
    return extents.get(extent).pages;
  }

  /**
   * Appends pages to an extent.
   *
   * @return how many; fewer if zones ran out. If blocks without spares were the reason, nothing
   *     more can be appended to it
   */
  public long append(int extent, long pages) {
    if (pages < 0) {
      throw new IllegalArgumentException(pages + " pages");
    }
    Extent to = extents.get(extent);
    long before = to.pages;
    long wanted = to.isClosed ? before : fitting(to, before + pages);
    long reached = wanted;
    for (int i = 0; i < to.parts.length; i++) {
      Part part = to.parts[i];
      appendTo(extent, to, i, to.pagesOf(i, wanted) - part.pages);
      reached = Math.min(reached, part.pages * to.parts.length + i);
    }
    to.isClosed |= reached < wanted;
    to.pages = reached;
    counts.refusedPages += pages - (reached - before);
    return reached - before;
  }

  /** The most pages up to a number that the extent can have with the zones that are free. */
  private long fitting(Extent extent, long pages) {
    long most = pages;
    for (int i = 0; i < extent.parts.length; i++) {
      Part part = extent.parts[i];
      int set = extent.firstSet + i;
      int last = part.last();
      long tail = isAppendable(last) ? writer.roomPages(last) - written[last] : 0;
      long whole = Math.max(0, zones.pools[set].free() - spec.reservedZones());
      long room = tail + whole * writer.freshPages(set);
      most = Math.min(most, (part.pages + room) * extent.parts.length + i);
    }
    return Math.max(extent.pages, most);
  }

  private boolean isAppendable(int zone) {
    return zone != NONE && !writer.hasGap(zone);
  }

  private void appendTo(int id, Extent extent, int index, long pages) {
    Part part = extent.parts[index];
    ZonePool pool = zones.pools[extent.firstSet + index];
    long left = pages;
    while (left > 0) {
      int zone = part.last();
      if (!isAppendable(zone) || written[zone] == writer.roomPages(zone)) {
        if (pool.free() <= spec.reservedZones()) {
          return;
        }
        int opened = pool.open();
        if (opened == NONE) {
          return;
        }
        zone = map.zonesPerSet() * (extent.firstSet + index) + opened;
        zones.extentOf[zone] = id;
        zones.segmentOf[zone] = part.count;
        part.insert(part.count, zone, part.pages);
      }
      int some = (int) Math.min(left, writer.roomPages(zone) - written[zone]);
      int good = writer.write(zone, written[zone], some, id, part.pages, WriteCause.HOST);
      written[zone] += good;
      part.pages += good;
      left -= good;
      if (good < some) {
        if (written[zone] == 0) {
          part.count--;
          zones.release(zone);
        } else if (!zones.relocate(zone, NONE, WriteCause.REPLAY)) {
          zones.demand(zone, WriteCause.REPLAY);
          return;
        }
      }
    }
  }

  /** Frees an extent; its zones can be used again at once. */
  public void free(int extent) {
    for (Part part : extents.get(extent).parts) {
      for (int i = 0; i < part.count; i++) {
        zones.release(part.zones[i]);
      }
    }
    extents.remove(extent);
  }

  /** Hears where pages lie. */
  @FunctionalInterface
  public interface Runs {
    /** Pages that follow each other in a zone. */
    void run(int zone, int page, int pages);
  }

  /**
   * Reads pages of an extent: counts the reads of their blocks and says where they are.
   *
   * @param runs hears of the pages that flash has; what it has lost is left out
   * @return the worst that the host knows of them: {@link FlashStatus#ERASED_PAGE} if some were
   *     never written, {@link FlashStatus#RETIRED} if blocks are lost, {@link FlashStatus#EXPIRED}
   *     if data are older than they last, {@link FlashStatus#REFRESH_SOON} if a block was read too
   *     often
   */
  public FlashStatus read(int extent, long first, long pages, Runs runs) {
    if (first < 0 || pages < 0) {
      throw new IllegalArgumentException(pages + " pages from " + first);
    }
    Extent from = extents.get(extent);
    long end = Math.min(from.pages, first + pages);
    FlashStatus worst = FlashStatus.DONE;
    if (end < first + pages) {
      counts.erasedReads += first + pages - Math.max(first, end);
      worst = FlashStatus.ERASED_PAGE;
    }
    for (int i = 0; i < from.parts.length && first < end; i++) {
      Part part = from.parts[i];
      long page = from.pagesOf(i, first);
      long last = from.pagesOf(i, end);
      for (int at = page < last ? part.find(page) : 0; page < last; at++) {
        int zone = part.zones[at];
        int inZone = (int) (page - part.starts[at]);
        int some = (int) Math.min(last - page, written[zone] - inZone);
        worst = worse(worst, readZone(zone, inZone, some, runs));
        page += some;
      }
    }
    return worst;
  }

  private FlashStatus readZone(int zone, int page, int pages, Runs runs) {
    counts.readPages += pages;
    zones.reads.add(zone, page, pages, writer.columns(zone).length);
    FlashStatus status = FlashStatus.DONE;
    if (zones.reads.reads(zone) > spec.readLimit()) {
      zones.demand(zone, WriteCause.READS);
      status = FlashStatus.REFRESH_SOON;
    }
    if (zones.isExpired(zone)) {
      counts.expiredReads += pages;
      status = FlashStatus.EXPIRED;
    }
    if (!writer.hasGap(zone)) {
      runs.run(zone, page, pages);
      return status;
    }
    int[] columns = writer.columns(zone);
    for (int i = page; i < page + pages; i++) {
      if (writer.isGap(zone, columns[i % columns.length])) {
        counts.lostReads++;
        status = FlashStatus.RETIRED;
      } else {
        runs.run(zone, i, 1);
      }
    }
    return status;
  }

  private static FlashStatus worse(FlashStatus one, FlashStatus other) {
    return severity(one) >= severity(other) ? one : other;
  }

  private static int severity(FlashStatus status) {
    return switch (status) {
      case DONE -> 0;
      case REFRESH_SOON -> 1;
      case EXPIRED -> 2;
      case UNCORRECTABLE -> 3;
      case RETIRED -> 4;
      case ERASED_PAGE, WRITE_ORDER, PROGRAM_FAILED -> 5;
      case SHUT_DOWN -> 6;
    };
  }

  // Maintenance --------------------------------------------------------------------------------

  /**
   * The present, and the temperature since the last call.
   *
   * @throws IllegalArgumentException if that time is past
   */
  public void advanceTo(double nowS, double celsius) {
    zones.advanceTo(nowS, celsius);
  }

  /**
   * When a zone has to be written anew if the temperature stays and nothing else happens; the
   * present or before if there is one now, infinite if never.
   */
  public double nextDueS() {
    return zones.nextDueS();
  }

  /**
   * Writes one zone anew that has to be: those with lost blocks or too many reads first, else the
   * oldest that is due.
   *
   * @return whether one was; if not, none has to be, or nothing can be until something is freed
   */
  public boolean maintain() {
    return zones.maintain();
  }

  /**
   * Spreads the times at which zones were written evenly over the past, so that a short run sees
   * the refreshes of a long one.
   *
   * @param oldestS age of the oldest, 0 or more
   */
  public void spreadAges(double oldestS) {
    zones.spreadAges(oldestS);
  }

  // Faults that a device reports later ---------------------------------------------------------

  /**
   * A program failed that had seemed to be taken: the block is written anew from its page 0, in
   * place or elsewhere (OCP HBF 0.7, 11.5.2.7).
   */
  public void programFailed(int zone, int page) {
    zones.programFailed(zone, page);
  }

  /** The block of a page is retired with its data: its zone is written anew as soon as possible. */
  public void blockLost(int zone, int page) {
    zones.blockLost(zone, page);
  }

  /** The device asks to write a zone anew soon: reads, or many errors. */
  public void refreshSoon(int zone) {
    zones.refreshSoon(zone);
  }

  /**
   * A bank, die or channel is lost for good, with what it held; zones of its die set are narrower
   * from now on. What was lost is written anew from the host's own copy.
   *
   * @param plane of the device, in what is lost
   * @throws IllegalArgumentException if it is a block: see {@link #blockLost}
   */
  public void retire(RetirementLevel level, int plane) {
    zones.retire(level, plane);
  }

  // Where things are ---------------------------------------------------------------------------

  /** How the device is divided. */
  public ZoneMap map() {
    return map;
  }

  /** Columns of a zone: pages go round over so many planes. */
  public int width(int zone) {
    return writer.columns(zone).length;
  }

  /** Plane of the device in which a page of a zone lies. */
  public int plane(int zone, int page) {
    return map.firstPlane(map.dieSet(zone)) + zones.column(zone, page);
  }

  /** Number in its plane of a page of a zone. */
  public int pageOfPlane(int zone, int page) {
    int number = writer.spares().number(zone, zones.column(zone, page));
    return number * map.geometry().pagesPerBlock() + page / width(zone);
  }

  /** Pages that a zone holds. */
  public int written(int zone) {
    return written[zone];
  }

  /** Pages of a zone that flash has, those of lost blocks left out. */
  int livePages(int zone) {
    return written[zone] - writer.lostPages(zone, written[zone]);
  }

  /** Whether data of a zone are lost to flash, and wait to be written anew. */
  public boolean hasLost(int zone) {
    return writer.lostPages(zone, written[zone]) > 0;
  }

  /** Reads of the zone's block that was read most, since it was written. */
  public int reads(int zone) {
    return zones.reads.reads(zone);
  }

  /** Since when the zone's oldest data lie there, seconds; only of zones in use. */
  public double writtenS(int zone) {
    return zones.pool(zone).openedS(map.blockNumber(zone));
  }

  // Reports ------------------------------------------------------------------------------------

  /** The present, seconds. */
  public double nowS() {
    return zones.nowS();
  }

  /** What was done so far. */
  public HostCounts counts() {
    return counts;
  }

  /** What the state of the store takes, in bytes of its arrays and tables. */
  public long stateBytes() {
    return zones.stateBytes() + extents.stateBytes();
  }

  /** Zones of a die set that can be opened. */
  public int freeZones(int dieSet) {
    return zones.pools[dieSet].free();
  }

  /** Pages of a zone that is opened in a die set now. */
  public int roomPages(int dieSet) {
    return writer.freshPages(dieSet);
  }

  /** Zones that can be opened. */
  public int freeZones() {
    int free = 0;
    for (ZonePool pool : zones.pools) {
      free += pool.free();
    }
    return free;
  }

  /** Zones with data. */
  public int usedZones() {
    int used = 0;
    for (ZonePool pool : zones.pools) {
      used += pool.used();
    }
    return used;
  }

  /** Zones out of use: worn out, or lacking a block. */
  public int retiredZones() {
    int retired = 0;
    for (ZonePool pool : zones.pools) {
      retired += pool.retired();
    }
    return retired;
  }

  /** Times that a zone was erased. */
  public int zoneErases(int zone) {
    return zones.pool(zone).erases(map.blockNumber(zone));
  }

  /** Erases of all blocks, retired ones and spares too. */
  long blockErases() {
    long sum = writer.spares().spareErases() + writer.spares().retiredErases();
    for (int zone = 0; zone < map.zones(); zone++) {
      if (zones.isScattered(zone)) {
        continue;
      }
      for (int column : writer.working(map.dieSet(zone))) {
        sum += writer.isGap(zone, column) ? 0 : writer.erases(zone, column);
      }
    }
    return sum;
  }

  /** How worn the blocks are, and by what. */
  public WearReport wear() {
    return WearReport.of(zones);
  }
}
