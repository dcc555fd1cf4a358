package memwall.memory.flash.ftl;

/** One list in the order in which the blocks were filled. */
final class FifoVictims implements Victims {
  private final BlockLists list;
  private int size;

  FifoVictims(int blocks) {
    list = new BlockLists(1, blocks);
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
    return list.head(0);
  }

  @Override
  public int size() {
    return size;
  }
}
