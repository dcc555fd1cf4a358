package memwall.network.collective;

/**
 * Ranks that do something together with a part of their vectors; algorithms count from 0 to size.
 */
final class Group {
  private final Steps steps;
  private final int[] members;
  private final long fromBytes;
  private final long toBytes;

  Group(Steps steps, int[] members, long fromBytes, long toBytes) {
    this.steps = steps;
    this.members = members;
    this.fromBytes = fromBytes;
    this.toBytes = toBytes;
  }

  /** All ranks and whole vectors. */
  static Group all(Steps steps, int ranks, long bytes) {
    int[] members = new int[ranks];
    for (int i = 0; i < ranks; i++) {
      members[i] = i;
    }
    return new Group(steps, members, 0, bytes);
  }

  int size() {
    return members.length;
  }

  int member(int index) {
    return members[index];
  }

  Steps steps() {
    return steps;
  }

  long fromBytes() {
    return fromBytes;
  }

  long toBytes() {
    return toBytes;
  }

  /** Where chunk {@code index} of so many begins; the first ones are a byte longer. */
  long begin(int index, int chunks) {
    long bytes = toBytes - fromBytes;
    return fromBytes + bytes / chunks * index + Math.min(index, bytes % chunks);
  }

  /** The next message carries these chunks of so many; it goes on at 0 after the last one. */
  void chunks(int first, int count, int of) {
    int begin = Math.floorMod(first, of);
    int straight = Math.min(count, of - begin);
    steps.writer().range(begin(begin, of), begin(begin + straight, of));
    if (count > straight) {
      steps.writer().range(begin(0, of), begin(count - straight, of));
    }
  }

  /** The next message carries everything. */
  void whole() {
    steps.writer().range(fromBytes, toBytes);
  }

  /** The receiver adds what comes to what it has. */
  void add(int from, int to) {
    steps.transfer(members[from], members[to], true);
  }

  /** What comes takes the place of what the receiver has. */
  void copy(int from, int to) {
    steps.transfer(members[from], members[to], false);
  }

  void endStep() {
    steps.end();
  }
}
