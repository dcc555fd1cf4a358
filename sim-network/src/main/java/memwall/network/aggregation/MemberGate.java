package memwall.network.aggregation;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Which members have begun an operation: all at its begin, or one by one. In the latter case each
 * is told of its last result, too.
 */
final class MemberGate {
  private final boolean[] begun;
  private boolean oneByOne;
  private IntConsumer done = member -> {};

  MemberGate(int members) {
    begun = new boolean[members];
  }

  /** All members begin with the next operation. */
  void open() {
    oneByOne = false;
  }

  /** Members begin the next operation when they are admitted; each hears of its last result. */
  void close(IntConsumer eachDone) {
    oneByOne = true;
    done = eachDone;
    Arrays.fill(begun, false);
  }

  void admit(int member) {
    begun[member] = true;
  }

  boolean isOneByOne() {
    return oneByOne;
  }

  boolean hasBegun(int member) {
    return !oneByOne || begun[member];
  }

  /** A member has its last result. */
  void tell(int member) {
    if (oneByOne) {
      done.accept(member);
    }
  }
}
