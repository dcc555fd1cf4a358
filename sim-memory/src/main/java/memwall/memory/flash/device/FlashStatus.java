package memwall.memory.flash.device;

/**
 * How a request ended; the codes of OCP HBF 0.7, tables 12 and 13, in words. The later stands for
 * several that ended differently.
 */
public enum FlashStatus {
  /** Served. */
  DONE,
  /** Served, but the block has been read too often or is too worn: refresh it soon (CECC, 0x5). */
  REFRESH_SOON,
  /** Sensed, but the data are older than their retention at the temperatures they saw. */
  EXPIRED,
  /** More errors than the code corrects, after all retries (UECC, 0x4). */
  UNCORRECTABLE,
  /** A read of a page that holds no data (0x7). */
  ERASED_PAGE,
  /** A page was left out, or one was written twice (0x6). */
  WRITE_ORDER,
  /** The page could not be programmed; the block has to be written anew from page 0 (0x7). */
  PROGRAM_FAILED,
  /** The block is bad and has been retired (0x1, 0x8). */
  RETIRED,
  /** Refused: the device has got too hot and stopped (0x9). */
  SHUT_DOWN;

  /** Whether the data of a read or write are valid. */
  public boolean isGood() {
    return this == DONE || this == REFRESH_SOON;
  }
}
