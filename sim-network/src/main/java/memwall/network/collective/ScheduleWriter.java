package memwall.network.collective;

/**
 * Takes down what an algorithm has ranks do. What a message carries is said in ranges of bytes
 * before it: positions in the vector, or, in an all-to-all, in the vectors of all ranks one after
 * the other. A send carries what the receives that it waits for, directly or not, have left there.
 */
interface ScheduleWriter {
  /** Number that stands for no operation. */
  int NONE = -1;

  /** The next message carries these bytes too, {@code from} to {@code to} exclusive. */
  void range(long fromBytes, long toBytes);

  /**
   * One rank sends the ranges given since the last transfer to another one. A transfer of no bytes
   * does not take place.
   *
   * @param add whether the receiver adds what comes to what it has, or else puts it in its place
   * @param sendAfter operation of the sender that has to be done before, or {@link #NONE}
   * @param receiveAfter operation of the receiver that has to be done before, or {@link #NONE}
   * @return the receiver's operation, or {@link #NONE}
   */
  int transfer(int from, int to, boolean add, int sendAfter, int receiveAfter);

  /** An operation that takes no time: it is done when all that it comes {@link #after} is done. */
  int join(int rank);

  /** An operation waits for the end of another one of its rank. */
  void after(int operation, int earlier);
}
