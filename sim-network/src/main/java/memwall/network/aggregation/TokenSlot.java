package memwall.network.aggregation;

/** Room in a switch for the sum of some parts of a piece of a token. Used again and again. */
final class TokenSlot {
  final int index;
  final Sum sum = new Sum(1);
  boolean isTaken;
  int node;
  int piece;

  /** Parts that come here until the sum is complete. */
  int expected;

  /** When the adder has added what it has got. */
  long addedPs;

  /** By how much the head of the last operand was ahead of its tail. */
  long leadPs;

  long takenPs;

  TokenSlot(int index) {
    this.index = index;
  }
}
