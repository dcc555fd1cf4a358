package memwall.workloads.trace;

/**
 * What one pass over a valid trace counts.
 *
 * @param format name of the format, for example {@code azure}
 * @param header what the trace says about itself
 * @param requests number of requests, at least 1
 * @param promptTokens sum over all requests
 * @param outputTokens sum over all requests
 * @param firstArrivalPs arrival of the first request
 * @param lastArrivalPs arrival of the last request
 * @param maxPromptTokens longest prompt
 * @param maxOutputTokens longest output
 * @param maxContextTokens longest prompt and output of one request together
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
    String sha256) {}
