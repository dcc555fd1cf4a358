package memwall.cli;

import memwall.cli.report.RequestsCsv;
import memwall.workloads.serving.RequestRecord;
import memwall.workloads.serving.ServingObserver;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.TokenTraceWriter;
import org.jspecify.annotations.Nullable;

/** Writes a run's rows while it goes: one per request, and the token trace if it is wanted. */
final class RunRows implements ServingObserver, AutoCloseable {
  private final RequestsCsv csv;
  private final @Nullable TokenTraceWriter tokens;
  private @Nullable Progress progress;

  /** Arrived last and not announced in the token trace yet: a refused request never is. */
  private @Nullable Request arrivedLast;

  RunRows(RequestsCsv csv, @Nullable TokenTraceWriter tokens) {
    this.csv = csv;
    this.tokens = tokens;
  }

  void watch(Progress newProgress) {
    progress = newProgress;
  }

  @Override
  public void arrived(Request request) {
    if (progress != null) {
      progress.arrived();
    }
    announce();
    arrivedLast = request;
  }

  private void announce() {
    if (tokens != null && arrivedLast != null) {
      tokens.requestStarted(arrivedLast);
    }
    arrivedLast = null;
  }

  @Override
  public void ended(RequestRecord record) {
    if (record.outcome() == RequestRecord.Outcome.REFUSED) {
      // Refused on arrival: it produces no token, and a trace that announces it is incomplete.
      arrivedLast = null;
    }
    csv.write(
        record.id(),
        switch (record.outcome()) {
          case COMPLETED -> RequestsCsv.Outcome.COMPLETED;
          case REFUSED -> RequestsCsv.Outcome.REFUSED;
          case RUNNING -> RequestsCsv.Outcome.RUNNING;
          case WAITING -> RequestsCsv.Outcome.WAITING;
        },
        record.promptTokens(),
        record.producedTokens(),
        record.arrivalPs(),
        record.admittedPs(),
        record.firstTokenPs(),
        record.lastTokenPs(),
        record.reason());
  }

  @Override
  public boolean wantsTokens() {
    return tokens != null;
  }

  @Override
  public void tokens(Request request, long[] completionPs, int produced) {
    if (tokens != null) {
      announce();
      tokens.tokens(request.id(), 0, completionPs, 0, produced);
    }
  }

  void finish() {
    if (tokens != null) {
      announce();
      tokens.finish();
    }
  }

  @Override
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }
}
