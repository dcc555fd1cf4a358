package memwall.memory.flash.host;

import memwall.memory.flash.device.FlashGeometry;

/**
 * The block that an address of a channel lies in, and the addresses that write it anew: the
 * arithmetic of OCP HBF 0.7, 5.7, in its names.
 *
 * @param block B1, number of the block in its bank
 * @param bank number of the bank (plane) in the channel
 * @param page P1, the page's place in the stripe of blocks of that number over all banks
 * @param firstUnit L2, device logical unit (4 KiB page of the channel) of the block's page 0
 * @param strideUnits R5, distance of units that follow each other in the block
 * @param units R3, pages of the block
 */
public record BlockAddress(
    long block, int bank, long page, long firstUnit, int strideUnits, int units) {
  /** Bytes of the smallest access, the unit of a channel's addresses. */
  public static final int ACCESS_BYTES = 64;

  /**
   * The block of an address.
   *
   * @param address A1, counted in 64 bytes through the channel
   * @throws IndexOutOfBoundsException if the channel has no such address
   */
  public static BlockAddress of(FlashGeometry geometry, long address) {
    int banks = geometry.planesPerChannel(); // R1 x R2
    int pages = geometry.pagesPerBlock(); // R3
    int accesses = geometry.pageBytes() / ACCESS_BYTES; // R4
    long unit = address / accesses;
    if (address < 0 || unit >= (long) banks * geometry.pagesPerPlane()) {
      throw new IndexOutOfBoundsException("no address " + address + " in the channel");
    }
    long stripe = (long) banks * pages;
    long block = unit / stripe;
    long page = unit % stripe;
    int bank = (int) (page % banks);
    return new BlockAddress(block, bank, page, block * stripe + bank, banks, pages);
  }

  /** The device logical unit of a page of the block. */
  public long unit(int row) {
    return firstUnit + (long) row * strideUnits;
  }

  /** The page's number in the block: how many pages before it a replay has to write. */
  public int row() {
    return (int) (page / strideUnits);
  }
}
