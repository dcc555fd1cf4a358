package memwall.workloads.serving;

import java.util.List;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

/**
 * Puts sequences out of the batch when there is no room for the next token, and counts it. Their
 * entries are thrown away, and prompt and produced tokens are processed again; or they are copied
 * to the host, if it has room, and back before the sequence runs again. Copies of a step go over
 * the link one after the other, in front of the step's first operator (as in vLLM, SOSP 2023,
 * section 4.5).
 */
final class Preempter {
  private final SchedulingSpec spec;
  private final KvAllotment room;
  private final SchedulingSpec.@Nullable Swap swap;
  private final @Nullable KvRoom host;
  private final Counter preemptions;
  private final Counter lostTokens;
  private final Counter noRoomOnHost;
  private final Counter outBytes;
  private final Counter inBytes;
  private final LatencyHistogram waits;
  private long stepBytes;

  Preempter(Simulation simulation, Stats stats, SchedulingSpec spec, KvAllotment room) {
    this.spec = spec;
    this.room = room;
    this.swap = spec.swap();
    this.host =
        swap == null
            ? null
            : new KvRoom(
                simulation, stats.child("host"), "preempted requests", swap.capacityBytes());
    preemptions =
        stats.counter("preemptions", "preemptions", "How often a request was put out of the batch");
    lostTokens =
        stats.counter("lost_tokens", "tokens", "KV entries thrown away, to be computed again");
    noRoomOnHost =
        stats.counter(
            "no_room_on_host", "preemptions", "Entries thrown away for want of room on the host");
    outBytes = stats.counter("swapped_out_bytes", "bytes", "KV entries copied to a rank's host");
    inBytes = stats.counter("swapped_in_bytes", "bytes", "KV entries copied back");
    waits = stats.histogram("preempted", "From preemption to the next place in the batch");
  }

  /** A new step is being formed. */
  void begin() {
    stepBytes = 0;
  }

  /** Index of the running sequence that has to go first. */
  int victim(List<Sequence> running) {
    int last = running.size() - 1;
    if (spec.order() == SchedulingSpec.Order.PRIORITY) {
      for (int i = last - 1; i >= 0; i--) {
        if (WaitingLine.BY_PRIORITY.compare(running.get(i), running.get(last)) > 0) {
          last = i;
        }
      }
    }
    return last;
  }

  /** A sequence, no longer among the running ones, gives up its room and waits. */
  void preempt(Sequence sequence, WaitingLine waiting, long nowPs) {
    preemptions.increment();
    sequence.preemptions++;
    int entries = sequence.entries();
    long bytes = room.ownBytes(entries, 0);
    sequence.scheduledTokens = 0;
    if (host != null && host.reserve(bytes)) {
      sequence.swappedBytes = bytes;
      outBytes.add(bytes);
      stepBytes += bytes;
    } else {
      noRoomOnHost.add(host == null ? 0 : 1);
      lostTokens.add(entries);
      sequence.promptDone = 0;
      sequence.prefillTokens = sequence.request.promptTokens() + sequence.produced;
    }
    room.free(sequence);
    sequence.waitingSincePs = nowPs;
    waiting.putBack(sequence);
  }

  /**
   * A sequence is back in the batch.
   *
   * @param hits blocks at its beginning that need not be copied
   */
  void readmitted(Sequence sequence, int hits, long nowPs) {
    waits.record(nowPs - sequence.waitingSincePs);
    if (host != null && sequence.swappedBytes > 0) {
      host.release(sequence.swappedBytes);
      sequence.swappedBytes = 0;
      long bytes =
          room.ownBytes(
              sequence.entries(), Math.min(hits, sequence.entries() / Math.max(1, room.tokens(1))));
      inBytes.add(bytes);
      stepBytes += bytes;
    }
  }

  /** How long the copies take that the step waits for, picoseconds. */
  long copyPs() {
    return swap == null || stepBytes == 0 ? 0 : Units.transferPs(stepBytes, swap.bytesPerSec());
  }

  /** The account at the end of a run. */
  SchedulingOutcome outcome(RequestTime time) {
    return new SchedulingOutcome(
        preemptions.value(),
        lostTokens.value(),
        outBytes.value(),
        inBytes.value(),
        noRoomOnHost.value(),
        host == null ? 0 : host.gauge().max(),
        host == null ? 0 : host.reservedTotalBytes(),
        host == null ? 0 : host.releasedTotalBytes(),
        host == null ? 0 : host.usedBytes(),
        time.preemptedPs(),
        time.swappingPs(),
        room.prefixes());
  }
}
