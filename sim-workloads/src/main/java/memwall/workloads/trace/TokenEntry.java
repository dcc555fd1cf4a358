package memwall.workloads.trace;

import it.unimi.dsi.fastutil.ints.IntImmutableList;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of a token trace; immutable. */
public sealed interface TokenEntry {
  /** A request starts; comes before all its tokens, in order of arrival. */
  record Started(Request request) implements TokenEntry {}

  /**
   * Consecutive output tokens of one request, times only.
   *
   * @param id of the request
   * @param firstIndex output index of the first token, from 0
   * @param completionPs completion times in picoseconds from the start of the trace, in order
   */
  record Run(String id, int firstIndex, LongImmutableList completionPs) implements TokenEntry {}

  /**
   * One step of one request in detail.
   *
   * @param id of the request
   * @param index output index of the first token of the step, from 0
   * @param completionPs when the step's tokens were complete
   * @param phase what the token is for; null if not given
   * @param contextTokens tokens that attention read; 0 if not given
   * @param experts the experts that the token used, per MoE layer; empty if not given
   * @param accepted output tokens that the step delivered, 1 or (speculative decoding) more
   */
  record Detail(
      String id,
      int index,
      long completionPs,
      @Nullable Phase phase,
      int contextTokens,
      List<IntImmutableList> experts,
      int accepted)
      implements TokenEntry {
    /** Copies the list. */
    public Detail {
      experts = List.copyOf(experts);
    }
  }
}
