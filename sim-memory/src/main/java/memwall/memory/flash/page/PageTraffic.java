package memwall.memory.flash.page;

import java.util.List;
import java.util.function.LongSupplier;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;

/** What users ask of a memory and how long it took, all channels together. */
final class PageTraffic {
  private final long pageBytes;
  private final LongSupplier gatheredBytes;
  final Counter readPages;
  final Counter programmedPages;
  final Counter scratchBytes;
  final Counter movedBytes;
  final Counter paddingBytes;
  final LatencyHistogram readLatency;
  final LatencyHistogram programLatency;

  /**
   * Nothing so far.
   *
   * @param gatheredBytes written that do not fill a page of each channel yet
   */
  PageTraffic(Stats stats, PageSpec spec, LongSupplier gatheredBytes) {
    this.gatheredBytes = gatheredBytes;
    pageBytes = spec.pageBytes();
    readPages =
        stats.counter("read_pages", "pages", "Pages brought to the chip, all channels together");
    programmedPages =
        stats.counter("programmed_pages", "pages", "Pages given to planes to be programmed");
    stats.exact(
        "programmed_bytes",
        "bytes",
        "Bytes programmed into flash, gathered to pages",
        () -> programmedPages.value() * pageBytes);
    stats.exact(
        "gathered_bytes",
        "bytes",
        "Bytes written that do not fill a page of each channel yet",
        gatheredBytes);
    scratchBytes =
        stats.counter("scratch_bytes", "bytes", "Bytes moved to and from the scratch SRAM");
    movedBytes = stats.counter("moved_bytes", "bytes", "Bytes that the links moved");
    paddingBytes =
        stats.counter(
            "padding_bytes",
            "bytes",
            "Bytes moved only to fill whole access units of all channels");
    readLatency =
        stats.histogram(
            "read_latency", "From a read's submission to its last byte, queueing included");
    programLatency =
        stats.histogram("program_latency", "From a write's submission to its last page programmed");
  }

  /** Adds a sentence if what the links moved is not accounted for. */
  void check(String path, List<String> broken) {
    long pages = readPages.value() + programmedPages.value();
    long parts = pages * pageBytes + gatheredBytes.getAsLong() + scratchBytes.value();
    if (parts != movedBytes.value()) {
      broken.add(
          path
              + ": pages, gathered bytes and scratch account for "
              + parts
              + " bytes, links moved "
              + movedBytes.value());
    }
  }
}
