package memwall.memory.flash.device;

import memwall.core.leap.StateSink;

/**
 * The state of a device in writing, and its repetition: what a port needs that takes in one step
 * what happens again and again. The owner of each part of the state describes it.
 */
public final class FlashImage {
  private final FlashDevice device;
  private final Requests requests;
  private final Counts counts;
  private final Agenda agenda;
  private final PlaneArray planes;
  private final PageBuffers buffers;
  private final SharedBus bus;
  private final PageWay way;
  private final Credits credits;
  private final Admission readGate;
  private final Admission writeGate;
  private final Lists kept;

  FlashImage(
      FlashDevice device,
      Requests requests,
      Counts counts,
      Agenda agenda,
      PlaneArray planes,
      PageBuffers buffers,
      SharedBus bus,
      PageWay way,
      Credits credits,
      Admission readGate,
      Admission writeGate,
      Lists kept) {
    this.device = device;
    this.requests = requests;
    this.counts = counts;
    this.agenda = agenda;
    this.planes = planes;
    this.buffers = buffers;
    this.bus = bus;
    this.way = way;
    this.credits = credits;
    this.readGate = readGate;
    this.writeGate = writeGate;
    this.kept = kept;
  }

  /**
   * Writes everything that the future depends on: times relative to now, pages relative to a row
   * (page number in a plane), so that two moments of a stream over all planes have the same state
   * if what follows is the same, one stream's rows further on.
   *
   * @return whether the state could be described; it cannot be while anything is programmed, erased
   *     or gathered, or a sense takes unusually long, or once the device has stopped
   */
  public boolean describe(StateSink sink, int baseRow) {
    return describe(sink, baseRow, 0);
  }

  /**
   * The same, words of requests relative to one.
   *
   * @see #describe(StateSink, int)
   */
  public boolean describe(StateSink sink, int baseRow, long baseWord) {
    requests.describeFrom(baseWord);
    boolean gathers = device.spec().rules().gatherPs() > 0;
    if (!planes.onlyReads() || !agenda.isPlain() || gathers || device.isShutDown()) {
      return false;
    }
    agenda.describe(
        sink, device.nowPs(), (kind, index, tag, its) -> name(kind, index, tag, its, baseRow));
    planes.describe(sink, baseRow, device.nowPs());
    buffers.describe(sink, baseRow);
    bus.describe(sink, requests, buffers, baseRow);
    way.describe(sink, device.nowPs());
    credits.describe(sink);
    readGate.describe(sink, buffers, baseRow);
    for (int channel = 0; channel < device.spec().geometry().channels(); channel++) {
      kept.describe(channel, sink, buffers, baseRow);
    }
    return true;
  }

  private void name(int kind, int index, int tag, StateSink sink, int baseRow) {
    switch (kind) {
      case Steps.LEFT -> requests.describe(index, sink, buffers, baseRow);
      case Steps.LANED, Steps.DECODED -> sink.put(buffers.name(index));
      case Steps.SENSED, Steps.COMMANDED -> {
        sink.put(index);
        sink.put(buffers.name(tag));
      }
      default -> {
        sink.put(index);
        sink.put(tag);
      }
    }
  }

  /**
   * How often at most what happened in a period may be repeated from here on without anything worth
   * looking at: no retry, no page without data, no block read too often.
   *
   * @param baseRow row of the page that the stream asks for next
   * @param rows that all planes sense in a period
   * @param periodPs what a period takes
   * @param most no more than this
   */
  public int cleanPeriods(int baseRow, int rows, long periodPs, int most) {
    int mostRows =
        (int) Math.min((long) rows * most, device.spec().geometry().pagesPerPlane() - baseRow);
    double rowPs = (double) periodPs / rows;
    return planes.cleanRows(baseRow, mostRows, rowPs, device.nowPs()) / rows;
  }

  /**
   * Goes on in one step over what repeats: the state described now is the one described at {@code
   * before}, and what happened since happens again so many times.
   *
   * @param periodPs since then
   * @param baseRow row of the page that the stream asks for next
   * @param rows that all planes sensed since then
   * @param before what was counted then
   * @param after what was counted when the state was described again
   * @param times at most {@link #cleanPeriods}
   */
  public void repeat(
      long periodPs, int baseRow, int rows, FlashCounters before, FlashCounters after, int times) {
    long byPs = Math.multiplyExact(periodPs, (long) times);
    counts.add(after, before, times);
    planes.senseClean(baseRow, rows * times);
    agenda.shift(byPs);
    planes.shift(byPs);
    way.shift(byPs);
    requests.shift(rows * times);
    buffers.shift(rows * times);
    device.moveTo(device.nowPs() + byPs);
  }

  /** From now on senses are noted. */
  public SenseLog logSenses() {
    return planes.pages().logSenses();
  }

  /**
   * Counts the reads of blocks of runs that were logged, if there is nothing to report of any.
   *
   * @param runs of a {@link SenseLog}
   * @param baseRow row from which they are counted
   * @param pages of all of them
   * @param endPs when the last of them is sensed at the latest
   * @return whether they were counted; else nothing was
   */
  public boolean senseRuns(int[] runs, int baseRow, long pages, long endPs) {
    return planes.pages().senseRuns(runs, baseRow, pages, endPs);
  }

  /** Counts what happened between two moments once more. */
  public void count(FlashCounters before, FlashCounters after) {
    counts.add(after, before, 1);
  }

  /** Whether no write is anywhere in the device. */
  public boolean hasNoWrites() {
    return writeGate.inside(0) == 0;
  }

  /** From when on all wires are free, if nothing more comes. */
  public long freePs() {
    return Math.max(way.freePs(), planes.commandsFreePs());
  }

  /**
   * The device becomes as another was described, but later and further on; what it counted and
   * knows of its blocks stays.
   *
   * @param other of a device that is built alike; described without writes, and without a shared
   *     bus
   * @param byPs how much later
   * @param rows all its pages are so many rows further on
   * @param words all its words and announcements are so much higher
   */
  public void become(FlashImage other, long byPs, int rows, long words) {
    requests.copyFrom(other.requests);
    agenda.copyFrom(other.agenda);
    planes.copyFrom(other.planes);
    buffers.copyFrom(other.buffers);
    way.copyFrom(other.way);
    credits.copyFrom(other.credits);
    readGate.copyFrom(other.readGate);
    kept.copyFrom(other.kept);
    device.moveTo(other.device.nowPs() + byPs);
    agenda.shift(byPs);
    planes.shift(byPs);
    way.shift(byPs);
    requests.shift(rows);
    requests.renumber(words);
    buffers.shift(rows);
  }
}
