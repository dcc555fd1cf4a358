package memwall.memory.flash.host;

import java.util.Arrays;
import java.util.Locale;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.law.ReadDisturb;

/**
 * Years of wear, zone by zone: every time that a zone is filled by the host, refreshed because of
 * its age or of reads, or moved to level wear is an event. Extents go round over all die sets, so
 * that one die set stands for all of them. Allocation and levelling are those of {@link
 * ExtentStore}.
 *
 * <p>Loads are rounded to whole zones of each die set.
 */
public final class WearSimulation {
  private static final int NONE = ZonePool.NONE;
  private static final double SECONDS_PER_YEAR = 365.25 * 86_400;

  private final ZoneMap map;
  private final ZonePool pool;

  /** Zone of each slot of data, resting ones first; slot of each zone or none. */
  private final int[] zoneOf;

  private final int[] slotOf;
  private final int resting;
  private final double fillS;
  private final double intervalSeconds;
  private final boolean isAge;

  private long hostZones;
  private long refreshedZones;
  private long swappedZones;
  private double nowS;

  /**
   * A new device, on which the data that rests has just been written.
   *
   * @throws IllegalArgumentException if the data does not fit
   */
  public WearSimulation(FlashGeometry geometry, FlashWear wear, HostSpec spec, WearLoad load) {
    map = new ZoneMap(geometry, spec.diesPerZone(), spec.spareBlocks());
    resting = zones(load.restingBytes());
    int passing = zones(load.passingBytes());
    if (resting + passing + spec.reservedZones() > map.zonesPerSet()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d + %d zones of data and %d in reserve; a die set has %d",
              resting,
              passing,
              spec.reservedZones(),
              map.zonesPerSet()));
    }
    pool =
        new ZonePool(map.zonesPerSet(), spec.levellingThreshold(), wear.endurance(), new Moves());
    zoneOf = new int[resting + passing];
    slotOf = new int[map.zonesPerSet()];
    Arrays.fill(zoneOf, NONE);
    Arrays.fill(slotOf, NONE);
    fillS =
        passing == 0
            ? Double.POSITIVE_INFINITY
            : (double) map.zoneBytes() * map.dieSets() / load.writeBytesPerSec();
    double ageS = spec.refreshS(wear, load.celsius());
    double readsS = readsIntervalSeconds(geometry, spec, load);
    isAge = ageS <= readsS;
    intervalSeconds = Math.min(ageS, readsS);
    for (int slot = 0; slot < resting; slot++) {
      // As if they had been written one after the other over an interval.
      int zone = write(slot);
      if (intervalSeconds < Double.POSITIVE_INFINITY) {
        double age = intervalSeconds * (resting - slot) / resting;
        pool.backdate(zone, -age, -age);
      }
    }
    if (load.writeBytesPerSec() == 0) {
      // What passes stands still.
      for (int slot = resting; slot < zoneOf.length; slot++) {
        write(slot);
      }
    }
  }

  private int zones(long bytes) {
    return (int) Math.round((double) bytes / map.zoneBytes() / map.dieSets());
  }

  private double readsIntervalSeconds(FlashGeometry geometry, HostSpec spec, WearLoad load) {
    if (load.readBytesPerSec() == 0
        || load.liveBytes() == 0
        || spec.readLimit() == Integer.MAX_VALUE) {
      return Double.POSITIVE_INFINITY;
    }
    return new ReadDisturb(
            load.liveBytes(), geometry.pageBytes(), geometry.pagesPerBlock(), spec.readLimit())
        .refreshSeconds(load.readBytesPerSec());
  }

  /** Levelling. */
  private final class Moves implements ZonePool.Mover {
    @Override
    public boolean opened(int zone) {
      return true;
    }

    @Override
    public void move(int from, int to) {
      swappedZones++;
      WearSimulation.this.move(from, to);
    }

    @Override
    public void rewrite(int zone) {
      swappedZones++;
    }
  }

  private void move(int from, int to) {
    int slot = slotOf[from];
    slotOf[from] = NONE;
    slotOf[to] = slot;
    zoneOf[slot] = to;
    pool.release(from);
  }

  /** The host fills a zone with the data of a slot; none if there is no zone. */
  private int write(int slot) {
    int old = zoneOf[slot];
    if (old != NONE) {
      slotOf[old] = NONE;
      zoneOf[slot] = NONE;
      pool.release(old);
    }
    int zone = pool.open();
    if (zone != NONE) {
      zoneOf[slot] = zone;
      slotOf[zone] = slot;
      hostZones++;
    }
    return zone;
  }

  private boolean refresh(int zone) {
    int to = pool.open();
    if (slotOf[zone] == NONE) {
      // Levelling has just moved these very data.
      if (to != NONE) {
        pool.release(to);
      }
      return true;
    }
    if (to == NONE) {
      return false;
    }
    move(zone, to);
    refreshedZones++;
    return true;
  }

  /**
   * What came of it.
   *
   * @param years that were simulated; if it is worn out, that it lasted
   * @param isWornOut whether there was no zone left to write to
   * @param written bytes by cause
   * @param leastErases of the zone with the fewest, of those not worn out
   * @param meanErases mean of those
   * @param mostErases of the zone with the most
   * @param deviation standard deviation
   * @param events zones written
   */
  public record Outcome(
      double years,
      boolean isWornOut,
      WearReport.Written written,
      int leastErases,
      double meanErases,
      int mostErases,
      double deviation,
      long events) {}

  /**
   * Goes on for so many years more, or until the device is worn out.
   *
   * @param years 0 or more
   */
  public Outcome run(double years) {
    double endS = nowS + years * SECONDS_PER_YEAR;
    boolean isWornOut = false;
    int passing = zoneOf.length - resting;
    long filled = fillS == Double.POSITIVE_INFINITY ? 0 : hostZones - resting;
    while (!isWornOut) {
      double hostS = fillS == Double.POSITIVE_INFINITY ? fillS : filled * fillS;
      int oldest = pool.oldest();
      double dueS =
          oldest == NONE ? Double.POSITIVE_INFINITY : pool.openedS(oldest) + intervalSeconds;
      if (!(Math.min(hostS, dueS) < endS)) {
        nowS = endS;
        break;
      }
      nowS = Math.min(hostS, dueS);
      pool.setTime(nowS, nowS);
      if (hostS <= dueS) {
        isWornOut = write(resting + (int) (filled % passing)) == NONE;
        filled++;
      } else {
        isWornOut = !refresh(oldest);
      }
    }
    return outcome(isWornOut);
  }

  private Outcome outcome(boolean isWornOut) {
    long setBytes = map.zoneBytes() * map.dieSets();
    WearReport.Written written =
        new WearReport.Written(
            hostZones * setBytes,
            isAge ? refreshedZones * setBytes : 0,
            isAge ? 0 : refreshedZones * setBytes,
            swappedZones * setBytes,
            0);
    WearSpread spread = pool.spread();
    double mean = spread.size() == 0 ? 0 : (double) spread.sum() / spread.size();
    double squares = spread.size() == 0 ? 0 : (double) spread.squares() / spread.size();
    return new Outcome(
        nowS / SECONDS_PER_YEAR,
        isWornOut,
        written,
        spread.least(),
        mean,
        spread.most(),
        StrictMath.sqrt(Math.max(0, squares - mean * mean)),
        pool.opened());
  }

  /** Times that a zone of each die set was erased. */
  public int zoneErases(int zone) {
    return pool.erases(zone);
  }
}
