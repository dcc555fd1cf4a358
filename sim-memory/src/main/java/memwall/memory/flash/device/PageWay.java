package memwall.memory.flash.device;

import memwall.core.leap.StateSink;
import memwall.core.unit.Units;

/**
 * The way of pages from their plane to the host, of data to the device and of commands to their
 * die: lanes, decoders, links and wires, each first in, first out. Whoever is ready takes the next
 * free time of a stage, so a stage needs no queue.
 */
final class PageWay {
  private final FlashGeometry geometry;
  private final FlashPaths paths;
  private final long pageOnLanePs;
  private final long pageToHostPs;
  private final long[] laneFreePs;
  private final long[] decoderFreePs;
  private final long[] linkOutFreePs;
  private final long[] linkInFreePs;
  private final long[] commandFreePs;

  /** Time of a page on the link. */
  final long pageOnLinkPs;

  PageWay(FlashGeometry geometry, FlashPaths paths) {
    this.geometry = geometry;
    this.paths = paths;
    pageOnLinkPs = Units.transferPs(geometry.pageBytes(), paths.linkBytesPerSec());
    pageOnLanePs = extraPs(geometry.pageBytes(), paths.laneBytesPerSec());
    pageToHostPs = paths.hostPs() + extraPs(geometry.pageBytes(), paths.hostBytesPerSec());
    laneFreePs = new long[geometry.dies()];
    decoderFreePs = new long[geometry.channels()];
    linkOutFreePs = new long[geometry.channels()];
    linkInFreePs = new long[geometry.channels()];
    commandFreePs = new long[geometry.channels()];
  }

  private static long extraPs(long bytes, long bytesPerSec) {
    return bytesPerSec == 0 ? 0 : Units.transferPs(bytes, bytesPerSec);
  }

  /** A page takes the lane of its die; when it is through. */
  long overLane(int plane, long nowPs) {
    if (pageOnLanePs == 0) {
      return nowPs;
    }
    int die = plane / geometry.planesPerDie();
    laneFreePs[die] = Math.max(nowPs, laneFreePs[die]) + pageOnLanePs;
    return laneFreePs[die];
  }

  /** Whether there is a decoder. */
  boolean decodes() {
    return paths.eccIssuePs() > 0 || paths.eccLatencyPs() > 0;
  }

  /** A page that has passed its lane takes the decoder, if any; when it is ready for the link. */
  long decoded(int channel, long nowPs) {
    if (!decodes()) {
      return nowPs;
    }
    long beginPs = Math.max(nowPs, decoderFreePs[channel]);
    decoderFreePs[channel] = beginPs + paths.eccIssuePs();
    return beginPs + paths.eccLatencyPs();
  }

  /** Time of any number of bytes on the link. */
  long linkPs(long bytes) {
    return Units.transferPs(bytes, paths.linkBytesPerSec());
  }

  /** Time of bytes of a page on the link. */
  long onLinkPs(int bytes) {
    return bytes == geometry.pageBytes()
        ? pageOnLinkPs
        : Units.transferPs(bytes, paths.linkBytesPerSec());
  }

  /** Bytes take the link to the host for a time; when they are through. */
  long out(int channel, long nowPs, long busyPs) {
    linkOutFreePs[channel] = Math.max(nowPs, linkOutFreePs[channel]) + busyPs;
    return linkOutFreePs[channel];
  }

  /** Bytes take the link from the host for a time; when they have arrived. */
  long in(int channel, long nowPs, long busyPs) {
    linkInFreePs[channel] = Math.max(nowPs, linkInFreePs[channel]) + busyPs;
    return linkInFreePs[channel];
  }

  /** A command takes the wires of its channel for a time; when it has arrived. */
  long command(int channel, long nowPs, long busyPs) {
    commandFreePs[channel] = Math.max(nowPs, commandFreePs[channel]) + busyPs;
    return commandFreePs[channel];
  }

  /** From the end of the link until the host has the bytes. */
  long toHostPs(int bytes) {
    return bytes == geometry.pageBytes()
        ? pageToHostPs
        : paths.hostPs() + extraPs(bytes, paths.hostBytesPerSec());
  }

  /**
   * Writes for how long each stage is taken.
   *
   * @param firstDie whose lane comes first
   */
  void describe(StateSink sink, long nowPs, int firstDie) {
    for (int i = 0; i < laneFreePs.length; i++) {
      sink.put(Math.max(0, laneFreePs[Turned.at(i, laneFreePs.length, firstDie)] - nowPs));
    }
    describe(sink, nowPs, decoderFreePs);
    describe(sink, nowPs, linkOutFreePs);
    describe(sink, nowPs, linkInFreePs);
    describe(sink, nowPs, commandFreePs);
  }

  private static void describe(StateSink sink, long nowPs, long[] freePs) {
    for (long ps : freePs) {
      sink.put(Math.max(0, ps - nowPs));
    }
  }

  /** From when on all stages are free, if nothing more comes. */
  long freePs() {
    long ps = Math.max(latest(laneFreePs), latest(decoderFreePs));
    ps = Math.max(ps, latest(commandFreePs));
    return Math.max(ps, Math.max(latest(linkOutFreePs), latest(linkInFreePs)));
  }

  private static long latest(long[] freePs) {
    long latest = 0;
    for (long ps : freePs) {
      latest = Math.max(latest, ps);
    }
    return latest;
  }

  /** Whether pages pass lanes one after the other, so that it matters which dies planes are in. */
  boolean hasLanes() {
    return pageOnLanePs > 0 && laneFreePs.length > 1;
  }

  /** Becomes like another whose dies have all gone on in a ring. */
  void copyFrom(PageWay other, int dies) {
    Turned.copy(other.laneFreePs, laneFreePs, laneFreePs.length, dies);
    System.arraycopy(other.decoderFreePs, 0, decoderFreePs, 0, decoderFreePs.length);
    System.arraycopy(other.linkOutFreePs, 0, linkOutFreePs, 0, linkOutFreePs.length);
    System.arraycopy(other.linkInFreePs, 0, linkInFreePs, 0, linkInFreePs.length);
    System.arraycopy(other.commandFreePs, 0, commandFreePs, 0, commandFreePs.length);
  }

  /** Every stage is taken so much longer. */
  void shift(long byPs) {
    shift(byPs, laneFreePs);
    shift(byPs, decoderFreePs);
    shift(byPs, linkOutFreePs);
    shift(byPs, linkInFreePs);
    shift(byPs, commandFreePs);
  }

  private static void shift(long byPs, long[] freePs) {
    for (int i = 0; i < freePs.length; i++) {
      freePs[i] += byPs;
    }
  }
}
