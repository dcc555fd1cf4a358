package memwall.workloads.trace;

import java.util.function.Supplier;

/**
 * What one pass over a valid trace counts; if it was cut, what is left of it.
 *
 * @param format name of the format, for example {@code azure}
 * @param header what the trace says about itself
 * @param requests number of requests; at least 1 if it was not cut
 * @param promptTokens sum over all requests
 * @param outputTokens sum over all requests
 * @param firstArrivalPs arrival of the first request
 * @param lastArrivalPs arrival of the last request
 * @param maxPromptTokens longest prompt
 * @param maxOutputTokens longest output
 * @param maxContextTokens longest prompt and output of one request together
 * @param leftOut requests that failed where they were recorded, and are not counted above
 * @param sha256 digest of the file's bytes as stored, 64 hexadecimal digits
 */
public record TraceSummary(
    String format,
    TraceHeader header,
    long requests,
    long promptTokens,
    long outputTokens,
    long firstArrivalPs,
    long lastArrivalPs,
    int maxPromptTokens,
    int maxOutputTokens,
    int maxContextTokens,
    long leftOut,
    String sha256) {

  /**
   * Reads a trace to its end and counts.
   *
   * @param sha256 asked at the end
   */
  static TraceSummary count(String format, RequestTrace trace, Supplier<String> sha256) {
    long requests = 0;
    long prompt = 0;
    long output = 0;
    long firstPs = 0;
    long lastPs = 0;
    int maxPrompt = 0;
    int maxOutput = 0;
    int maxContext = 0;
    for (Request request = trace.next(); request != null; request = trace.next()) {
      firstPs = requests == 0 ? request.arrivalPs() : firstPs;
      lastPs = request.arrivalPs();
      requests++;
      prompt += request.promptTokens();
      output += request.outputTokens();
      maxPrompt = Math.max(maxPrompt, request.promptTokens());
      maxOutput = Math.max(maxOutput, request.outputTokens());
      maxContext = Math.max(maxContext, request.maxContextTokens());
    }
    return new TraceSummary(
        format,
        trace.header(),
        requests,
        prompt,
        output,
        firstPs,
        lastPs,
        maxPrompt,
        maxOutput,
        maxContext,
        trace.leftOut(),
        sha256.get());
  }
}
