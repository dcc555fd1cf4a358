package memwall.network.aggregation;

import memwall.core.unit.Units;

/**
 * Closed forms of reductions in the switches on an unloaded network without faults: every host
 * calls at one instant, all links have one rate, the deepest member is d links below the root.
 *
 * <pre>
 * L          2 o + 2 t_link + (2d - 1) t_sw + 2 (d - 1) t_link2 + d t_red
 * one chunk  L + m beta
 * stream     q max(W m, m + L) + r m + m' + L
 * pull       2 (2 o + 2 t_link + t_sw) + t_red + (1 + 1/P) m beta
 * </pre>
 *
 * <p>Sources: one chunk and pull are the switch-tree all-reduce with cut-through and the NVLS-like
 * one of network facts section 4; stream is that of {@link memwall.network.AllReduceFormula} with
 * this L: {@code m} and {@code m'} are the times of a full and of the last chunk on a link, of K
 * chunks the last one has index {@code K - 1 = q W + r}. Adders must keep up with the links: the
 * children's operands of a chunk are added in at most its time on a link; in a tree of one level
 * the spacing of chunks is else the time to add them, which then stands for {@code m}.
 */
public final class TreeFormula {
  private final SwitchSpec joint;
  private final HostSpec host;
  private final Wire low;
  private final Wire high;

  /**
   * The closed forms for a kind of network.
   *
   * @param low links of hosts
   * @param high links between switches, of the same rate
   */
  public TreeFormula(SwitchSpec joint, HostSpec host, Wire low, Wire high) {
    if (low.bytesPerSec() != high.bytesPerSec()) {
      throw new IllegalArgumentException(
          "links at " + low.bytesPerSec() + " and " + high.bytesPerSec() + " B/s: needs one rate");
    }
    this.joint = joint;
    this.host = host;
    this.low = low;
    this.high = high;
  }

  /** The time of a chunk of no bytes: L. */
  public long pathPs(int depth) {
    return 2 * host.overheadPs()
        + 2 * low.latencyPs()
        + (2L * depth - 1) * joint.latencyPs()
        + 2L * (depth - 1) * high.latencyPs()
        + depth * joint.addLatencyPs();
  }

  /** The time of one chunk, headers included in its bytes. */
  public long chunkPs(int depth, long bytes) {
    return pathPs(depth) + Units.transferPs(bytes, low.bytesPerSec());
  }

  /**
   * The time of a vector.
   *
   * @param fanIn children of the root if the tree has one level; not looked at else
   * @param chunkBytes that it is cut into
   * @param headerBytes of each chunk beside
   * @param window chunks that a host may have under way
   */
  public long streamPs(
      int depth, int fanIn, long bytes, long chunkBytes, long headerBytes, int window) {
    long before = (bytes - 1) / chunkBytes;
    long lastPs = spacingPs(depth, fanIn, bytes - before * chunkBytes, headerBytes);
    long pathPs = pathPs(depth);
    if (before == 0) {
      return lastPs + pathPs;
    }
    long fullPs = spacingPs(depth, fanIn, chunkBytes, headerBytes);
    return before / window * Math.max(window * fullPs, fullPs + pathPs)
        + before % window * fullPs
        + lastPs
        + pathPs;
  }

  /**
   * The time of a broadcast on a tree whose root is over the sender and the farthest member, both d
   * links below: the copies of the last chunk leave the sender behind all others, {@code (K - 1) m
   * + m'}, and take the way of a result without its additions, {@code L - d t_red}.
   */
  public long broadcastPs(int depth, long bytes, long chunkBytes, long headerBytes) {
    long before = (bytes - 1) / chunkBytes;
    long lastBytes = bytes - before * chunkBytes;
    return before * Units.transferPs(chunkBytes + headerBytes, low.bytesPerSec())
        + copyPs(depth, lastBytes + headerBytes);
  }

  /**
   * The time of one copy from host to host, no further than d links below the switch where its way
   * turns: {@code L - d t_red + m}.
   *
   * @param bytes with header
   */
  public long copyPs(int depth, long bytes) {
    return partPs(depth, 0, bytes);
  }

  /**
   * The time until the sum of parts that set out at one instant is at its home: the farthest part's
   * way, and an addition in each switch on it over which others come, too: {@code L - d t_red + a
   * t_red + m}. Adders must keep up with the links.
   *
   * @param additions a
   * @param bytes with header
   */
  public long partPs(int depth, int additions, long bytes) {
    return chunkPs(depth, bytes) + (additions - depth) * joint.addLatencyPs();
  }

  private long spacingPs(int depth, int fanIn, long payloadBytes, long headerBytes) {
    long linkPs = Units.transferPs(payloadBytes + headerBytes, low.bytesPerSec());
    return depth > 1
        ? linkPs
        : Math.max(linkPs, fanIn * Units.transferPs(payloadBytes, joint.addBytesPerSec()));
  }

  /**
   * The time of a vector whose sums go to one of the members each, which sends them to all: one
   * level, one piece of the vector for each member. Exact while the pieces' results come back after
   * all has been sent; longer vectors take less, since both ways overlap.
   */
  public long pullPs(int members, long bytes) {
    long pieceBytes = (bytes - 1) / members + 1;
    long pieces = (bytes - 1) / pieceBytes + 1;
    long piecePs = Units.transferPs(pieceBytes, low.bytesPerSec());
    long wayPs = 2 * host.overheadPs() + 2 * low.latencyPs() + joint.latencyPs();
    return 2 * wayPs + joint.addLatencyPs() + (pieces + 1) * piecePs;
  }

  /**
   * The time of a vector whose sums go, chunk by chunk, to one member after the other, which sends
   * them to all: one level. Each link of a host carries K contributions up and as many results
   * down, and of one chunk for each P members a sum that goes to it and comes from it: {@code 2 way
   * + t_red + q max(W m, m + that way + m) + r m + m' + ceil(K / P) m}. Exact for one chunk; else
   * it takes for granted that sums meet no contributions on their way, so that a vector may take
   * more.
   */
  public long pullStreamPs(int members, long bytes, long chunkBytes, long headerBytes, int window) {
    long before = (bytes - 1) / chunkBytes;
    long lastPs = pullSpacingPs(members, bytes - before * chunkBytes, headerBytes);
    long wayPs = 2 * host.overheadPs() + 2 * low.latencyPs() + joint.latencyPs();
    long pathPs = 2 * wayPs + joint.addLatencyPs();
    if (before == 0) {
      return pathPs + 2 * lastPs;
    }
    long fullPs = pullSpacingPs(members, chunkBytes, headerBytes);
    return before / window * Math.max(window * fullPs, 2 * fullPs + pathPs)
        + before % window * fullPs
        + lastPs
        + (before / members + 1) * fullPs
        + pathPs;
  }

  private long pullSpacingPs(int members, long payloadBytes, long headerBytes) {
    return Math.max(
        Units.transferPs(payloadBytes + headerBytes, low.bytesPerSec()),
        Units.transferPs(members * payloadBytes, joint.addBytesPerSec()));
  }
}
