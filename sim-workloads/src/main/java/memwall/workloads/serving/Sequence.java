package memwall.workloads.serving;

import memwall.workloads.trace.RecordedRequest;
import memwall.workloads.trace.Request;
import org.jspecify.annotations.Nullable;

/** A request on its way through the engine. */
final class Sequence {
  /** A time that has not come to pass. */
  static final long NEVER = -1;

  private static final long[] NONE = {};

  final Request request;

  /** Reserved in the first memory. */
  long kvBytes;

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

  /** Tokens of the prompt that have been processed. */
  int promptDone;

  /** Output tokens produced. */
  int produced;

  /** Tokens of this sequence in the step under way. */
  int scheduledTokens;

  /** Completion times of the tokens, only if the run writes its token trace. */
  long[] tokenPs;

  Sequence(Request request, long kvBytes, @Nullable RecordedRequest pace, boolean keepsTokenTimes) {
    this.request = request;
    this.kvBytes = kvBytes;
    this.pace = pace;
    this.tokenPs = keepsTokenTimes ? new long[request.outputTokens()] : NONE;
  }

  boolean prefilled() {
    return promptDone == request.promptTokens();
  }

  /** The earliest time at which the next token may be asked for. */
  long notBeforePs() {
    return pace == null ? 0 : pace.notBeforePs(produced, RecordedRequest.Replay.OPEN_LOOP);
  }
}
