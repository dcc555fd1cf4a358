package memwall.memory.dram.bulk;

import memwall.memory.dram.channel.DramChannel;

/**
 * One DRAM channel behind a queue of bulk transfers. Time is in ticks of the channel's standard.
 *
 * <p>Transfers are fed first come first served: the first one's bursts are offered to the channel
 * in order, as many as its queues accept, before the tick after the present one; a refused burst is
 * offered again before the next tick, and everything behind it waits. So a transfer that is
 * submitted at tick t follows whatever was submitted before, and its first burst can be accepted at
 * t. Transfers may overtake each other inside the channel, for reads and writes wait for each other
 * there.
 *
 * <p>A read is done at the last data beat of its last burst. So is a write: its bursts' last beats
 * come CWL + BL after their commands (a burst that is merged with a queued write counts as written
 * CWL + BL after it was accepted).
 *
 * <p>The owner has to call {@link #advanceTo} no later than at {@link #wakeTick}; then every
 * completion is delivered at its tick. Time never goes back.
 */
public interface BulkPort {
  /** Wake tick of a port with nothing to do. */
  long NEVER = Long.MAX_VALUE;

  /** Receives what is complete. It may submit, but not advance. */
  @FunctionalInterface
  interface Sink {
    /**
     * A transfer is done.
     *
     * @param word what its owner called it
     * @param doneTicks tick of its last data beat
     */
    void done(long word, long doneTicks);
  }

  /** Says who receives completions; nobody before. */
  void onCompletion(Sink sink);

  /**
   * Appends a transfer.
   *
   * @param pattern order of its bursts
   * @param position where in the order it begins, 0 or more
   * @param bursts its length, from 1 to the length of the pattern's region
   * @param write whether data is written
   * @param word what the completion is to be called
   * @param nowTick present tick, no earlier than any tick that the port was told
   * @throws IllegalArgumentException if the region leaves the channel or a number is out of range
   */
  void submit(
      BurstPattern pattern, long position, long bursts, boolean write, long word, long nowTick);

  /**
   * Appends a kernel of in-memory compute. Kernels are carried out one after the other, in order of
   * submission, as soon as they can; transfers that are under way wait or go on beside them as
   * banks, buses and modes allow. The completion comes when the last unit is through.
   *
   * @param programs what each unit is to do
   * @param word what the completion is to be called
   * @param nowTick present tick, no earlier than any tick that the port was told
   * @throws IllegalStateException if the channel's banks do not compute
   */
  default void compute(UnitPrograms programs, long word, long nowTick) {
    throw new IllegalStateException("the banks of this port's channel do not compute");
  }

  /**
   * Tick at which {@link #advanceTo} has to be called next: no completion comes earlier. {@link
   * #NEVER} if nothing is under way.
   */
  long wakeTick();

  /**
   * Looks ahead: nothing will be asked of the port before a tick or its next completion, whichever
   * comes first. What it finds makes {@link #wakeTick} the tick of that completion, or one after
   * the given tick; nothing is delivered, and all answers stay what they are.
   *
   * @param tick no earlier than any tick that the port was told
   */
  default void lookAhead(long tick) {}

  /** Goes to a tick and delivers every completion up to it, by tick and order of submission. */
  void advanceTo(long tick);

  /** Transfers submitted and not delivered yet. */
  long pending();

  /**
   * The channel as it is at the tick that the port was told last; for counters, not to drive it.
   */
  DramChannel channel();

  /** Read bursts by latency so far: from acceptance to the last data beat. */
  TickCounts readLatencies();

  /** What the port did and how. */
  PortCounters counters();
}
