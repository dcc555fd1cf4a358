package memwall.memory.flash.ftl;

/** Compares all full blocks by what is gained against what is moved. */
final class CostBenefitVictims implements Victims {
  private final BlockLists list;
  private final int[] valid;
  private final long[] filledAt;
  private final HostPages host;
  private final int pagesPerBlock;
  private int size;

  CostBenefitVictims(FtlSpec spec, int[] valid, long[] filledAt, HostPages host) {
    this.list = new BlockLists(1, spec.blocks());
    this.valid = valid;
    this.filledAt = filledAt;
    this.host = host;
    this.pagesPerBlock = spec.pagesPerBlock();
  }

  @Override
  public void add(int block) {
    list.append(0, block);
    size++;
  }

  @Override
  public void remove(int block) {
    list.remove(0, block);
    size--;
  }

  @Override
  public void lessValid(int block) {}

  @Override
  public int choose() {
    int best = list.head(0);
    double most = -1;
    long now = host.count();
    for (int block = best; block != BlockLists.NONE; block = list.next(block)) {
      // One page more of age, so that a block that was just filled still counts by its space.
      double age = now - filledAt[block] + 1;
      double worth = (pagesPerBlock - valid[block]) * age / (2.0 * valid[block]);
      if (worth > most) { // Infinite without valid pages: the first such is taken.
        best = block;
        most = worth;
      }
    }
    return best;
  }

  @Override
  public int size() {
    return size;
  }
}
