package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The optional fields of a request, each null (or empty, for lists) where it is not given; kept so
 * that a conversion loses nothing.
 *
 * @param session conversation or agent run that the request belongs to
 * @param parent id of the request that this one follows
 * @param turn number of the turn in the session, 0 or more; -1 if not given
 * @param gapAfterParentPs time from the end of the parent to the arrival of this request (tool or
 *     user think time); -1 if not given
 * @param hashIds one id per block of the prompt; equal prefixes have equal ids
 * @param model name of the model asked for
 * @param tenant who asks
 * @param serviceClass class of service, {@code class} in the file
 * @param sloTtftPs limit on the time to first token; -1 if not given
 * @param sloTpotPs limit on the time per output token; -1 if not given
 * @param media images and the like, whose tokens are part of the prompt
 * @param observed what a real system measured for this request
 * @param x the JSON object of fields that the format does not know, as written
 */
public record RequestExtras(
    @Nullable String session,
    @Nullable String parent,
    int turn,
    long gapAfterParentPs,
    LongImmutableList hashIds,
    @Nullable String model,
    @Nullable String tenant,
    @Nullable String serviceClass,
    long sloTtftPs,
    long sloTpotPs,
    List<Media> media,
    @Nullable Observed observed,
    @Nullable String x) {
  /** Copies the list. */
  public RequestExtras {
    media = List.copyOf(media);
  }

  /**
   * A part of the prompt that is not text.
   *
   * @param kind {@code image}, {@code audio} or {@code video}
   * @param tokens its tokens in the prompt, at least 1
   */
  public record Media(String kind, int tokens) {}

  /**
   * Times that a real system measured, in picoseconds from the start of the trace; -1 where not
   * given.
   *
   * @param queuedPs joined the queue
   * @param scheduledPs first scheduled
   * @param firstPs first token
   * @param lastPs last token
   * @param ok whether the request succeeded; null if not given
   */
  public record Observed(
      long queuedPs, long scheduledPs, long firstPs, long lastPs, @Nullable Boolean ok) {}

  /** The same without what a real system measured. */
  RequestExtras withoutObserved() {
    return new RequestExtras(
        session,
        parent,
        turn,
        gapAfterParentPs,
        hashIds,
        model,
        tenant,
        serviceClass,
        sloTtftPs,
        sloTpotPs,
        media,
        null,
        x);
  }

  /** Extras that hold nothing but fields unknown to the format. */
  static RequestExtras ofX(String x) {
    return new RequestExtras(
        null, null, -1, -1, LongImmutableList.of(), null, null, null, -1, -1, List.of(), null, x);
  }
}
