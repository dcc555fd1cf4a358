package memwall.workloads.analytic;

import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import memwall.memory.Usage;
import memwall.workloads.execution.StagingPieces;
import memwall.workloads.execution.TierBytes;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.StagingSpec;
import memwall.workloads.system.TierSpec;

/**
 * The staging buffer as a fluid: bytes arrive at the rate of the memory that holds weights, or at
 * size per round trip if that is less (Little's law), a latency after they are asked for; they stay
 * until their operator reads them, and there are never more than the buffer holds nor than the
 * policy allows. What an operator needs and is not there takes its time: so a layer takes the
 * longer of its own time and that of loading the next one, and the first one is loaded in full. The
 * memory that has the buffer writes what arrives, piece by piece, between the reads of operators.
 */
final class StagedFlow {
  private final ChipSpec chip;
  private final StagingSpec staging;
  private final double latencyPs;
  private final double bytesPerPs;
  private final double bufferBytesPerPs;
  private final double bufferLatencyPs;
  private final double pieceBytes;

  /** Until what was asked for arrives. */
  private double delayPs;

  /** Bytes of the next operators in the buffer. */
  private double aheadBytes;

  /** Time that the memory of the buffer still needs for pieces that have arrived. */
  private double unwrittenPs;

  /** Of all pieces of a step, in order: the sum of their bytes so far. */
  private final DoubleArrayList ends = new DoubleArrayList();

  /** How many of them have arrived. */
  private int pieces;

  /** Weights of all operators so far. */
  private double readBytes;

  /** Bytes behind the last operator that were asked for while it ran, arrived or not. */
  private double askedBytes;

  /** Whether the buffer has been full since the last operator, so that nothing is on its way. */
  private boolean idle;

  StagedFlow(ChipSpec chip, StagingSpec staging) {
    this.chip = chip;
    this.staging = staging;
    TierSpec source = chip.tiers().get(chip.weightsTier());
    TierSpec buffer = chip.tiers().get(staging.tier());
    pieceBytes = (double) StagingPieces.bytes(chip, staging);
    latencyPs = (double) source.device().readLatencyPs(Usage.WEIGHTS);
    bufferBytesPerPs = buffer.readBytesPerSec() * 1e-12;
    double sourceBytesPerPs = source.readBytesPerSec() * 1e-12;
    bufferLatencyPs = (double) buffer.device().readLatencyPs(Usage.WEIGHTS);
    double roundTripPs = latencyPs + pieceBytes / sourceBytesPerPs + tailPs(pieceBytes);
    double most = Math.floor(staging.sizeBytes() / pieceBytes);
    bytesPerPs = Math.min(sourceBytesPerPs, Math.max(1, most) * pieceBytes / roundTripPs);
  }

  /** From the arrival of a piece until its operator has it: written, then read. */
  private double tailPs(double bytes) {
    return 2 * Math.min(pieceBytes, bytes) / bufferBytesPerPs + bufferLatencyPs;
  }

  /** A step begins. */
  void begin(OperatorPlan plan) {
    aheadBytes = 0;
    askedBytes = 0;
    idle = false;
    delayPs = latencyPs;
    unwrittenPs = 0;
    readBytes = 0;
    pieces = 0;
    ends.clear();
    double sum = 0;
    for (int segment = 0; segment < plan.segments(); segment++) {
      for (int round = 0; round < plan.segmentRepeat(segment); round++) {
        for (int i = plan.segmentFirst(segment); i < plan.segmentEnd(segment); i++) {
          double left = plan.isIdle(i) ? 0 : bytes(plan, i);
          while (left > 0) {
            double piece = Math.min(pieceBytes, left);
            left -= piece;
            sum += piece;
            ends.add(sum);
          }
        }
      }
    }
  }

  /**
   * Adds an operator.
   *
   * @param overheadPs before it
   * @param ownPs its time with weights in the buffer, without the traffic of copies
   * @param bufferPs of this, the work of the memory that has the buffer
   * @param directPs of this, reads of the memory that holds weights, beside the buffer
   * @param neededBytes its weights
   * @param allowedBytes weights of operators behind it that may be copied before they are issued
   * @return its time, overhead not included
   */
  double add(
      double overheadPs,
      double ownPs,
      double bufferPs,
      double directPs,
      double neededBytes,
      double allowedBytes) {
    double most = Math.min((double) staging.sizeBytes(), allowedBytes);
    double there = aheadBytes;
    if (!idle) {
      double arriving = bytesPerPs * Math.max(0, overheadPs - delayPs);
      there = Math.min(Math.max(there, most), there + arriving);
      arrive(overheadPs, 0, delayPs, aheadBytes, there);
      delayPs = Math.max(0, delayPs - overheadPs);
    }
    if (idle && there < most + neededBytes) {
      delayPs = latencyPs;
    }
    double gapPs = delayPs;
    double missing = Math.max(0, neededBytes - there);
    double timePs = ownPs;
    if (bufferPs > 0) {
      // In order: what has arrived is written before anything of the operator.
      timePs = Math.max(timePs, unwrittenPs + bufferPs);
    }
    if (missing > 0) {
      timePs = Math.max(timePs, gapPs + missing / bytesPerPs + tailPs(neededBytes));
    }
    // Sensed meanwhile, and moved behind all that was asked for before.
    double movePs = Math.max(0, directPs - latencyPs);
    if (directPs > 0) {
      double onTheWay = Math.max(0, askedBytes - there);
      double othersPs = onTheWay > 0 ? gapPs + onTheWay / bytesPerPs : 0;
      timePs = Math.max(timePs, Math.max(othersPs, directPs - movePs) + movePs);
    }
    askedBytes = most;
    double fetched = bytesPerPs * Math.max(0, timePs - gapPs - movePs);
    double after = there + Math.max(missing, fetched) - neededBytes;
    idle = after >= most;
    delayPs = Math.max(0, gapPs - timePs);
    aheadBytes = Math.min(most, after);
    arrive(timePs, bufferPs, gapPs, there, aheadBytes + neededBytes);
    readBytes += neededBytes;
    return timePs;
  }

  /**
   * Pieces arrive while time passes, and are written in order of arrival behind other work.
   *
   * @param workPs work of the memory that has the buffer, asked for at the beginning
   * @param firstPs until bytes arrive
   * @param fromBytes in the buffer at the beginning
   * @param toBytes had nothing been read
   */
  private void arrive(
      double timePs, double workPs, double firstPs, double fromBytes, double toBytes) {
    double freePs = unwrittenPs + workPs;
    double previous = pieces == 0 ? 0 : ends.getDouble(pieces - 1);
    while (pieces < ends.size() && ends.getDouble(pieces) <= readBytes + toBytes) {
      double end = ends.getDouble(pieces++);
      double arrivalPs = firstPs + (end - readBytes - fromBytes) / bytesPerPs;
      freePs = Math.max(freePs, arrivalPs) + (end - previous) / bufferBytesPerPs;
      previous = end;
    }
    unwrittenPs = Math.max(0, freePs - timePs);
  }

  /** Weights behind an operator that may be copied while it runs. */
  double allowedBytes(OperatorPlan plan, int atSegment, int atRepeat, int atOperator) {
    int segment = atSegment;
    int repeat = atRepeat;
    int i = atOperator + 1;
    double sum = 0;
    int operators = 0;
    while (sum < staging.sizeBytes()) {
      if (i == plan.segmentEnd(segment)) {
        if (++repeat == plan.segmentRepeat(segment)) {
          repeat = 0;
          if (++segment == plan.segments()) {
            return sum;
          }
        }
        i = plan.segmentFirst(segment);
      }
      boolean next =
          segment == atSegment
              ? repeat > atRepeat + 1
              : segment > atSegment + 1
                  || repeat > 0
                  || atRepeat + 1 < plan.segmentRepeat(atSegment);
      if (staging.policy() == StagingSpec.Policy.LAYER && next) {
        return sum;
      }
      double bytes = bytes(plan, i);
      if (bytes > 0
          && ++operators > staging.depth()
          && staging.policy() == StagingSpec.Policy.SEQUENTIAL) {
        return sum;
      }
      sum += bytes;
      i++;
    }
    return sum;
  }

  /** Weights that an operator reads from the buffer. */
  double bytes(OperatorPlan plan, int i) {
    int from = chip.weightsTier();
    return chip.stages(plan.kind(i), from)
        ? (double) TierBytes.stored(chip, plan, i, from, Usage.WEIGHTS)
        : 0;
  }
}
