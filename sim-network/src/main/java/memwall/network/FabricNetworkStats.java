package memwall.network;

import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.network.FabricOperation.Plan;

/** What a network of routers counts; folded ranks are counted as all that they stand for. */
final class FabricNetworkStats {
  final Counter collectiveCalls;
  final Counter collectivesDone;
  final Counter pointMessages;
  final Counter pointMessagesDone;
  final Counter messages;
  final Counter messageBytes;
  final Counter linkFlits;
  final Counter uneven;
  final Counter unevenPs;
  final LatencyHistogram allReduceLatency;
  final LatencyHistogram otherLatency;

  FabricNetworkStats(Stats stats, FabricNetworkSpec spec) {
    collectiveCalls = stats.counter("collective_calls", "1", "Calls of collectives, per rank");
    collectivesDone = stats.counter("collectives_done", "1", "Calls that completed, per rank");
    pointMessages = stats.counter("point_messages", "1", "Messages of callers");
    pointMessagesDone = stats.counter("point_messages_done", "1", "Of them, arrived");
    messages = stats.counter("messages", "1", "Messages of operations that have ended");
    messageBytes = stats.counter("message_bytes", "bytes", "Bytes of these messages");
    linkFlits =
        stats.counter("link_flits", "1", "Flits of these messages, on each channel they passed");
    uneven =
        stats.counter(
            "lockstep_calls", "1", "Calls of a folded network in which ranks waited for the last");
    unevenPs = stats.counter("lockstep_wait_ps", "ps", "Time that they waited, sum over ranks");
    allReduceLatency =
        stats.histogram("all_reduce_latency", "From a rank's call of an all-reduce to its result");
    otherLatency =
        stats.histogram(
            "other_collective_latency", "From a rank's call of another collective to its result");
    stats.derived(
        "link_energy",
        "pJ",
        "Energy of all flits on all channels",
        () -> 8.0 * spec.linkPjPerBit() * spec.fabric().flitBytes() * (double) linkFlits.value());
  }

  /** An operation has ended that sent so many flits. */
  void count(Plan plan, long flits) {
    messages.add(plan.messages);
    messageBytes.add(plan.messageBytes);
    linkFlits.add(flits);
  }
}
