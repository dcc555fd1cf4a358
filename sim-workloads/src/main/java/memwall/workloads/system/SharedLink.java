package memwall.workloads.system;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import memwall.core.unit.Units;

/**
 * The link between a chip and a memory behind which another one lies: both streams pass it.
 *
 * <p>A fluid timeline. A transfer becomes available at the rate of its source, from a time that the
 * source states, and passes as fast as the transfers submitted before it leave room: what it takes
 * is reserved for it. So the link is never idle while it could move something, and what all
 * transfers together take never exceeds its rate. The state is a function of time, the rate that is
 * left, as a list of times from which on it has a value; the last value is the full rate.
 */
final class SharedLink {
  private static final double PS_PER_SECOND = 1e12;

  /** Less than this is no backlog but the rounding of times. */
  private static final double LEAST_BACKLOG = 1e-6;

  private final long bytesPerSec;

  // From fromPs[i] until fromPs[i + 1], freeBytesPerSec[i] are left; after the last one, all.
  private long[] fromPs = new long[8];
  private long[] freeBytesPerSec = new long[8];
  private int pieces;

  /** An idle link. */
  SharedLink(long bytesPerSec) {
    this.bytesPerSec = bytesPerSec;
    this.pieces = 1;
    freeBytesPerSec[0] = bytesPerSec;
  }

  /**
   * Reserves what a transfer takes.
   *
   * @param nowPs not before that of the transfer submitted last
   * @param startPs when its first byte is available, not before now
   * @param sourceBytesPerSec rate at which it becomes available
   * @param bytes at least 1
   * @return when its last byte has passed
   */
  long pass(long nowPs, long startPs, long sourceBytesPerSec, long bytes) {
    forgetBefore(nowPs);
    long source = Math.min(sourceBytesPerSec, bytesPerSec);
    long availablePs = Math.addExact(startPs, Units.transferPs(bytes, source));
    long timePs = startPs;
    double sent = 0;
    double backlog = 0;
    int piece = split(startPs);
    while (true) {
      long free = freeBytesPerSec[piece];
      long endPs = piece + 1 < pieces ? fromPs[piece + 1] : Long.MAX_VALUE;
      boolean isAvailable = timePs >= availablePs;
      long rate = backlog > 0 || isAvailable ? free : Math.min(free, source);
      long coming = isAvailable ? 0 : source;
      if (!isAvailable) {
        endPs = Math.min(endPs, availablePs);
      }
      if (backlog > 0 && rate > coming) {
        endPs = Math.min(endPs, after(timePs, backlog, rate - coming));
      }
      double left = bytes - sent;
      if (left <= 0) {
        return timePs;
      }
      if (rate > 0 && endPs >= after(timePs, left, rate)) {
        endPs = Math.max(timePs + 1, after(timePs, left, rate));
        take(piece, endPs, rate);
        return endPs;
      }
      take(piece, endPs, rate);
      double available =
          endPs >= availablePs ? bytes : source * ((endPs - startPs) / PS_PER_SECOND);
      // Times are rounded up to a picosecond; nothing is sent before it has come.
      sent = Math.min(available, sent + rate * ((endPs - timePs) / PS_PER_SECOND));
      backlog = available - sent > LEAST_BACKLOG ? available - sent : 0;
      timePs = endPs;
      piece = split(timePs);
    }
  }

  /** When so many bytes have passed at a rate, rounded up to a picosecond. */
  private static long after(long timePs, double bytes, long perSec) {
    double ps = Math.ceil(bytes * PS_PER_SECOND / perSec);
    return ps >= Long.MAX_VALUE - timePs ? Long.MAX_VALUE : timePs + (long) ps;
  }

  /** Takes a rate out of a piece until a time, which is not behind the end of the piece. */
  private void take(int piece, long untilPs, long rate) {
    if (rate > 0) {
      split(untilPs);
      freeBytesPerSec[piece] -= rate;
    }
  }

  /** Makes a piece begin at a time not before that of the first one; returns its index. */
  private int split(long timePs) {
    int piece = pieces - 1;
    while (fromPs[piece] > timePs) {
      piece--;
    }
    if (fromPs[piece] == timePs) {
      return piece;
    }
    if (pieces == fromPs.length) {
      fromPs = Arrays.copyOf(fromPs, 2 * pieces);
      freeBytesPerSec = Arrays.copyOf(freeBytesPerSec, 2 * pieces);
    }
    System.arraycopy(fromPs, piece, fromPs, piece + 1, pieces - piece);
    System.arraycopy(freeBytesPerSec, piece, freeBytesPerSec, piece + 1, pieces - piece);
    fromPs[piece + 1] = timePs;
    pieces++;
    return piece + 1;
  }

  /** Drops what is over, and joins what is alike. */
  private void forgetBefore(long nowPs) {
    int to = 0;
    for (int i = 0; i < pieces; i++) {
      boolean isOver = i + 1 < pieces && fromPs[i + 1] <= nowPs;
      if (isOver || (to > 0 && freeBytesPerSec[to - 1] == freeBytesPerSec[i])) {
        continue;
      }
      fromPs[to] = Math.max(nowPs, fromPs[i]);
      freeBytesPerSec[to++] = freeBytesPerSec[i];
    }
    pieces = to;
  }

  /** Rate that is left at a time not before the last transfer's submission, bytes per second. */
  long freeBytesPerSec(long timePs) {
    int piece = pieces - 1;
    while (fromPs[piece] > timePs) {
      piece--;
    }
    return freeBytesPerSec[piece];
  }

  void describe(StateSink sink, long nowPs) {
    forgetBefore(nowPs);
    sink.put(pieces);
    for (int i = 0; i < pieces; i++) {
      sink.put(fromPs[i] - nowPs);
      sink.put(freeBytesPerSec[i]);
    }
  }

  void shift(long deltaPs) {
    for (int i = 0; i < pieces; i++) {
      fromPs[i] += deltaPs;
    }
  }
}
