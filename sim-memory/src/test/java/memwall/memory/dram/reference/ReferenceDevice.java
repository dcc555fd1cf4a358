package memwall.memory.dram.reference;

/** What {@link ReferenceHost} drives: one channel with its controller, in ticks of its standard. */
public interface ReferenceDevice {
  /** Takes completions; of writes when they are issued. */
  @FunctionalInterface
  interface Sink {
    /**
     * One request is complete.
     *
     * @param word as given to {@link #offer}
     * @param write whether it wrote
     * @param acceptedTicks ticks completed when it was accepted
     * @param doneTicks ticks completed when it was complete
     */
    void completed(long word, boolean write, long acceptedTicks, long doneTicks);
  }

  /** Makes a device that tells the sink. */
  @FunctionalInterface
  interface Factory {
    /** A fresh device, at tick 0. */
    ReferenceDevice create(Sink sink);
  }

  /** Ticks completed so far. */
  long nowTicks();

  /** Offers a request now; false if its queue is full. */
  boolean offer(long address, boolean write, long word);

  /** Runs until so many ticks are complete. */
  void advanceTo(long ticks);

  /** Runs until the next completion or free queue slot, at most to the given tick. */
  long advanceToChange(long mostTicks);

  /** How often something has happened so far. */
  long count(ReferenceCounter counter);
}
