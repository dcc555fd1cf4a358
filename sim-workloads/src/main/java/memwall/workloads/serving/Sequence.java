package memwall.workloads.serving;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import memwall.workloads.trace.RecordedRequest;
import memwall.workloads.trace.Request;
import org.jspecify.annotations.Nullable;

/** A request on its way through the engine. */
final class Sequence {
  /** A time that has not come to pass. */
  static final long NEVER = -1;

  private static final long[] NONE = {};

  final Request request;

  /** Place in the order of arrival, which breaks ties. */
  final long number;

  /** The smallest goes first. */
  final int priority;

  /** Reserved in the first memory. */
  long kvBytes;

  /** Reserved on the host, while the sequence waits to come back. */
  long swappedBytes;

  /** Blocks at the beginning of the prompt that the prefix cache holds for this sequence too. */
  final List<PrefixIndex.Block> shared = new ArrayList<>(0);

  /** Names of the blocks behind those that the trace names, as far as they were complete. */
  final LongArrayList ownBlocks = new LongArrayList(0);

  /** Blocks at the beginning of the prompt that others may share, or have been offered. */
  int blocksOffered;

  /** How often it was put out of the batch. */
  int preemptions;

  /** Since when it waits, or waited last. */
  long waitingSincePs;

  /** Reserved in the second memory for this sequence alone. */
  long tieredBytes;

  /** First entries that are read from the second memory, in layers that attend to everything. */
  int tiered;

  /** The same in windowed layers. */
  int windowedTiered;

  /** Whether entries are on their way into the second memory. */
  boolean copying;

  /** Whether it has all its tokens. */
  boolean hasLeft;

  /** Recorded token times that pace the tokens; null if tokens follow each other at once. */
  final @Nullable RecordedRequest pace;

  long admittedPs = NEVER;
  long firstTokenPs = NEVER;
  long lastTokenPs = NEVER;

  /**
   * Tokens to be processed before the next one is produced: those of the prompt and, if the
   * sequence lost its entries, those that it had produced.
   */
  int prefillTokens;

  /** Of these, tokens that have been processed. */
  int promptDone;

  /** Output tokens produced. */
  int produced;

  /** Tokens of this sequence in the step under way. */
  int scheduledTokens;

  /** Completion times of the tokens, only if the run writes its token trace. */
  long[] tokenPs;

  Sequence(Request request, long kvBytes, @Nullable RecordedRequest pace, boolean keepsTokenTimes) {
    this(request, kvBytes, pace, keepsTokenTimes, 0, 0);
  }

  Sequence(
      Request request,
      long kvBytes,
      @Nullable RecordedRequest pace,
      boolean keepsTokenTimes,
      int priority,
      long number) {
    this.request = request;
    this.kvBytes = kvBytes;
    this.pace = pace;
    this.priority = priority;
    this.number = number;
    this.prefillTokens = request.promptTokens();
    this.waitingSincePs = request.arrivalPs();
    this.tokenPs = keepsTokenTimes ? new long[request.outputTokens()] : NONE;
  }

  boolean prefilled() {
    return promptDone == prefillTokens;
  }

  /** Tokens whose keys and values are there, or on the host. */
  int entries() {
    return prefilled() ? request.promptTokens() + produced - 1 : promptDone;
  }

  /** Whether it had a place in the batch and lost it. */
  boolean wasPreempted() {
    return preemptions > 0;
  }

  /** The earliest time at which the next token may be asked for. */
  long notBeforePs() {
    return pace == null ? 0 : pace.notBeforePs(produced, RecordedRequest.Replay.OPEN_LOOP);
  }
}
