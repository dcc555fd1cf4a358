package memwall.memory.flash.device;

import memwall.core.leap.StateSink;
import org.jspecify.annotations.Nullable;

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
  private final CleanRows clean;
  private final @Nullable PlaneGroups groups;

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
    groups = planes.groups();
    clean = new CleanRows(planes, device.spec().geometry().planes());
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
    return describe(sink, (plane, page) -> page - baseRow, 0, 0);
  }

  /**
   * The same with other names.
   *
   * @param pages names of pages
   * @param turn the plane that is called 0; others are counted from it
   * @param baseWord from which words of requests are counted
   * @see #describe(StateSink, int)
   */
  public boolean describe(StateSink sink, PageNames pages, int turn, long baseWord) {
    if (!isDescribable()) {
      return false;
    }
    Naming names = new Naming(planeCount(), perPlane(), turn, pages, baseWord);
    agenda.describe(
        sink, device.nowPs(), (kind, index, tag, its) -> name(kind, index, tag, its, names));
    planes.describe(sink, names);
    buffers.describe(sink, names);
    bus.describe(sink, requests, buffers, names);
    way.describe(sink, device.nowPs(), dies(turn));
    credits.describe(sink, names, device.nowPs());
    readGate.describe(sink, buffers, names);
    for (int channel = 0; channel < device.spec().geometry().channels(); channel++) {
      kept.describe(channel, sink, buffers, names);
    }
    return true;
  }

  /** Whether nothing goes on but reads, as they usually do. */
  public boolean isDescribable() {
    boolean gathers = device.spec().rules().gatherPs() > 0;
    return planes.onlyReads() && agenda.isPlain() && !gathers && !device.isShutDown();
  }

  private int planeCount() {
    return device.spec().geometry().planes();
  }

  private int perPlane() {
    return buffers.count() / planeCount();
  }

  private int dies(int turn) {
    return way.hasLanes() ? turn / device.spec().geometry().planesPerDie() : 0;
  }

  private void name(int kind, int index, int tag, StateSink sink, Naming names) {
    switch (kind) {
      case Steps.LEFT -> requests.describe(index, sink, buffers, names);
      case Steps.LANED, Steps.DECODED -> sink.put(names.buffer(buffers.name(index)));
      case Steps.SENSED, Steps.COMMANDED -> {
        sink.put(names.plane(index));
        sink.put(names.buffer(buffers.name(tag)));
      }
      case Steps.GROUPED -> {
        sink.put(names.plane(groups == null ? 0 : groups.firstPlane(index)));
        sink.put(groups != null && groups.number(index) == tag ? 1 : 0);
      }
      default -> {
        sink.put(index);
        sink.put(tag);
      }
    }
  }

  /**
   * A number that is the same for states with the same description and hardly ever for others; it
   * costs little.
   */
  public long glance() {
    return agenda.glance(device.nowPs()) * 31 + requests.live();
  }

  /** Planes by how many the device may be turned and still does the same, for all are alike. */
  public int turnUnit() {
    FlashSpec spec = device.spec();
    return way.hasLanes() ? spec.geometry().planesPerDie() : spec.multiPlane().planesPerGroup();
  }

  /** Whether all pages in buffers hold data that can be read. */
  public boolean isSound() {
    return buffers.areSound();
  }

  /** Whether nothing is anywhere: no page, no request, no wire that is taken. */
  public boolean isBlank() {
    return holdsNothing() && freePs() <= device.nowPs();
  }

  /** The same, but for wires. */
  public boolean holdsNothing() {
    return agenda.isEmpty() && requests.live() == 0 && buffers.areEmpty();
  }

  /** Pages asked of a plane that it has not begun to sense. */
  public int unsensed(int plane) {
    return planes.unsensed(plane);
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
    return clean.count(baseRow, mostRows, rowPs, device.nowPs()) / rows;
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
    clean.sense(baseRow, rows * times);
    agenda.shift(byPs);
    credits.shift(byPs);
    way.shift(byPs);
    requests.shift(rows * times);
    shiftGroups(rows * times);
    buffers.shift(rows * times);
    device.moveTo(device.nowPs() + byPs);
  }

  private void shiftGroups(int rows) {
    if (groups != null) {
      groups.shift(rows);
    }
  }

  /** Counts senses ahead of time. */
  public ForeseenSenses foreseen() {
    return planes.pages().foreseen();
  }

  /** Counts what happened between two moments so many times more. */
  public void count(FlashCounters before, FlashCounters after, long times) {
    counts.add(after, before, times);
  }

  /** Whether no write is anywhere in the device. */
  public boolean hasNoWrites() {
    return writeGate.inside(0) == 0;
  }

  /** From when on all wires are free, if nothing more comes. */
  public long freePs() {
    return way.freePs();
  }

  /**
   * The device becomes as another was described, but later and elsewhere; what it counted and knows
   * of its blocks stays.
   *
   * @param other of a device that is built alike; described without writes, and without a shared
   *     bus
   * @param byPs how much later
   * @param turn planes by which everything has gone on in a ring, a multiple of {@link #turnUnit}
   * @param pages from pages of the other to those of this device
   * @param words all its words and announcements are so much higher
   */
  public void become(FlashImage other, long byPs, int turn, PageNames pages, long words) {
    int count = planeCount();
    int slots = buffers.count();
    int by = turn * perPlane();
    requests.copyFrom(other.requests, count, slots, turn, pages, words);
    agenda.copyFrom(
        other.agenda,
        byPs,
        (kind, index, tag) ->
            switch (kind) {
              case Steps.LANED -> Agenda.what(Turned.at(index, slots, by), tag);
              case Steps.DECODED -> Agenda.what(Turned.at(index, slots, by), tag);
              case Steps.SENSED, Steps.COMMANDED ->
                  Agenda.what(Turned.at(index, count, turn), Turned.at(tag, slots, by));
              case Steps.GROUPED -> {
                int size = device.spec().multiPlane().planesPerGroup();
                yield Agenda.what(Turned.at(index, count / size, turn / size), tag);
              }
              default -> Agenda.what(index, tag);
            });
    planes.copyFrom(other.planes, turn);
    buffers.copyFrom(other.buffers, turn, pages);
    way.copyFrom(other.way, dies(turn));
    credits.copyFrom(other.credits, turn);
    readGate.copyFrom(other.readGate);
    kept.copyFrom(other.kept, 0);
    device.moveTo(other.device.nowPs() + byPs);
    credits.shift(byPs);
    way.shift(byPs);
  }
}
