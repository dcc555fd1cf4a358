package memwall.memory.flash.ftl;

/** A list of blocks for every number of valid pages: everything takes O(1), amortised. */
final class GreedyVictims implements Victims {
  private final BlockLists lists;
  private final int[] valid;
  private final int mostValid;
  private int size;

  /** No list below this one has a block. */
  private int least;

  GreedyVictims(FtlSpec spec, int[] valid) {
    this.lists = new BlockLists(spec.pagesPerBlock() + 1, spec.blocks());
    this.valid = valid;
    this.mostValid = spec.pagesPerBlock();
    this.least = mostValid;
  }

  @Override
  public void add(int block) {
    lists.append(valid[block], block);
    least = Math.min(least, valid[block]);
    size++;
  }

  @Override
  public void remove(int block) {
    lists.remove(valid[block], block);
    size--;
  }

  @Override
  public void lessValid(int block) {
    int now = valid[block];
    lists.remove(now + 1, block);
    lists.append(now, block);
    least = Math.min(least, now);
  }

  @Override
  public int choose() {
    if (size == 0) {
      return BlockLists.NONE;
    }
    while (lists.head(least) == BlockLists.NONE) {
      least++;
    }
    return lists.head(least);
  }

  @Override
  public int size() {
    return size;
  }
}
