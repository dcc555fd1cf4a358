package memwall.memory.replay;

/** What the arrival times of a memory trace count. */
public enum TraceClock {
  /** There are no times: the trace is replayed as fast as accepted, or at a given rate. */
  NONE,
  /** Picoseconds. */
  PICOSECONDS,
  /** Clock ticks of the simulated standard. */
  TICKS
}
