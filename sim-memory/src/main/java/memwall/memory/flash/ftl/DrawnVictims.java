package memwall.memory.flash.ftl;

import memwall.core.random.RandomStream;

/** Draws some blocks, with replacement, and takes the one with the fewest valid pages. */
final class DrawnVictims implements Victims {
  private final int[] candidates;
  private final int[] places;
  private final int[] valid;
  private final int choices;
  private final RandomStream random;
  private int size;

  DrawnVictims(FtlSpec spec, int[] valid, RandomStream random) {
    this.candidates = new int[spec.blocks()];
    this.places = new int[spec.blocks()];
    this.valid = valid;
    this.choices = spec.choices();
    this.random = random;
  }

  @Override
  public void add(int block) {
    candidates[size] = block;
    places[block] = size;
    size++;
  }

  @Override
  public void remove(int block) {
    size--;
    int last = candidates[size];
    candidates[places[block]] = last;
    places[last] = places[block];
  }

  @Override
  public void lessValid(int block) {}

  @Override
  public int choose() {
    if (size == 0) {
      return BlockLists.NONE;
    }
    int best = drawn();
    for (int i = 1; i < choices; i++) {
      int other = drawn();
      if (valid[other] < valid[best]) {
        best = other;
      }
    }
    return best;
  }

  private int drawn() {
    return candidates[(int) random.nextLong(size)];
  }

  @Override
  public int size() {
    return size;
  }
}
