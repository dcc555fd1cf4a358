package memwall.network;

import com.google.common.collect.ImmutableList;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;

/** What a network counts; folded ranks are counted as all that they stand for. */
final class NetworkStats {
  final Counter upBytes;
  final Counter downBytes;
  final Counter upBusyPs;
  final Counter downBusyPs;
  final Counter downWaitPs;
  final Counter adderBusyPs;
  final Counter messagesSent;
  final Counter messagesArrived;
  final Counter pieceBytesSent;
  final Counter pieceBytesArrived;
  final Counter contributionBytesSent;
  final Counter contributionBytesAdded;
  final Counter resultBytes;
  final Counter resultBytesArrived;
  final Counter chunksReduced;
  final Counter slotWaits;
  final Counter slotWaitPs;
  final Counter collectiveCalls;
  final Counter collectivesDone;

  /** The counters of what happens on the wires and in the switch. */
  final ImmutableList<Counter> traffic;

  final LatencyHistogram allReduceLatency;
  final LatencyHistogram otherLatency;

  NetworkStats(Stats stats, double linkPjPerBit) {
    upBytes = stats.counter("up_bytes", "bytes", "Bytes that ranks sent over their links");
    downBytes = stats.counter("down_bytes", "bytes", "Bytes that ranks got over their links");
    upBusyPs = stats.counter("up_busy_ps", "ps", "Serialisation time, sum over links up");
    downBusyPs = stats.counter("down_busy_ps", "ps", "Serialisation time, sum over links down");
    downWaitPs =
        stats.counter("down_wait_ps", "ps", "Time that messages waited for a busy link down");
    adderBusyPs = stats.counter("adder_busy_ps", "ps", "Time the switch's adder worked");
    messagesSent = stats.counter("messages_sent", "1", "Messages that ranks sent");
    messagesArrived = stats.counter("messages_arrived", "1", "Messages that ranks got");
    pieceBytesSent = stats.counter("piece_bytes_sent", "bytes", "Bytes sent from rank to rank");
    pieceBytesArrived =
        stats.counter("piece_bytes_arrived", "bytes", "Bytes that arrived from rank to rank");
    contributionBytesSent =
        stats.counter("contribution_bytes_sent", "bytes", "Bytes sent to the switch's adder");
    contributionBytesAdded =
        stats.counter("contribution_bytes_added", "bytes", "Operand bytes added in the switch");
    resultBytes = stats.counter("result_bytes", "bytes", "Bytes of sums that the adder made");
    resultBytesArrived =
        stats.counter("result_bytes_arrived", "bytes", "Bytes of sums that ranks got");
    chunksReduced = stats.counter("chunks_reduced", "1", "Slot payloads reduced in the switch");
    slotWaits = stats.counter("slot_waits", "1", "Chunks that waited for a free reduction slot");
    slotWaitPs = stats.counter("slot_wait_ps", "ps", "Time that links up idled for want of a slot");
    collectiveCalls = stats.counter("collective_calls", "1", "Calls of collectives, per rank");
    collectivesDone = stats.counter("collectives_done", "1", "Calls that completed, per rank");
    traffic =
        ImmutableList.of(
            upBytes,
            downBytes,
            upBusyPs,
            downBusyPs,
            downWaitPs,
            adderBusyPs,
            messagesSent,
            messagesArrived,
            pieceBytesSent,
            pieceBytesArrived,
            contributionBytesSent,
            contributionBytesAdded,
            resultBytes,
            resultBytesArrived,
            chunksReduced,
            slotWaits,
            slotWaitPs);
    allReduceLatency =
        stats.histogram("all_reduce_latency", "From a rank's call of an all-reduce to its result");
    otherLatency =
        stats.histogram(
            "other_collective_latency", "From a rank's call of another collective to its result");
    stats.derived(
        "link_energy",
        "pJ",
        "Energy of all bits over all links",
        () -> 8.0 * linkPjPerBit * ((double) upBytes.value() + (double) downBytes.value()));
  }
}
