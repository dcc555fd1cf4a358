package memwall.workloads.serving;

import it.unimi.dsi.fastutil.longs.Long2IntLinkedOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongLinkedOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongList;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that prompts begin with: how often each was seen, which are stored, and which of those
 * nobody uses. A block's id stands for all that comes before it too, so equal ids are equal
 * prefixes. Of blocks that are not stored, those seen last are remembered.
 */
final class PrefixIndex {
  /** Blocks not stored whose uses are remembered. */
  static final int REMEMBERED = 1 << 20;

  /** A block in the second memory. */
  static final class Block {
    final long id;

    /** Whether its last byte is stored; until then nobody reads it. */
    boolean stored;

    /** Running sequences that read it. */
    int readers;

    Block(long id) {
      this.id = id;
    }
  }

  private final Long2IntLinkedOpenHashMap uses = new Long2IntLinkedOpenHashMap();
  private final Long2ObjectOpenHashMap<Block> blocks = new Long2ObjectOpenHashMap<>();

  /** Stored blocks without readers, the longest unused first; of a prefix the last block first. */
  private final LongLinkedOpenHashSet idle = new LongLinkedOpenHashSet();

  /** A request begins with such blocks. */
  void seen(LongList ids, int count) {
    for (int i = 0; i < count; i++) {
      long id = ids.getLong(i);
      int before = uses.getAndMoveToLast(id);
      uses.put(id, before + 1);
      if (uses.size() > REMEMBERED) {
        uses.removeFirstInt();
      }
    }
  }

  /** How often a block was seen, as far as is remembered. */
  int uses(long id) {
    return uses.get(id);
  }

  /** The block in the second memory, stored or being written; null if it is not there. */
  @Nullable Block block(long id) {
    return blocks.get(id);
  }

  /** How many blocks at the beginning are stored. */
  int storedBlocks(LongList ids, int count) {
    for (int i = 0; i < count; i++) {
      Block block = blocks.get(ids.getLong(i));
      if (block == null || !block.stored) {
        return i;
      }
    }
    return count;
  }

  /** A block is being written. */
  Block write(long id) {
    Block block = new Block(id);
    blocks.put(id, block);
    return block;
  }

  /** A block is stored; nobody reads it yet. */
  void stored(Block block) {
    block.stored = true;
    idle.addAndMoveToLast(block.id);
  }

  /** A sequence reads a stored block from now on. */
  void read(Block block) {
    if (block.readers++ == 0) {
      idle.remove(block.id);
    }
  }

  /** A sequence does so no longer. */
  void leave(Block block) {
    if (--block.readers == 0) {
      idle.addAndMoveToLast(block.id);
    }
  }

  /** Forgets the stored block that has been without readers for longest; false if all have some. */
  boolean evict() {
    if (idle.isEmpty()) {
      return false;
    }
    blocks.remove(idle.removeFirstLong());
    return true;
  }

  /** Blocks stored or being written. */
  int size() {
    return blocks.size();
  }
}
