package memwall.network.collective;

/**
 * Puts a {@link Schedule} together. Operations are numbered from 0 in the order in which they are
 * made; of operations of one rank that become ready at the same time the one made first goes first.
 */
public final class ScheduleBuilder implements ScheduleWriter {
  /** Most operations of a schedule, and most dependencies: some 1 GB of heap with a run. */
  public static final int MOST = 1 << 23;

  private final int ranks;
  private final int most;
  private final ByteList kinds = new ByteList();
  private final IntList places = new IntList();
  private final LongList amounts = new LongList();
  private final IntList laters = new IntList();
  private final IntList earliers = new IntList();
  private final Channels channels = new Channels();
  private int transfers;
  private long payloadBytes;

  /**
   * Begins a schedule.
   *
   * @param ranks at least 1
   */
  public ScheduleBuilder(int ranks) {
    this(ranks, MOST);
  }

  /** With a lower limit, so that it can be reached in tests. */
  ScheduleBuilder(int ranks, int most) {
    this.most = most;
    if (ranks < 1) {
      throw new IllegalArgumentException(ranks + " ranks: must be at least 1");
    }
    this.ranks = ranks;
  }

  /**
   * A rank sends a message.
   *
   * @param bytes 1 or more
   * @param tag with sender and receiver tells to which receive it goes
   * @return the operation's number
   */
  public int send(int rank, int peer, long bytes, int tag) {
    check(rank, peer, bytes);
    return add(Schedule.SEND, channels.find(rank, peer, tag), bytes);
  }

  /**
   * A rank receives a message.
   *
   * @param bytes 1 or more
   * @param tag with sender and receiver tells of which send it is
   * @return the operation's number
   */
  public int receive(int rank, int peer, long bytes, int tag) {
    check(rank, peer, bytes);
    return add(Schedule.RECEIVE, channels.find(peer, rank, tag), bytes);
  }

  /**
   * A rank computes.
   *
   * @param computePs for so long, 0 or more
   * @return the operation's number
   */
  public int compute(int rank, long computePs) {
    return pass(Schedule.COMPUTE, rank, computePs);
  }

  /**
   * A rank waits, and its processor may do something else meanwhile.
   *
   * @param waitPs for so long, 0 or more
   * @return the operation's number
   */
  public int pause(int rank, long waitPs) {
    return pass(Schedule.WAIT, rank, waitPs);
  }

  private int pass(byte kind, int rank, long durationPs) {
    if (rank < 0 || rank >= ranks || durationPs < 0) {
      throw new IllegalArgumentException(
          "rank " + rank + " of " + ranks + " computes or waits for " + durationPs + " ps");
    }
    return add(kind, rank, durationPs);
  }

  @Override
  public void range(long fromBytes, long toBytes) {
    if (fromBytes > toBytes) {
      throw new IllegalArgumentException("range from " + fromBytes + " to " + toBytes);
    }
    payloadBytes += toBytes - fromBytes;
  }

  @Override
  public int transfer(int from, int to, boolean add, int sendAfter, int receiveAfter) {
    long bytes = payloadBytes;
    payloadBytes = 0;
    if (bytes == 0) {
      return NONE;
    }
    check(from, to, bytes);
    int channel = channels.fresh(from, to, transfers++);
    int send = add(Schedule.SEND, channel, bytes);
    int receive = add(add ? Schedule.RECEIVE_ADD : Schedule.RECEIVE, channel, bytes);
    if (sendAfter != NONE) {
      after(send, sendAfter);
    }
    if (receiveAfter != NONE) {
      after(receive, receiveAfter);
    }
    return receive;
  }

  @Override
  public int join(int rank) {
    return compute(rank, 0);
  }

  @Override
  public void after(int operation, int earlier) {
    edge(operation, earlier);
  }

  /** An operation waits for the start of another one of its rank. */
  public void afterStart(int operation, int earlier) {
    edge(operation, ~earlier);
  }

  private void edge(int operation, int earlier) {
    if (laters.size() == most) {
      throw new IllegalArgumentException("more than " + most + " dependencies");
    }
    laters.add(operation);
    earliers.add(earlier);
  }

  private int add(byte kind, int place, long amount) {
    int operation = amounts.size();
    if (operation == most) {
      throw new IllegalArgumentException("more than " + most + " operations");
    }
    kinds.add(kind);
    places.add(place);
    amounts.add(amount);
    return operation;
  }

  private void check(int rank, int peer, long bytes) {
    if (rank < 0 || rank >= ranks || peer < 0 || peer >= ranks || rank == peer || bytes < 1) {
      throw new IllegalArgumentException(
          "a message of "
              + bytes
              + " bytes between ranks "
              + rank
              + " and "
              + peer
              + " of "
              + ranks
              + ": needs two ranks and at least 1 byte");
    }
  }

  /** How many ranks there may be. */
  public int ranks() {
    return ranks;
  }

  /** Operations so far. */
  public int operations() {
    return amounts.size();
  }

  /** The schedule; the builder is of no use any more. */
  public Schedule build() {
    return build(ranks);
  }

  /**
   * The schedule for fewer ranks than the builder allows; the builder is of no use any more.
   *
   * @param usedRanks more than every rank that occurs
   */
  public Schedule build(int usedRanks) {
    int operations = amounts.size();
    int[] waitsFor = new int[operations];
    int[] first = new int[operations + 1];
    for (int i = 0; i < laters.size(); i++) {
      waitsFor[laters.get(i)]++;
      first[operation(earliers.get(i)) + 1]++;
    }
    boolean anyStart = false;
    for (int i = 0; i < operations; i++) {
      first[i + 1] += first[i];
    }
    int[] successors = new int[laters.size()];
    for (int i = 0; i < laters.size(); i++) {
      int earlier = earliers.get(i);
      anyStart |= earlier < 0;
      int later = laters.get(i);
      successors[first[operation(earlier)]++] = earlier < 0 ? ~later : later;
    }
    for (int i = operations; i > 0; i--) {
      first[i] = first[i - 1];
    }
    first[0] = 0;
    return new Schedule(
        usedRanks,
        kinds.toArray(),
        places.toArray(),
        amounts.toArray(),
        waitsFor,
        first,
        successors,
        anyStart,
        channels.froms(),
        channels.tos(),
        channels.tags());
  }

  private static int operation(int edge) {
    return edge < 0 ? ~edge : edge;
  }
}
