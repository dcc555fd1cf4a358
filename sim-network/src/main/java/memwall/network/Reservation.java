package memwall.network;

/**
 * Everything that a collective does to an idle folded network, relative to the time at which it
 * begins. Nothing in a network depends on absolute time, so it holds for every operation of this
 * size that nobody disturbs.
 *
 * <p>On an idle network messages stay in order on every stage, and message i is sent when the
 * message before its window has arrived (or at the begin): i - 1 in a ring, the last one of the
 * phase before in an exchange, i - slots in a stream. So its stages follow by recurrence, with the
 * arithmetic of {@link Link#reserve}, and no event is needed.
 */
final class Reservation {
  /** From the begin, after the launch, to the completion. */
  final long durationPs;

  /** Messages of the operation that the rank sends, or phases of an exchange. */
  final int sent;

  /** From the begin to the end of the last service: link up, link down, adder; 0 if not used. */
  final long upFreePs;

  final long downFreePs;
  final long adderFreePs;

  // What counters grow by.
  private final long messages;
  private final long bytes;
  private final long upBusyPs;
  private final long downWaitPs;
  private final long adderBusyPs;
  private final long slotWaits;
  private final long slotWaitPs;
  private final boolean stream;
  private final int ranks;

  /**
   * Computes an operation.
   *
   * @param plan one with messages
   * @param ranks ranks that the one rank stands for
   */
  Reservation(Plan plan, NetworkSpec spec, int ranks) {
    this.ranks = ranks;
    this.stream = plan.pattern == Plan.Pattern.STREAM;
    ReductionSpec reduction = spec.reduction();
    int peers = plan.pattern == Plan.Pattern.EXCHANGE ? ranks - 1 : 1;
    int count = Math.multiplyExact(plan.steps, peers);
    int window = peers;
    long adderLatencyPs = 0;
    long receivePs = plan.overheads.syncPs();
    if (stream) {
      if (reduction == null) {
        throw new IllegalStateException("a stream without an adder");
      }
      window = Math.min(reduction.slots(), count);
      adderLatencyPs = reduction.latencyPs();
      receivePs = 0;
    }
    long[] arrivedPs = new long[window];
    long upPs = 0;
    long downPs = 0;
    long adderPs = 0;
    long serviceSumPs = 0;
    long waitSumPs = 0;
    long adderSumPs = 0;
    long idle = 0;
    long idleSumPs = 0;
    long byteSum = 0;
    int slot = 0;
    long phasePs = 0;
    long donePs = 0;
    for (int i = 0; i < count; i++) {
      boolean last = i == count - 1;
      long servicePs = last ? plan.lastServicePs : plan.servicePs;
      byteSum += last ? plan.lastBytes : plan.pieceBytes;
      serviceSumPs += servicePs;
      if (!stream && slot == 0) {
        phasePs = donePs; // All of a phase leave when the last one before it has arrived.
      }
      long readyPs = stream ? arrivedPs[slot] : phasePs;
      if (stream && i > 0 && readyPs > upPs) {
        idle++;
        idleSumPs += readyPs - upPs;
      }
      upPs = Math.max(upPs, readyPs) + servicePs;
      if (!stream || i == 0) {
        upPs += plan.overheads.messagePs();
      }
      long atSwitchPs = upPs + spec.linkLatencyPs() + spec.switchLatencyPs();
      if (stream) {
        long addPs = ranks * (last ? plan.lastAddPs : plan.addPs);
        adderSumPs += addPs;
        adderPs = Math.max(adderPs, atSwitchPs - servicePs) + addPs;
        atSwitchPs = Math.max(atSwitchPs, adderPs) + adderLatencyPs;
      }
      downPs = Math.max(downPs, atSwitchPs - servicePs) + servicePs;
      long throughPs = Math.max(atSwitchPs, downPs);
      waitSumPs += throughPs - atSwitchPs;
      donePs = throughPs + spec.linkLatencyPs() + receivePs;
      arrivedPs[slot] = donePs;
      slot = slot + 1 == window ? 0 : slot + 1;
    }
    this.durationPs = donePs;
    this.sent = plan.steps;
    this.upFreePs = upPs;
    this.downFreePs = downPs;
    this.adderFreePs = adderPs;
    this.messages = count;
    this.bytes = byteSum;
    this.upBusyPs = serviceSumPs;
    this.downWaitPs = waitSumPs;
    this.adderBusyPs = adderSumPs;
    this.slotWaits = idle;
    this.slotWaitPs = idleSumPs;
  }

  /** Counts the operation as a whole. */
  void count(NetworkStats stats) {
    long allBytes = bytes * ranks;
    stats.upBytes.add(allBytes);
    stats.downBytes.add(allBytes);
    stats.upBusyPs.add(upBusyPs * ranks);
    stats.downBusyPs.add(upBusyPs * ranks);
    stats.downWaitPs.add(downWaitPs * ranks);
    stats.messagesSent.add(messages * ranks);
    stats.messagesArrived.add(messages * ranks);
    if (stream) {
      stats.adderBusyPs.add(adderBusyPs);
      stats.contributionBytesSent.add(allBytes);
      stats.contributionBytesAdded.add(allBytes);
      stats.resultBytes.add(bytes);
      stats.resultBytesArrived.add(allBytes);
      stats.chunksReduced.add(messages);
      stats.slotWaits.add(slotWaits * ranks);
      stats.slotWaitPs.add(slotWaitPs * ranks);
    } else {
      stats.pieceBytesSent.add(allBytes);
      stats.pieceBytesArrived.add(allBytes);
    }
  }
}
