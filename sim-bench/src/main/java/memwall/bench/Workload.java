package memwall.bench;

/** Something that runs on an engine and knows what it has done. */
interface Workload {
  /** A sum over all counts, for the check that two engines did the same. */
  long check();
}
