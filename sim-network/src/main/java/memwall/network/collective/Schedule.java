package memwall.network.collective;

/**
 * What ranks do: messages and computing, each operation with the operations of the same rank that
 * it waits for. Made by a {@link ScheduleBuilder} or an {@link Algorithm}; never changes.
 *
 * <p>Everything is in arrays, some 30 bytes for an operation. Operations that wait for one are
 * listed with it, in the order in which the dependencies were made: {@code successor(i)} for i from
 * {@link #firstSuccessor} of it to that of the next one.
 */
public final class Schedule {
  /** A rank sends a message. */
  public static final byte SEND = 0;

  /** A rank receives a message. */
  public static final byte RECEIVE = 1;

  /** A rank receives a message and adds it to what it has. */
  public static final byte RECEIVE_ADD = 2;

  /** A rank computes; for 0 ps if operations are only brought together. */
  public static final byte COMPUTE = 3;

  /** A rank waits, and its processor may do something else meanwhile. */
  public static final byte WAIT = 4;

  private final int ranks;
  private final byte[] kinds;

  /** Channel of a message, rank of a computation or a wait. */
  private final int[] places;

  /** Bytes of a message, picoseconds of a computation or a wait. */
  private final long[] amounts;

  private final int[] waitsFor;
  private final int[] first;

  /** The operation, or its complement if it waits for a start. */
  private final int[] successors;

  private final boolean anyStart;
  private final int[] froms;
  private final int[] tos;
  private final int[] tags;

  Schedule(
      int ranks,
      byte[] kinds,
      int[] places,
      long[] amounts,
      int[] waitsFor,
      int[] first,
      int[] successors,
      boolean anyStart,
      int[] froms,
      int[] tos,
      int[] tags) {
    this.ranks = ranks;
    this.kinds = kinds;
    this.places = places;
    this.amounts = amounts;
    this.waitsFor = waitsFor;
    this.first = first;
    this.successors = successors;
    this.anyStart = anyStart;
    this.froms = froms;
    this.tos = tos;
    this.tags = tags;
  }

  /** How many ranks there are, those that do nothing included. */
  public int ranks() {
    return ranks;
  }

  /** How many operations there are; they are numbered from 0. */
  public int operations() {
    return kinds.length;
  }

  /** One of the constants above. */
  public byte kind(int operation) {
    return kinds[operation];
  }

  /** Whose operation it is. */
  public int rank(int operation) {
    int place = places[operation];
    return switch (kinds[operation]) {
      case SEND -> froms[place];
      case COMPUTE, WAIT -> place;
      default -> tos[place];
    };
  }

  /** Where a message comes from or goes to; of a message only. */
  public int peer(int operation) {
    int channel = channel(operation);
    return kinds[operation] == SEND ? tos[channel] : froms[channel];
  }

  /** The tag of a message. */
  public int tag(int operation) {
    return tags[channel(operation)];
  }

  /** Number of sender, receiver and tag together; of a message only. */
  public int channel(int operation) {
    if (!isMessage(operation)) {
      throw new IllegalArgumentException("operation " + operation + " is no message");
    }
    return places[operation];
  }

  /** How many channels there are; they are numbered from 0. */
  public int channels() {
    return froms.length;
  }

  /** Sender of a channel. */
  public int from(int channel) {
    return froms[channel];
  }

  /** Receiver of a channel. */
  public int to(int channel) {
    return tos[channel];
  }

  /** Whether it is a send or a receive. */
  public boolean isMessage(int operation) {
    return kinds[operation] < COMPUTE;
  }

  /** Bytes of a message, at least 1; 0 of others. */
  public long bytes(int operation) {
    return isMessage(operation) ? amounts[operation] : 0;
  }

  /** Time of a computation or a wait; 0 of a message. */
  public long durationPs(int operation) {
    return isMessage(operation) ? 0 : amounts[operation];
  }

  /** How many messages are sent. */
  public int sends() {
    int sends = 0;
    for (byte kind : kinds) {
      sends += kind == SEND ? 1 : 0;
    }
    return sends;
  }

  /** For how many operations this one waits. */
  public int waitsFor(int operation) {
    return waitsFor[operation];
  }

  /** All of {@link #waitsFor}, as a copy. */
  public int[] waitsFor() {
    return waitsFor.clone();
  }

  /** Where the list of those begins that wait for an operation; also of the one behind the last. */
  public int firstSuccessor(int operation) {
    return first[operation];
  }

  /** An operation that waits for the end of another one, or the complement (~) if for its start. */
  public int successor(int index) {
    return successors[index];
  }

  /** Whether an operation waits for the start of another one. */
  public boolean hasStartEdges() {
    return anyStart;
  }

  /** An operation in words, for messages. */
  public String describe(int operation) {
    String who = "rank " + rank(operation);
    return switch (kinds[operation]) {
      case SEND ->
          who
              + " sends "
              + amounts[operation]
              + " B to rank "
              + peer(operation)
              + tagged(operation);
      case COMPUTE -> who + " computes for " + amounts[operation] + " ps";
      case WAIT -> who + " waits for " + amounts[operation] + " ps";
      default ->
          who
              + " receives "
              + amounts[operation]
              + " B from rank "
              + peer(operation)
              + tagged(operation);
    };
  }

  private String tagged(int operation) {
    return " with tag " + tag(operation);
  }
}
