package memwall.memory.flash.host;

import memwall.memory.flash.device.FlashGeometry;

/**
 * Where zones lie. A <em>die set</em> is some dies of a channel that follow each other; a
 * <em>zone</em> is the blocks of one number in all its planes. The page after page i of a zone lies
 * in the next plane, as OCP HBF 0.7 numbers a channel (5.7). The last block numbers of each plane
 * are spare blocks.
 *
 * <p>Zones are numbered through the device, die set by die set; a plane of a die set is a
 * <em>column</em>, a page number of its block a <em>row</em>.
 */
public final class ZoneMap {
  private final FlashGeometry geometry;
  private final int dieSets;
  private final int width;
  private final int zonesPerSet;

  /**
   * Divides a device into zones.
   *
   * @throws IllegalArgumentException if the dies of a channel cannot be divided into sets of so
   *     many, or spare blocks leave no zones
   */
  public ZoneMap(FlashGeometry geometry, int diesPerZone, int spareBlocks) {
    this.geometry = geometry;
    if (geometry.diesPerChannel() % diesPerZone != 0) {
      throw new IllegalArgumentException(
          "zones over "
              + diesPerZone
              + " dies in channels of "
              + geometry.diesPerChannel()
              + "; must divide them");
    }
    zonesPerSet = geometry.blocksPerPlane() - spareBlocks;
    if (zonesPerSet < 2) {
      throw new IllegalArgumentException(
          spareBlocks + " spare blocks of " + geometry.blocksPerPlane() + " leave less than 2");
    }
    width = diesPerZone * geometry.planesPerDie();
    dieSets = geometry.planes() / width;
    if ((long) geometry.planes() * geometry.blocksPerPlane() > Integer.MAX_VALUE
        || (long) width * geometry.pagesPerBlock() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("more than 2^31 - 1 blocks, or pages in a zone");
    }
  }

  /** What is divided. */
  public FlashGeometry geometry() {
    return geometry;
  }

  /** Die sets of the device. */
  public int dieSets() {
    return dieSets;
  }

  /** Planes of a die set: the columns of a zone. */
  public int width() {
    return width;
  }

  /** Zones of a die set. */
  public int zonesPerSet() {
    return zonesPerSet;
  }

  /** Zones of the device. */
  public int zones() {
    return dieSets * zonesPerSet;
  }

  /** Pages of a zone all of whose planes work. */
  public int zonePages() {
    return width * geometry.pagesPerBlock();
  }

  /** Bytes of a zone all of whose planes work. */
  public long zoneBytes() {
    return (long) zonePages() * geometry.pageBytes();
  }

  /** The die set of a zone. */
  public int dieSet(int zone) {
    return zone / zonesPerSet;
  }

  /** Number of the zone in its die set: the number of its blocks unless a spare stands in. */
  public int blockNumber(int zone) {
    return zone % zonesPerSet;
  }

  /** The first plane of a die set; its other planes follow. */
  public int firstPlane(int dieSet) {
    return dieSet * width;
  }
}
