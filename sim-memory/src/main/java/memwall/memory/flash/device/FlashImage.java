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
      Admission readGate) {
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
    return true;
  }

  private void name(int kind, int index, int tag, StateSink sink, int baseRow) {
    switch (kind) {
      case Steps.LEFT -> requests.describe(index, sink, buffers, baseRow);
      case Steps.DECODED -> sink.put(buffers.name(index));
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
}
