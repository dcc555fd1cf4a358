package memwall.memory.dram.bulk;

/** A transfer under way; reused when it is done. */
final class Transfer {
  private static final BurstPattern NONE_YET = BurstPattern.run(0, 1);

  final int slot;
  BurstPattern pattern = NONE_YET;
  long word;
  boolean write;

  /** Order of submission. */
  long sequence;

  /** Bursts altogether, offered and accepted so far, complete. */
  long bursts;

  long fed;
  long done;

  /** Latest completion of a burst so far. */
  long lastDone;

  /** The next burst, and how many from it on follow each other. */
  long next;

  long runLeft;

  /** First burst of the present contiguous run. */
  long runFirst;

  private long position;

  Transfer(int slot) {
    this.slot = slot;
  }

  void begin(BurstPattern itsPattern, long from, long length, boolean itWrites) {
    pattern = itsPattern;
    position = from;
    bursts = length;
    write = itWrites;
    fed = 0;
    done = 0;
    lastDone = 0;
    enterRun();
  }

  private void enterRun() {
    next = pattern.burst(position);
    runFirst = next;
    runLeft = Math.min(bursts - fed, pattern.runLength(position));
  }

  long unfed() {
    return bursts - fed;
  }

  boolean isFed() {
    return fed == bursts;
  }

  /** Some bursts of the present run were accepted. */
  void accept(long count) {
    fed += count;
    position += count;
    next += count;
    runLeft -= count;
    if (runLeft == 0 && fed < bursts) {
      enterRun();
    }
  }
}
