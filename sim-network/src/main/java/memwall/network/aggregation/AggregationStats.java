package memwall.network.aggregation;

import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;

/** What a network of switches that add counts. */
final class AggregationStats {
  final Counter messages;
  final Counter sentBytes;
  final Counter hostLinkBytes;
  final Counter arrivedBytes;
  final Counter lostBytes;
  final Counter busyPs;
  final Counter messagesLost;
  final Counter acksLost;
  final Counter retransmissions;
  final Counter givenUp;
  final Counter oldEpochMessages;
  final Counter duplicates;
  final Counter lateMessages;
  final Counter addedBytes;
  final Counter adderBusyPs;
  final Counter switchAdderBusyPs;
  final Counter slotsTaken;
  final Counter slotsGivenBack;
  final Counter slotHoldPs;
  final Counter slotWaits;
  final Counter expired;
  final Counter operations;
  final Counter operationsFailed;
  final Counter operationsQueued;
  final Counter operationsRefused;
  final Counter fallBacks;
  final Counter rebuilds;
  final Counter remaps;
  final Counter sparesUsed;
  final Counter chunksRepublished;
  final Counter chunksComplete;
  final Counter chunksSubstituted;
  final Counter contributions;
  final Counter contributionsAdded;
  final Counter contributionsSubstituted;
  final Counter contributionsLate;
  final Counter contributionsFailed;
  final Counter tokenParts;
  final Counter tokenPartsArrived;
  final Counter tokenPartsFailed;
  final Counter tokenPartsPassed;
  final Counter tokenMessages;
  final Counter staleUsed;
  final Counter missingBytes;
  final LatencyHistogram tokenLatency;
  final LatencyHistogram completeLatency;
  final LatencyHistogram substitutedLatency;

  AggregationStats(Stats stats) {
    messages = stats.counter("messages", "1", "Messages begun, hop by hop");
    sentBytes = stats.counter("sent_bytes", "bytes", "Bytes put on links, repetitions included");
    hostLinkBytes =
        stats.counter("host_link_bytes", "bytes", "Those of the bytes sent on links of hosts");
    arrivedBytes = stats.counter("arrived_bytes", "bytes", "Bytes that came to the end of a link");
    lostBytes = stats.counter("lost_bytes", "bytes", "Bytes lost on links");
    busyPs = stats.counter("busy_ps", "ps", "Serialisation time, sum over directed links");
    messagesLost = stats.counter("messages_lost", "1", "Copies of messages lost on links");
    acksLost = stats.counter("acks_lost", "1", "Acknowledgements lost on links");
    retransmissions = stats.counter("retransmissions", "1", "Messages sent again after a timeout");
    givenUp = stats.counter("given_up", "1", "Messages sent in vain as often as allowed");
    oldEpochMessages =
        stats.counter("old_epoch_messages", "1", "Messages that a new tree had made useless");
    duplicates = stats.counter("duplicates", "1", "Messages that had come before");
    lateMessages = stats.counter("late_messages", "1", "Contributions after their chunk's end");
    addedBytes = stats.counter("added_bytes", "bytes", "Operand bytes added");
    adderBusyPs = stats.counter("adder_busy_ps", "ps", "Time that adders worked");
    switchAdderBusyPs =
        stats.counter("switch_adder_busy_ps", "ps", "That of the adders of switches");
    slotsTaken = stats.counter("slots_taken", "1", "Slots taken");
    slotsGivenBack = stats.counter("slots_given_back", "1", "Slots given back");
    slotHoldPs = stats.counter("slot_hold_ps", "ps", "Time for which slots were taken");
    slotWaits = stats.counter("slot_waits", "1", "Contributions that waited for a slot");
    expired = stats.counter("expired", "1", "Sums closed by the deadline");
    operations = stats.counter("operations", "1", "Operations ended");
    operationsFailed = stats.counter("operations_failed", "1", "Operations that failed");
    operationsQueued = stats.counter("operations_queued", "1", "Times an operation queued");
    operationsRefused = stats.counter("operations_refused", "1", "Operations without slots");
    fallBacks = stats.counter("fall_backs", "1", "Times that hosts took to reducing themselves");
    rebuilds = stats.counter("rebuilds", "1", "Times that an operation began anew");
    remaps = stats.counter("remaps", "1", "Those of them that only exchanged a host");
    sparesUsed = stats.counter("spares_used", "1", "Spare hosts that took a member's place");
    chunksRepublished =
        stats.counter("chunks_republished", "1", "Results that a host gave to the others again");
    chunksComplete = stats.counter("chunks_complete", "1", "Results of all members");
    chunksSubstituted = stats.counter("chunks_substituted", "1", "Results without some members");
    contributions = stats.counter("contributions", "1", "Chunks of members in ended operations");
    contributionsAdded = stats.counter("contributions_added", "1", "Those that are in the result");
    contributionsSubstituted =
        stats.counter("contributions_substituted", "1", "Those that never came to be added");
    contributionsLate = stats.counter("contributions_late", "1", "Those that came too late");
    contributionsFailed =
        stats.counter("contributions_failed", "1", "Those of chunks that nobody got");
    tokenParts =
        stats.counter("token_parts", "1", "Copies and parts of tokens in ended operations");
    tokenPartsArrived =
        stats.counter("token_parts_arrived", "1", "Those that came to their holder or home");
    tokenPartsFailed = stats.counter("token_parts_failed", "1", "Those of failed operations");
    tokenPartsPassed =
        stats.counter("token_parts_passed", "1", "Parts not added in a switch for want of a slot");
    tokenMessages =
        stats.counter("token_messages", "1", "Messages of tokens that came to their last host");
    staleUsed = stats.counter("stale_used", "1", "Earlier contributions in results");
    missingBytes = stats.counter("missing_bytes", "bytes", "Bytes without a contribution");
    tokenLatency =
        stats.histogram(
            "token_latency", "From call until all copies or parts of a piece of a token are there");
    completeLatency =
        stats.histogram("complete_latency", "From call to last result, all contributions in it");
    substitutedLatency =
        stats.histogram("substituted_latency", "From call to last result, some substituted");
    stats.derived(
        "substituted_share",
        "1",
        "Share of contributions that are not in a result",
        () ->
            contributions.value() == 0
                ? 0
                : 1 - (double) contributionsAdded.value() / contributions.value());
  }
}
