package memwall.network.aggregation;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.List;
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

  private final List<Counter> counters = new ArrayList<>();

  AggregationStats(Stats stats) {
    messages = counter(stats, "messages", "1", "Messages begun, hop by hop");
    sentBytes = counter(stats, "sent_bytes", "bytes", "Bytes put on links, repetitions included");
    hostLinkBytes =
        counter(stats, "host_link_bytes", "bytes", "Those of the bytes sent on links of hosts");
    arrivedBytes = counter(stats, "arrived_bytes", "bytes", "Bytes that came to the end of a link");
    lostBytes = counter(stats, "lost_bytes", "bytes", "Bytes lost on links");
    busyPs = counter(stats, "busy_ps", "ps", "Serialisation time, sum over directed links");
    messagesLost = counter(stats, "messages_lost", "1", "Copies of messages lost on links");
    acksLost = counter(stats, "acks_lost", "1", "Acknowledgements lost on links");
    retransmissions = counter(stats, "retransmissions", "1", "Messages sent again after a timeout");
    givenUp = counter(stats, "given_up", "1", "Messages sent in vain as often as allowed");
    oldEpochMessages =
        counter(stats, "old_epoch_messages", "1", "Messages that a new tree had made useless");
    duplicates = counter(stats, "duplicates", "1", "Messages that had come before");
    lateMessages = counter(stats, "late_messages", "1", "Contributions after their chunk's end");
    addedBytes = counter(stats, "added_bytes", "bytes", "Operand bytes added");
    adderBusyPs = counter(stats, "adder_busy_ps", "ps", "Time that adders worked");
    switchAdderBusyPs =
        counter(stats, "switch_adder_busy_ps", "ps", "That of the adders of switches");
    slotsTaken = counter(stats, "slots_taken", "1", "Slots taken");
    slotsGivenBack = counter(stats, "slots_given_back", "1", "Slots given back");
    slotHoldPs = counter(stats, "slot_hold_ps", "ps", "Time for which slots were taken");
    slotWaits = counter(stats, "slot_waits", "1", "Contributions that waited for a slot");
    expired = counter(stats, "expired", "1", "Sums closed by the deadline");
    operations = counter(stats, "operations", "1", "Operations ended");
    operationsFailed = counter(stats, "operations_failed", "1", "Operations that failed");
    operationsQueued = counter(stats, "operations_queued", "1", "Times an operation queued");
    operationsRefused = counter(stats, "operations_refused", "1", "Operations without slots");
    fallBacks = counter(stats, "fall_backs", "1", "Times that hosts took to reducing themselves");
    rebuilds = counter(stats, "rebuilds", "1", "Times that an operation began anew");
    remaps = counter(stats, "remaps", "1", "Those of them that only exchanged a host");
    sparesUsed = counter(stats, "spares_used", "1", "Spare hosts that took a member's place");
    chunksRepublished =
        counter(stats, "chunks_republished", "1", "Results that a host gave to the others again");
    chunksComplete = counter(stats, "chunks_complete", "1", "Results of all members");
    chunksSubstituted = counter(stats, "chunks_substituted", "1", "Results without some members");
    contributions = counter(stats, "contributions", "1", "Chunks of members in ended operations");
    contributionsAdded = counter(stats, "contributions_added", "1", "Those that are in the result");
    contributionsSubstituted =
        counter(stats, "contributions_substituted", "1", "Those that never came to be added");
    contributionsLate = counter(stats, "contributions_late", "1", "Those that came too late");
    contributionsFailed =
        counter(stats, "contributions_failed", "1", "Those of chunks that nobody got");
    tokenParts =
        counter(stats, "token_parts", "1", "Copies and parts of tokens in ended operations");
    tokenPartsArrived =
        counter(stats, "token_parts_arrived", "1", "Those that came to their holder or home");
    tokenPartsFailed = counter(stats, "token_parts_failed", "1", "Those of failed operations");
    tokenPartsPassed =
        counter(stats, "token_parts_passed", "1", "Parts not added in a switch for want of a slot");
    tokenMessages =
        counter(stats, "token_messages", "1", "Messages of tokens that came to their last host");
    staleUsed = counter(stats, "stale_used", "1", "Earlier contributions in results");
    missingBytes = counter(stats, "missing_bytes", "bytes", "Bytes without a contribution");
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

  private Counter counter(Stats stats, String name, String unit, String sentence) {
    Counter counter = stats.counter(name, unit, sentence);
    counters.add(counter);
    return counter;
  }

  /** All counts, in the order in which they are declared. */
  long[] counts() {
    return counters.stream().mapToLong(Counter::value).toArray();
  }

  /** Adds what {@link #counts} differed by over an operation with all contributions. */
  void repeat(ImmutableLongArray differences, long latencyPs) {
    for (int i = 0; i < differences.length(); i++) {
      counters.get(i).add(differences.get(i));
    }
    completeLatency.record(latencyPs);
  }
}
