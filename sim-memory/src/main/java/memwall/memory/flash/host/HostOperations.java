package memwall.memory.flash.host;

/**
 * What the host has a device do; the memory model carries it out, in order in each plane. Data that
 * are moved may be read and programmed at the pace of the device, as long as that order is kept,
 * for where they were may be written again at once. Pages are those of a zone; {@link
 * ExtentStore#plane} and {@link ExtentStore#pageOfPlane} say where they lie at that moment. Must
 * not call the store back.
 */
public interface HostOperations {
  /** Carries everything out at no cost and never fails. */
  HostOperations SILENT =
      new HostOperations() {
        @Override
        public void read(int zone, int page, int pages, WriteCause cause) {}

        @Override
        public int program(
            int zone, int page, int pages, int step, int extent, long data, WriteCause cause) {
          return pages;
        }
      };

  /**
   * Reads pages that follow each other, to write them elsewhere. What flash has lost of them comes
   * from the host's own copy.
   */
  void read(int zone, int page, int pages, WriteCause cause);

  /**
   * Programs pages; page 0 of a block erases it.
   *
   * @param page the first
   * @param pages how many
   * @param step from one page to the next: 1, or the zone's width for those of one block
   * @param extent whose data they are
   * @param data which: number of the first page in the extent's part of that die set; the next ones
   *     are {@code step} apart
   * @return how many were programmed before one failed; {@code pages} if none did. A device that
   *     only knows later answers {@code pages} and calls {@link ExtentStore#programFailed} then
   */
  int program(int zone, int page, int pages, int step, int extent, long data, WriteCause cause);
}
