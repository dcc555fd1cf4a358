package memwall.memory.flash.ftl;

/**
 * What a translation layer has a device do, in order. Pages and blocks are physical: page number =
 * block x pages per block + page of the block. Must not call the layer back.
 */
public interface FlashOperations {
  /** Carries everything out at no cost and never fails. */
  FlashOperations SILENT =
      new FlashOperations() {
        @Override
        public void read(int page) {}

        @Override
        public boolean program(int page, int logicalPage) {
          return true;
        }

        @Override
        public boolean copy(int fromPage, int toPage, ProgramCause cause) {
          return true;
        }

        @Override
        public boolean erase(int block) {
          return true;
        }
      };

  /** Reads a page for the host. */
  void read(int page);

  /**
   * Programs a page that the host writes; the pages of a block are programmed in order.
   *
   * @return false if the program failed: the block will be replaced and retired
   */
  boolean program(int page, int logicalPage);

  /**
   * Reads a page and programs it elsewhere.
   *
   * @return false if the program failed: the block it should go to will be replaced and retired
   */
  boolean copy(int fromPage, int toPage, ProgramCause cause);

  /**
   * Erases a block, none of whose pages is valid.
   *
   * @return false if it failed: the block is retired
   */
  boolean erase(int block);
}
