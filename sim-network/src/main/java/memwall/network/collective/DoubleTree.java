package memwall.network.collective;

import java.util.Arrays;

/**
 * All-reduce over two binary trees that carry half of the vector each, in chunks that follow each
 * other up and down (Sanders, Speck, Traeff, "Two-tree algorithms for full bandwidth broadcast,
 * reduction and scan", Parallel Computing 2009).
 *
 * <p>In the first tree the parent of a rank is as far away as its lowest bit: odd ranks are leaves.
 * The second tree is the first one mirrored if the number of ranks is even, and shifted by one if
 * it is odd; so who has two children in one tree is a leaf in the other one, but for one rank if
 * the number is odd.
 */
final class DoubleTree {
  private static final int NONE = ScheduleWriter.NONE;

  private final Group group;
  private final ScheduleWriter writer;
  private final int[] parent;

  /** Ranks from the leaves to the root: children always before their parents. */
  private final int[] upwards;

  /** By rank, what its parent received from it last. */
  private final int[] lastUp;

  /** By rank, what it received from its parent last. */
  private final int[] lastDown;

  /** By rank, what ended the last chunk; of the root, what completed the sum. */
  private int[] received;

  private DoubleTree(Group group, boolean second) {
    this.group = group;
    writer = group.steps().writer();
    int size = group.size();
    parent = new int[size];
    upwards = new int[size];
    lastUp = none(size);
    lastDown = none(size);
    received = none(size);
    for (int i = 0; i < size; i++) {
      int above = parentOf(i, size);
      parent[name(i, size, second)] = above == NONE ? NONE : name(above, size, second);
    }
    for (int i = 0; i < size; i++) {
      lastDown[i] = ready(i);
      lastUp[i] = parent[i] == NONE ? NONE : ready(parent[i]);
    }
    int at = 0;
    for (int bit = 1; bit < size; bit *= 2) {
      for (int i = bit; i < size; i += 2 * bit) {
        upwards[at++] = name(i, size, second);
      }
    }
    upwards[at] = name(0, size, second);
  }

  /**
   * Writes the all-reduce.
   *
   * @param chunks how many pieces each half of the vector is cut into, at least 1
   */
  static void allReduce(Group group, int chunks) {
    if (group.size() == 1) {
      return;
    }
    long middle = group.begin(1, 2);
    DoubleTree first = new DoubleTree(group, false);
    DoubleTree second = new DoubleTree(group, true);
    Group lower = part(group, group.fromBytes(), middle);
    Group upper = part(group, middle, group.toBytes());
    for (int chunk = 0; chunk < chunks; chunk++) {
      first.reduceAndBroadcast(lower.begin(chunk, chunks), lower.begin(chunk + 1, chunks));
      second.reduceAndBroadcast(upper.begin(chunk, chunks), upper.begin(chunk + 1, chunks));
    }
    first.end();
    second.end();
    group.endStep();
  }

  private void end() {
    for (int i = 0; i < received.length; i++) {
      if (received[i] != NONE) {
        group.steps().received(group.member(i), received[i]);
      }
    }
  }

  private int ready(int index) {
    return group.steps().ready(group.member(index));
  }

  private static Group part(Group group, long fromBytes, long toBytes) {
    return new Group(group.steps(), new int[0], fromBytes, toBytes);
  }

  private void reduceAndBroadcast(long fromBytes, long toBytes) {
    if (fromBytes == toBytes) {
      return;
    }
    int size = group.size();
    int[] complete = none(size);
    boolean[] joined = new boolean[size];
    received = none(size);
    for (int i : upwards) {
      int above = parent[i];
      if (above != NONE) {
        int sendAfter = complete[i] == NONE ? ready(i) : complete[i];
        writer.range(fromBytes, toBytes);
        int receive =
            writer.transfer(group.member(i), group.member(above), true, sendAfter, lastUp[i]);
        lastUp[i] = receive;
        complete[above] = both(above, complete[above], receive, joined);
      } else {
        received[i] = complete[i];
      }
    }
    for (int at = size - 1; at >= 0; at--) {
      int i = upwards[at];
      int above = parent[i];
      if (above != NONE) {
        writer.range(fromBytes, toBytes);
        lastDown[i] =
            writer.transfer(
                group.member(above), group.member(i), false, received[above], lastDown[i]);
        received[i] = lastDown[i];
      }
    }
  }

  private int both(int index, int before, int receive, boolean[] joined) {
    if (before == NONE) {
      return receive;
    }
    int join = before;
    if (!joined[index]) {
      joined[index] = true;
      join = writer.join(group.member(index));
      writer.after(join, before);
    }
    writer.after(join, receive);
    return join;
  }

  /**
   * The parent in the first tree: the lowest bit moves up one place, or away where that is none.
   */
  private static int parentOf(int index, int size) {
    if (index == 0) {
      return NONE;
    }
    int bit = Integer.lowestOneBit(index);
    int above = (index ^ bit) | (bit << 1);
    return above < size ? above : index ^ bit;
  }

  private static int name(int index, int size, boolean second) {
    if (!second) {
      return index;
    }
    return size % 2 == 0 ? size - 1 - index : (index + 1) % size;
  }

  private static int[] none(int size) {
    int[] all = new int[size];
    Arrays.fill(all, NONE);
    return all;
  }
}
