package memwall.workloads.execution;

import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Usage;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.Chip;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.StagingSpec;

/**
 * Copies weights of a rank ahead of their use into a bounded buffer in another memory, from where
 * operators read them.
 *
 * <p>Weights pass in the order of the plan, in pieces: read from the memory that holds them,
 * written into the buffer, read by their operator; then the room of the piece is free. A piece is
 * asked for as soon as there is room for it and the policy allows. So an operator waits for as much
 * of its weights as has not been copied, and what the buffer holds bounds what is under way: less
 * than rate times latency cannot keep the memory busy.
 *
 * <p>What has passed each stage is a count of bytes from the beginning of the step.
 */
final class StagingBuffer {
  private final Chip chip;
  private final ChipSpec spec;
  private final Simulation simulation;
  private final StagingSpec staging;
  private final int from;
  private final long pieceBytes;
  private final Completion fetched = this::fetched;
  private final Completion arrived = this::arrived;
  private final Completion read = this::read;
  private final Counter staged;
  private final Counter hits;
  private final Counter misses;
  private final Counter stalls;
  private final Counter stalled;

  private OperatorPlan plan;

  /** The operator whose weights are asked for next, and how many bytes of them have been. */
  private int segment;

  private int repeat;
  private int operator;
  private long askedOfOperator;
  private boolean exhausted;

  /** The operator that was issued last. */
  private int atSegment;

  private int atRepeat;

  /** Operators whose weights were asked for, if only in part, before their turn. */
  private int ahead;

  private long askedBytes;
  private long arrivedBytes;
  private long readingBytes;
  private long readBytes;
  private long wantedBytes;

  /** Of the operator that waits for its weights. */
  private Completion done = word -> {};

  private long doneWord;
  private boolean waits;
  private long arrivedPs;

  StagingBuffer(
      Simulation simulation, Stats stats, Chip chip, StagingSpec staging, OperatorPlan first) {
    this.simulation = simulation;
    this.chip = chip;
    this.spec = chip.spec();
    this.staging = staging;
    this.from = spec.weightsTier();
    this.pieceBytes = StagingPieces.bytes(spec, staging);
    this.plan = first;
    this.staged =
        stats.counter(
            "bytes", "bytes", "Weights copied into the staging buffer ahead of their use");
    this.hits =
        stats.counter("hit_bytes", "bytes", "Of these, there when their operator wanted them");
    this.misses = stats.counter("missed_bytes", "bytes", "Of these, not there yet");
    this.stalls = stats.counter("stalls", "1", "Operators whose end waited for such weights");
    this.stalled =
        stats.counter("stall_ps", "ps", "Time that they waited for them, to their arrival");
  }

  /** A step begins. */
  void restart(OperatorPlan newPlan) {
    if (askedBytes != readBytes || waits) {
      throw new IllegalStateException("weights were copied that no operator read");
    }
    plan = newPlan;
    segment = 0;
    repeat = 0;
    operator = plan.segmentFirst(0) - 1;
    exhausted = false;
    ahead = 0;
    askedBytes = 0;
    arrivedBytes = 0;
    readingBytes = 0;
    readBytes = 0;
    wantedBytes = 0;
    askedOfOperator = 0;
    atSegment = 0;
    atRepeat = 0;
    next();
  }

  /**
   * An operator wants its weights, the next in the order of the plan.
   *
   * @param newDone called when it has read the last of them
   */
  void want(long bytes, Completion newDone, long word) {
    long there = Math.max(0, Math.min(bytes, arrivedBytes - wantedBytes));
    hits.add(there);
    misses.add(bytes - there);
    wantedBytes += bytes;
    done = newDone;
    doneWord = word;
    waits = true;
    arrivedPs = simulation.nowPs();
    if (ahead > 0) {
      ahead--;
    }
    readOn();
  }

  /** The step has come to an operator: how far ahead may be copied depends on it. */
  void isAt(int newSegment, int newRepeat) {
    atSegment = newSegment;
    atRepeat = newRepeat;
    ask();
  }

  /** The operator issued last waited so long for weights that were not there. */
  void countStall(long ps) {
    if (ps > 0) {
      stalls.increment();
      stalled.add(ps);
    }
  }

  /** When the last byte for the operator issued last was in the buffer, or its issue. */
  long arrivedPs() {
    return arrivedPs;
  }

  /** Moves to the next operator with weights that are staged. */
  private void next() {
    askedOfOperator = 0;
    while (true) {
      operator++;
      while (operator == plan.segmentEnd(segment)) {
        if (++repeat >= plan.segmentRepeat(segment)) {
          repeat = 0;
          if (++segment == plan.segments()) {
            exhausted = true;
            return;
          }
        }
        operator = plan.segmentFirst(segment);
      }
      if (bytes() > 0) {
        return;
      }
    }
  }

  private long bytes() {
    return spec.stages(plan.kind(operator), from)
        ? TierBytes.stored(spec, plan, operator, from, Usage.WEIGHTS)
        : 0;
  }

  private void ask() {
    while (!exhausted && mayAsk()) {
      long all = bytes();
      long piece = Math.min(pieceBytes, all - askedOfOperator);
      if (askedBytes - readBytes + piece > staging.sizeBytes()) {
        return;
      }
      if (askedOfOperator == 0 && askedBytes >= wantedBytes) {
        ahead++;
      }
      askedOfOperator += piece;
      askedBytes += piece;
      chip.tier(from)
          .read(chip.region(from, Usage.WEIGHTS), piece, AccessPattern.SEQUENTIAL, fetched, piece);
      if (askedOfOperator == all) {
        next();
      }
    }
  }

  /** Whether the policy allows the next operator's weights to be asked for. */
  private boolean mayAsk() {
    if (askedOfOperator > 0 || askedBytes < wantedBytes) {
      return true;
    }
    return switch (staging.policy()) {
      case SEQUENTIAL -> ahead < staging.depth();
      case LAYER ->
          segment == atSegment
              ? repeat <= atRepeat + 1
              : segment == atSegment + 1
                  && repeat == 0
                  && atRepeat + 1 == plan.segmentRepeat(atSegment);
    };
  }

  private void fetched(long piece) {
    chip.tier(staging.tier())
        .write(
            chip.region(staging.tier(), Usage.WEIGHTS),
            piece,
            AccessPattern.SEQUENTIAL,
            arrived,
            piece);
  }

  private void arrived(long piece) {
    staged.add(piece);
    arrivedBytes += piece;
    if (waits && arrivedBytes - piece < wantedBytes) {
      arrivedPs = simulation.nowPs();
    }
    readOn();
  }

  private void readOn() {
    long bytes = Math.min(arrivedBytes, wantedBytes) - readingBytes;
    if (bytes > 0) {
      readingBytes += bytes;
      chip.tier(staging.tier())
          .read(
              chip.region(staging.tier(), Usage.WEIGHTS),
              bytes,
              AccessPattern.SEQUENTIAL,
              read,
              bytes);
    }
  }

  private void read(long bytes) {
    readBytes += bytes;
    ask();
    if (waits && readBytes == wantedBytes) {
      waits = false;
      done.complete(doneWord);
    }
  }

  /** Bytes copied since the start. */
  long stagedBytes() {
    return staged.value();
  }

  /** As {@link AnnouncementCursor#repeatsAhead}. */
  int repeatsAhead(int currentSegment, int currentRepeat) {
    if (exhausted || segment != currentSegment) {
      return plan.segmentRepeat(currentSegment);
    }
    return repeat - currentRepeat + 1;
  }

  /** The execution jumps over repeats of the current segment. */
  void skip(int repeats) {
    repeat += repeats;
    atRepeat += repeats;
  }

  void describe(StateSink sink, int currentRepeat) {
    sink.put(askedBytes - readBytes);
    sink.put(arrivedBytes - readBytes);
    sink.put(readingBytes - readBytes);
    sink.put(wantedBytes - readBytes);
    sink.put(ahead);
    sink.put(exhausted ? 1 : 0);
    sink.put(segment);
    sink.put(repeat - currentRepeat);
    sink.put(operator);
    sink.put(askedOfOperator);
  }
}
