package memwall.network;

import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;

/** What is counted of all-reduces that are chosen for the trees, beside what the trees count. */
final class TreeNetworkStats {
  final Counter calls;
  final Counter done;
  final Counter fellBack;
  final Counter lateMembers;
  final Counter unevenPs;
  final LatencyHistogram latency;

  TreeNetworkStats(Stats stats) {
    calls = stats.counter("rank_calls", "1", "Calls of all-reduces for the tree, per rank");
    done = stats.counter("rank_calls_done", "1", "Of them, completed");
    fellBack =
        stats.counter("fallen_back", "1", "All-reduces that the ordinary network did instead");
    lateMembers = stats.counter("late_members", "1", "Times that a rank was late by chance");
    unevenPs =
        stats.counter(
            "lockstep_wait_ps", "ps", "Time that ranks of a folded network waited for the last");
    latency =
        stats.histogram(
            "all_reduce_latency", "From a rank's call of an all-reduce for the tree to its result");
  }
}
