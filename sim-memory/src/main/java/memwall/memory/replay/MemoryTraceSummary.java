package memwall.memory.replay;

/**
 * What a memory trace has in it.
 *
 * @param format of the file
 * @param clock what its times count
 * @param accesses reads and writes
 * @param writes of them
 * @param unsized accesses that do not say how many bytes: each is one transaction of the device
 * @param bytes of all others; at most {@link Long#MAX_VALUE}
 * @param first arrival of the first access, in the unit of the clock
 * @param last arrival of the last
 * @param sha256 of the file as stored
 */
public record MemoryTraceSummary(
    MemoryTraceFormat format,
    TraceClock clock,
    long accesses,
    long writes,
    long unsized,
    long bytes,
    long first,
    long last,
    String sha256) {}
