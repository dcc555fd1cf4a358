package memwall.memory.flash.replay;

import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import memwall.core.stat.TickHistogram;
import memwall.memory.flash.ReadLimits;
import memwall.memory.flash.device.FlashCounters;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.trace.FlashTraceSummary;
import org.jspecify.annotations.Nullable;

/**
 * What a replay of a flash trace gave. Whole numbers, from which the rates are derived.
 *
 * @param spec what was replayed on
 * @param trace what is in the trace
 * @param completed reads and writes complete; trims are at once
 * @param firstPs first arrival
 * @param lastPs last completion
 * @param readLatency of each read access, picoseconds: from its arrival to its last byte
 * @param writeLatency the same of writes
 * @param pages how pages of reads and writes ended
 * @param pagesAsked pages that reads and writes touched
 * @param counters what the device did
 * @param management what became of blocks and pages
 * @param heat what heat did; null if it is left aside
 */
public record FlashReplayResult(
    FlashReplaySpec spec,
    FlashTraceSummary trace,
    long completed,
    long firstPs,
    long lastPs,
    TickHistogram readLatency,
    TickHistogram writeLatency,
    ImmutableSortedMap<FlashStatus, Long> pages,
    long pagesAsked,
    FlashCounters counters,
    ManagementCounts management,
    @Nullable ReplayHeat heat) {
  private static final double SECONDS = 1e-12;

  /** From the first arrival to the last completion, picoseconds; 0 if nothing took time. */
  public long spanPs() {
    return Math.max(0, lastPs - firstPs);
  }

  /** Accesses a second; NaN or infinite if the span is empty. */
  public double accessesPerSec() {
    return completed / (spanPs() * SECONDS);
  }

  /** Bytes read a second; NaN or infinite if the span is empty. */
  public double readBytesPerSec() {
    return trace.readBytes() / (spanPs() * SECONDS);
  }

  /** Bytes written a second; NaN or infinite if the span is empty. */
  public double writtenBytesPerSec() {
    return trace.writtenBytes() / (spanPs() * SECONDS);
  }

  /** What bounds the device. */
  public ReadLimits limits() {
    return new ReadLimits(spec.part().device());
  }

  /** How much of a part was used; 0 if the span is empty. */
  public double usedShare(ReadLimits.Limit limit) {
    return spanPs() == 0 ? 0 : limits().usedShare(limit, counters, spanPs());
  }

  /** The part that was used most. */
  public ReadLimits.Limit busiest() {
    return spanPs() == 0 ? limits().binding() : limits().busiest(counters, spanPs());
  }

  /** Energy of all that the device did, and of the span, in joules. */
  public double joules() {
    FlashEnergy energy = spec.part().energy();
    FlashGeometry geometry = spec.part().device().geometry();
    double written = (double) counters.programs() * geometry.pageBytes();
    double pj =
        (counters.senses() + counters.retries()) * energy.sensePj()
            + counters.programs() * energy.programPj()
            + counters.erases() * energy.erasePj()
            + 8 * (counters.readBytes() + written) * energy.pathPjPerBit();
    return pj * SECONDS + energy.idleWatts() * spanPs() * SECONDS;
  }

  /**
   * Checks that nothing was lost.
   *
   * @return one sentence per broken law; empty if all hold
   */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    law(broken, trace.reads() + trace.writes(), "accesses", completed, "complete");
    long ended = 0;
    for (long count : pages.values()) {
      ended += count;
    }
    law(broken, pagesAsked, "pages asked for", ended, "ended");
    long written = management.hostPages() + management.moved();
    long programmed = counters.programs() + management.refused();
    long read = counters.senses() + counters.bufferHits() + counters.forwarded();
    if (counters.shutOut() == 0) {
      law(broken, written, "pages of the host or moved", programmed, "programmed");
      law(
          broken,
          counters.reads(),
          "reads of the device",
          read,
          "sensed, in a buffer or being programmed");
    } else {
      law(
          broken,
          written + counters.reads(),
          "pages written and read",
          programmed + read + counters.shutOut(),
          "programmed, read or shut out");
    }
    return broken;
  }

  private static void law(List<String> broken, long left, String what, long right, String became) {
    if (left != right) {
      broken.add(left + " " + what + ", but " + right + " " + became);
    }
  }
}
