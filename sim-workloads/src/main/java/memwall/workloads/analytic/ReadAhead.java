package memwall.workloads.analytic;

import memwall.memory.Usage;
import memwall.workloads.system.TierSpec;

/**
 * When a staging buffer had room for an announced read: the last page of read i is asked for when
 * read j is issued, where j is the earliest after which all that follows up to i fits the buffer,
 * is announced, and is not more reads than may be announced. It is there a read time later.
 */
final class ReadAhead {
  private final double stagingBytes;
  private final double latencyPs;
  private final int ahead;

  // A ring of the last reads issued: when, and how many bytes of a lane.
  private final double[] issuedPs;
  private final double[] neededBytes;
  private int youngest;
  private int known;

  ReadAhead(TierSpec tier) {
    this.stagingBytes = (double) tier.device().stagingBytes();
    this.latencyPs = (double) tier.device().readLatencyPs(Usage.WEIGHTS);
    this.ahead = tier.announceAhead();
    this.issuedPs = new double[ahead];
    this.neededBytes = new double[ahead];
  }

  /** A step begins: its first operator may announce. */
  void begin(double nowPs) {
    known = 0;
    issue(nowPs, 0);
  }

  /**
   * Notes a read of stored data.
   *
   * @param early whether it was announced
   * @return how long after its issue its last page is sensed at the earliest, picoseconds
   */
  double sensedPs(double issuePs, double bytes, boolean early) {
    double askedPs = issuePs;
    if (early) {
      double sum = bytes;
      for (int back = 0; back < known && sum <= stagingBytes; back++) {
        int slot = Math.floorMod(youngest - back, ahead);
        askedPs = issuedPs[slot];
        sum += neededBytes[slot];
      }
    } else {
      // Nothing is announced past a read whose address is not known.
      known = 0;
    }
    issue(issuePs, bytes);
    return Math.max(0, askedPs + latencyPs - issuePs);
  }

  private void issue(double issuePs, double bytes) {
    youngest = (youngest + 1) % ahead;
    issuedPs[youngest] = issuePs;
    neededBytes[youngest] = bytes;
    known = Math.min(ahead, known + 1);
  }
}
