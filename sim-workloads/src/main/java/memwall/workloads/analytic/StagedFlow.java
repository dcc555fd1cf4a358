package memwall.workloads.analytic;

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
 * longer of its own time and that of loading the next one, and the first one is loaded in full.
 */
final class StagedFlow {
  private final ChipSpec chip;
  private final StagingSpec staging;
  private final double latencyPs;
  private final double bytesPerPs;
  private final double bufferBytesPerPs;
  private final double tailPs;

  /** Bytes of the next operators in the buffer; below 0 while the first are on their way. */
  private double aheadBytes;

  /** Of these, bytes that wait to be written into the buffer. */
  private double unwrittenBytes;

  /** Whether the buffer has been full since the last operator, so that nothing is on its way. */
  private boolean idle;

  StagedFlow(ChipSpec chip, StagingSpec staging) {
    this.chip = chip;
    this.staging = staging;
    TierSpec source = chip.tiers().get(chip.weightsTier());
    TierSpec buffer = chip.tiers().get(staging.tier());
    double piece = (double) StagingPieces.bytes(chip, staging);
    latencyPs = (double) source.device().readLatencyPs(Usage.WEIGHTS);
    bufferBytesPerPs = buffer.readBytesPerSec() * 1e-12;
    double sourceBytesPerPs = source.readBytesPerSec() * 1e-12;
    double bufferLatencyPs = (double) buffer.device().readLatencyPs(Usage.WEIGHTS);
    tailPs = 2 * piece / bufferBytesPerPs + bufferLatencyPs;
    double roundTripPs = latencyPs + piece / sourceBytesPerPs + tailPs;
    double pieces = Math.floor(staging.sizeBytes() / piece);
    bytesPerPs = Math.min(sourceBytesPerPs, Math.max(1, pieces) * piece / roundTripPs);
  }

  /** A step begins. */
  void begin() {
    aheadBytes = -latencyPs * bytesPerPs;
    unwrittenBytes = 0;
    idle = false;
  }

  /**
   * Adds an operator.
   *
   * @param overheadPs before it
   * @param ownPs its time with weights in the buffer, without the traffic of copies
   * @param bufferPs of this, the work of the memory that has the buffer
   * @param neededBytes its weights
   * @param allowedBytes weights of operators behind it that may be copied before they are issued
   * @return its time, overhead not included
   */
  double add(
      double overheadPs, double ownPs, double bufferPs, double neededBytes, double allowedBytes) {
    double most = Math.min((double) staging.sizeBytes(), allowedBytes);
    double there = aheadBytes;
    if (!idle) {
      there = Math.min(Math.max(there, most), there + bytesPerPs * overheadPs);
    }
    double gapPs = idle && neededBytes > 0 ? latencyPs : 0;
    double missing = Math.max(0, neededBytes - there);
    double unwritten = Math.max(0, neededBytes - Math.max(0, there - unwrittenBytes));
    double timePs = ownPs;
    if (unwritten > 0) {
      // What is not in the buffer has to be written before it is read.
      timePs = Math.max(timePs, bufferPs + unwritten / bufferBytesPerPs);
    }
    if (missing > 0) {
      timePs = Math.max(timePs, gapPs + missing / bytesPerPs + tailPs);
    }
    double fetched = bytesPerPs * Math.max(0, timePs - gapPs);
    double after = there + Math.max(missing, fetched) - neededBytes;
    idle = after >= most;
    fetched -= Math.max(0, after - most);
    // The memory of the buffer has its own work; copies are written in what that leaves of it.
    double written = bufferBytesPerPs * Math.max(0, timePs - bufferPs);
    aheadBytes = Math.min(most, after);
    unwrittenBytes =
        Math.max(0, Math.min(Math.max(0, aheadBytes), unwrittenBytes + fetched - written));
    return timePs;
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
