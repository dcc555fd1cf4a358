package memwall.memory.flash.host;

import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;
import java.util.Objects;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.host.Extent.Part;
import org.jspecify.annotations.Nullable;

/**
 * The zones of a device with what they hold: moves data from zone to zone when they are old, read
 * too often, rest on little worn blocks or have lost a block.
 */
final class Zones {
  private static final int NONE = ZonePool.NONE;

  final ZoneMap map;
  final HostCounts counts = new HostCounts();
  final ZonePool[] pools;
  final ZoneWriter writer;
  final ZoneReads reads;

  // Of each zone: pages written, whose data, which zone of that part.
  final int[] written;
  final int[] extentOf;
  final int[] segmentOf;

  private final HostSpec spec;
  private final FlashWear wear;
  private final Aging aging;
  private final HostOperations operations;
  private final Extents extents;
  private final boolean[] isScattered;

  /** Zones to be written anew at the next occasion, in order, and why. */
  private final IntArrayFIFOQueue urgent = new IntArrayFIFOQueue();

  private final @Nullable WriteCause[] urgentCause;
  private double nowS;
  private double agedS;
  private double celsius;

  Zones(
      FlashGeometry geometry,
      FlashWear wear,
      HostSpec spec,
      HostOperations operations,
      Extents extents) {
    this.spec = spec;
    this.wear = wear;
    this.operations = operations;
    this.extents = extents;
    map = new ZoneMap(geometry, spec.diesPerZone(), spec.spareBlocks());
    if (spec.reservedZones() >= map.zonesPerSet()) {
      throw new IllegalArgumentException(
          spec.reservedZones() + " zones in reserve of " + map.zonesPerSet());
    }
    aging = Aging.of(wear);
    celsius = wear.retentionCelsius();
    pools = new ZonePool[map.dieSets()];
    writer = new ZoneWriter(map, pools, spec, wear, operations, counts);
    for (int set = 0; set < pools.length; set++) {
      pools[set] =
          new ZonePool(
              map.zonesPerSet(),
              spec.levellingThreshold(),
              wear.endurance(),
              new Levelling(set * map.zonesPerSet()));
    }
    reads = new ZoneReads(map.zones(), map.width());
    written = new int[map.zones()];
    extentOf = new int[map.zones()];
    segmentOf = new int[map.zones()];
    isScattered = new boolean[map.zones()];
    urgentCause = new WriteCause[map.zones()];
    Arrays.fill(extentOf, NONE);
  }

  /** What the pool of a die set wants done with its zones. */
  private final class Levelling implements ZonePool.Mover {
    private final int first;

    Levelling(int first) {
      this.first = first;
    }

    @Override
    public boolean opened(int zone) {
      reads.reset(first + zone);
      if (writer.opened(first + zone)) {
        return true;
      }
      scatter(first + zone);
      return false;
    }

    @Override
    public void move(int from, int to) {
      relocate(first + from, first + to, WriteCause.SWAP);
    }

    @Override
    public void rewrite(int zone) {
      rewriteErased(first + zone, WriteCause.SWAP);
    }
  }

  /** Whether data of a zone are older than data last. */
  boolean isExpired(int zone) {
    double aged = agedS - pool(zone).openedAgedS(map.blockNumber(zone));
    return aged > wear.retentionS();
  }

  ZonePool pool(int zone) {
    return pools[map.dieSet(zone)];
  }

  /** A zone holds nothing any more. */
  void release(int zone) {
    counts.invalidated += written[zone] - writer.lostPages(zone, written[zone]);
    written[zone] = 0;
    extentOf[zone] = NONE;
    urgentCause[zone] = null;
    if (writer.freshPages(map.dieSet(zone)) == 0) {
      pool(zone).retire(map.blockNumber(zone)); // No plane of its die set is left.
    } else if (writer.mend(zone)) {
      pool(zone).release(map.blockNumber(zone));
    } else {
      scatter(zone);
    }
  }

  /** A zone in use lacks a block, and no spare can stand in: its other blocks become spares. */
  private void scatter(int zone) {
    isScattered[zone] = true;
    writer.scatter(zone);
    pool(zone).retire(map.blockNumber(zone));
  }

  /**
   * Writes the data of a zone elsewhere.
   *
   * @param opened a zone opened for them; none: one is opened
   * @return false if there is no room: they stay where they are
   */
  boolean relocate(int zone, int opened, WriteCause cause) {
    int id = extentOf[zone];
    Extent extent = extents.get(id);
    int set = map.dieSet(zone);
    Part part = extent.parts[set - extent.firstSet];
    int base = set * map.zonesPerSet();
    long start = part.starts[segmentOf[zone]];
    IntArrayList targets = new IntArrayList(1);
    int next = opened;
    int done = 0;
    while (done < written[zone]) {
      int to = next;
      next = NONE;
      if (to == NONE) {
        boolean mayLevel = opened == NONE && done == 0;
        int local = mayLevel ? pools[set].open() : pools[set].openAny();
        if (extentOf[zone] == NONE) {
          // Levelling has just moved these very data.
          if (local != NONE) {
            pools[set].release(local);
          }
          return true;
        }
        if (local == NONE) {
          break;
        }
        to = base + local;
      }
      int some = Math.min(writer.roomPages(to), written[zone] - done);
      operations.read(zone, done, some, cause);
      int good = writer.write(to, 0, some, id, start + done, cause);
      written[to] = good;
      if (good < some) {
        release(to);
      } else {
        done += good;
        targets.add(to);
      }
    }
    if (done < written[zone]) {
      for (int to : targets) {
        release(to);
      }
      if (next != NONE) {
        release(next);
      }
      return false;
    }
    replace(id, part, segmentOf[zone], targets);
    counts.restoredPages += writer.lostPages(zone, written[zone]);
    release(zone);
    return true;
  }

  private void replace(int id, Part part, int at, IntArrayList targets) {
    long start = part.starts[at];
    for (int i = 0; i < targets.size(); i++) {
      int to = targets.getInt(i);
      extentOf[to] = id;
      segmentOf[to] = at + i;
      if (i == 0) {
        part.zones[at] = to;
      } else {
        part.insert(at + i, to, start);
      }
      start += written[to];
    }
    for (int i = at + targets.size(); targets.size() > 1 && i < part.count; i++) {
      segmentOf[part.zones[i]] = i;
    }
  }

  /** Writes a zone anew in place, through the host's memory. */
  private boolean rewriteInPlace(int zone, WriteCause cause) {
    ZonePool pool = pool(zone);
    if (!pool.canErase(map.blockNumber(zone)) || writer.hasGap(zone)) {
      return false;
    }
    pool.restart(map.blockNumber(zone));
    rewriteErased(zone, cause);
    return true;
  }

  private void rewriteErased(int zone, WriteCause cause) {
    operations.read(zone, 0, written[zone], cause);
    counts.invalidated += written[zone] - writer.lostPages(zone, written[zone]);
    writer.erased(zone);
    reads.reset(zone);
    Extent extent = extents.get(extentOf[zone]);
    Part part = extent.parts[map.dieSet(zone) - extent.firstSet];
    writer.rewrite(zone, written[zone], extentOf[zone], part.starts[segmentOf[zone]], cause);
    if (writer.hasGap(zone)) {
      demand(zone, WriteCause.REPLAY);
    }
  }

  // Maintenance --------------------------------------------------------------------------------

  /** See {@link ExtentStore}, as for all of these. */
  void advanceTo(double nowS, double celsius) {
    if (!(nowS >= this.nowS)) {
      throw new IllegalArgumentException("back from " + this.nowS + " s to " + nowS + " s");
    }
    agedS += (nowS - this.nowS) * aging.accelerationFactor(celsius);
    this.nowS = nowS;
    this.celsius = celsius;
    for (ZonePool pool : pools) {
      pool.setTime(nowS, agedS);
    }
  }

  void demand(int zone, WriteCause cause) {
    if (urgentCause[zone] == null) {
      urgent.enqueue(zone);
    }
    urgentCause[zone] = cause;
  }

  /**
   * When a zone has to be written anew if the temperature stays and nothing else happens; the
   * present or before if there is one now, infinite if never.
   */
  double nextDueS() {
    double due = urgent.isEmpty() ? Double.POSITIVE_INFINITY : nowS;
    for (ZonePool pool : pools) {
      if (pool.oldest() != NONE) {
        due = Math.min(due, dueS(pool, pool.oldest()));
      }
    }
    return due;
  }

  private double dueS(ZonePool pool, int zone) {
    double left = spec.retentionShare() * wear.retentionS() - (agedS - pool.openedAgedS(zone));
    double due = nowS + left / aging.accelerationFactor(celsius);
    return spec.refreshS() == 0 ? due : Math.min(due, pool.openedS(zone) + spec.refreshS());
  }

  /**
   * Writes one zone anew that has to be: those with lost blocks or too many reads first, else the
   * oldest that is due.
   *
   * @return whether one was; if not, none has to be, or there is no room for any
   */
  boolean maintain() {
    for (int left = urgent.size(); left > 0; left--) {
      int zone = urgent.dequeueInt();
      WriteCause cause = urgentCause[zone];
      urgentCause[zone] = null;
      if (cause == null || extentOf[zone] == NONE || !isStill(zone, cause)) {
        continue;
      }
      if (renew(zone, cause)) {
        return true;
      }
      demand(zone, cause);
    }
    for (int set = 0; set < pools.length; set++) {
      ZonePool pool = pools[set];
      for (int zone = pool.oldest(); zone != NONE; zone = pool.newer(zone)) {
        if (dueS(pool, zone) > nowS) {
          break;
        }
        if (renew(set * map.zonesPerSet() + zone, WriteCause.AGE)) {
          return true;
        }
        counts.postponed++;
        if (!pool.isUsed(zone)) {
          break; // Levelling moved it and then found no more room.
        }
      }
    }
    return false;
  }

  private boolean isStill(int zone, WriteCause cause) {
    return switch (cause) {
      case READS -> reads.reads(zone) > 0;
      case REPLAY -> writer.hasGap(zone);
      case HOST, AGE, SWAP -> true;
    };
  }

  private boolean renew(int zone, WriteCause cause) {
    return relocate(zone, NONE, cause) || rewriteInPlace(zone, cause);
  }

  /**
   * Spreads the times at which zones were written evenly over the past, so that a short run sees
   * the refreshes of a long one.
   *
   * @param oldestS age of the oldest, 0 or more
   */
  void spreadAges(double oldestS) {
    double factor = aging.accelerationFactor(celsius);
    for (ZonePool pool : pools) {
      int index = 0;
      for (int zone = pool.oldest(); zone != NONE; zone = pool.newer(zone)) {
        double age = oldestS * (pool.used() - index) / pool.used();
        pool.backdate(zone, nowS - age, agedS - age * factor);
        index++;
      }
    }
  }

  // Faults that a device reports later ---------------------------------------------------------

  /**
   * A program failed that had seemed to be taken: the block is written anew from its page 0, in
   * place or elsewhere (OCP HBF 0.7, 11.5.2.7).
   */
  void programFailed(int zone, int page) {
    if (extentOf[zone] == NONE || writer.isGap(zone, column(zone, page))) {
      return;
    }
    if (!writer.replayWritten(zone, page, written[zone], extentOf[zone], start(zone))) {
      demand(zone, WriteCause.REPLAY);
    }
  }

  private long start(int zone) {
    Extent extent = extents.get(extentOf[zone]);
    return extent.parts[map.dieSet(zone) - extent.firstSet].starts[segmentOf[zone]];
  }

  int column(int zone, int page) {
    int[] columns = writer.columns(zone);
    return columns[page % columns.length];
  }

  /** The block of a page is retired with its data: its zone is written anew as soon as possible. */
  void blockLost(int zone, int page) {
    if (extentOf[zone] != NONE) {
      int before = writer.lostPages(zone, written[zone]);
      writer.lose(zone, column(zone, page));
      counts.invalidated += writer.lostPages(zone, written[zone]) - before;
      demand(zone, WriteCause.REPLAY);
    }
  }

  /** The device asks to write a zone anew soon: reads, or many errors. */
  void refreshSoon(int zone) {
    if (extentOf[zone] != NONE) {
      demand(zone, WriteCause.READS);
    }
  }

  /**
   * A bank, die or channel is lost for good, with what it held; zones of its die set are narrower
   * from now on. What was lost is written anew from the host's own copy.
   *
   * @param plane of the device, in what is lost
   */
  void retire(RetirementLevel level, int plane) {
    FlashGeometry geometry = map.geometry();
    Objects.checkIndex(plane, geometry.planes());
    int planes =
        switch (level) {
          case BLOCK ->
              throw new IllegalArgumentException("single blocks are lost by their zone and page");
          case BANK -> 1;
          case DIE -> geometry.planesPerDie();
          case CHANNEL -> geometry.planesPerChannel();
        };
    int first = plane / planes * planes;
    for (int lost = first; lost < first + planes; lost++) {
      retirePlane(lost / map.width(), lost % map.width());
    }
  }

  private void retirePlane(int set, int column) {
    int first = set * map.zonesPerSet();
    boolean wasThere = Arrays.stream(writer.working(set)).anyMatch(other -> other == column);
    if (!wasThere) {
      return;
    }
    long before = lostPages(set);
    writer.loseColumn(set, column, zone -> !isScattered[zone]);
    counts.invalidated += lostPages(set) - before;
    for (int zone = first; zone < first + map.zonesPerSet(); zone++) {
      if (extentOf[zone] != NONE && writer.isGap(zone, column)) {
        demand(zone, WriteCause.REPLAY);
      }
    }
    if (writer.working(set).length == 0) {
      pools[set].retireFree();
    }
  }

  private long lostPages(int set) {
    long lost = 0;
    int first = set * map.zonesPerSet();
    for (int zone = first; zone < first + map.zonesPerSet(); zone++) {
      lost += writer.lostPages(zone, written[zone]);
    }
    return lost;
  }

  // Reports ------------------------------------------------------------------------------------

  double nowS() {
    return nowS;
  }

  double celsius() {
    return celsius;
  }

  FlashWear wear() {
    return wear;
  }

  HostSpec spec() {
    return spec;
  }

  boolean isScattered(int zone) {
    return isScattered[zone];
  }

  long stateBytes() {
    long bytes = 18L * map.zones() + reads.stateBytes() + writer.stateBytes();
    for (ZonePool pool : pools) {
      bytes += pool.stateBytes();
    }
    return bytes;
  }
}
