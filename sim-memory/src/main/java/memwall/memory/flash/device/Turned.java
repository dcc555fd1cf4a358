package memwall.memory.flash.device;

/** Copies of columns in which all planes have changed places in a ring. */
final class Turned {
  private Turned() {}

  /** What stood at 0 comes to stand at {@code turn}, all else behind it, in a ring. */
  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same kind
  static void copy(Object from, Object to, int length, int turn) {
    System.arraycopy(from, 0, to, turn, length - turn);
    System.arraycopy(from, length - turn, to, 0, turn);
  }

  /** Where something stands after that; what is nowhere stays nowhere. */
  static int at(int index, int length, int turn) {
    if (index < 0) {
      return index;
    }
    int its = index + turn;
    return its < length ? its : its - length;
  }
}
