package memwall.memory.flash;

/** A memory whose devices are made of flash, and what is to be known of their blocks. */
public interface FlashBlocks {
  /** What the blocks stand. */
  FlashWear wear();

  /** Pages of a block, 1 or more; reads of any of them disturb the others. */
  int pagesPerBlock();
}
