package memwall.memory.flash.device;

/**
 * How a flash device is built: channels with their own dies, dies of planes (banks in the words of
 * OCP HBF 0.7), planes of blocks, blocks of pages. Channels share no die.
 *
 * @param channels independent host channels, 1 or more
 * @param diesPerChannel dies behind each, 1 or more
 * @param planesPerDie planes of a die, each senses a page on its own, 1 or more
 * @param blocksPerPlane blocks of a plane, units of erasing, 1 or more
 * @param pagesPerBlock pages of a block, programmed in order, 1 or more
 * @param pageBytes page size, unit of sensing and programming, 1 or more
 */
public record FlashGeometry(
    int channels,
    int diesPerChannel,
    int planesPerDie,
    int blocksPerPlane,
    int pagesPerBlock,
    int pageBytes) {

  /** Most planes of a device, so that all arrays stay small. */
  public static final int MOST_PLANES = 1 << 20;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is below 1, there are more than {@link
   *     #MOST_PLANES} planes, or the pages of a plane do not fit 31 bits
   */
  public FlashGeometry {
    if (channels < 1 || diesPerChannel < 1 || planesPerDie < 1) {
      throw new IllegalArgumentException("channels, dies and planes must be at least 1");
    }
    if (blocksPerPlane < 1 || pagesPerBlock < 1 || pageBytes < 1) {
      throw new IllegalArgumentException("blocks, pages and page size must be at least 1");
    }
    if ((double) channels * diesPerChannel * planesPerDie > MOST_PLANES) {
      throw new IllegalArgumentException("more than " + MOST_PLANES + " planes");
    }
    if ((long) blocksPerPlane * pagesPerBlock > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("more than 2^31 - 1 pages in a plane");
    }
  }

  /** Planes of the device. */
  public int planes() {
    return channels * planesPerChannel();
  }

  /** Planes behind one channel. */
  public int planesPerChannel() {
    return diesPerChannel * planesPerDie;
  }

  /** Dies of the device. */
  public int dies() {
    return channels * diesPerChannel;
  }

  /** Pages of a plane. */
  public int pagesPerPlane() {
    return blocksPerPlane * pagesPerBlock;
  }

  /** Pages of the device. */
  public long pages() {
    return (long) planes() * pagesPerPlane();
  }

  /** Bytes of the device. */
  public long capacityBytes() {
    return Math.multiplyExact(pages(), pageBytes);
  }

  /** Number of a plane; planes of a die follow each other, dies of a channel likewise. */
  public int plane(int channel, int die, int plane) {
    return (channel * diesPerChannel + die) * planesPerDie + plane;
  }
}
