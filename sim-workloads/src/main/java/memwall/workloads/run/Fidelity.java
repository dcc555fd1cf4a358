package memwall.workloads.run;

/** How closely the machine is simulated. */
public enum Fidelity {
  /** Every rank, channel, stack and layer by its own events. */
  EXACT,
  /** What is identical is simulated once and counted many times; the same result. */
  FAST,
  /** Closed forms without contention. */
  ANALYTIC
}
