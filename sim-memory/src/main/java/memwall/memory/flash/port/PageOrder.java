package memwall.memory.flash.port;

import memwall.memory.dram.bulk.BurstPattern;

/**
 * In which order pages of a channel are visited: those of a pattern, but in a ring of pages, so
 * that the pattern's region may begin anywhere in the ring and go on from its end to its beginning.
 *
 * @param pattern order of pages, numbered from the beginning of the ring as if that were where the
 *     region begins
 * @param ring pages of the ring, no fewer than the pattern's
 * @param rotation where in the ring the region begins, from 0 to less than {@code ring}
 */
public record PageOrder(BurstPattern pattern, long ring, long rotation) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the region is longer than the ring or begins outside of it
   */
  public PageOrder {
    if (pattern.bursts() > ring || rotation < 0 || rotation >= ring) {
      throw new IllegalArgumentException(
          pattern.bursts() + " pages from " + rotation + " on in a ring of " + ring);
    }
  }

  /** The order of a pattern, as it is. */
  public static PageOrder of(BurstPattern pattern) {
    return new PageOrder(pattern, pattern.bursts(), 0);
  }

  /** Checks what is asked for in a channel of so many pages. */
  void check(long position, long pages, long channelPages) {
    if (pages < 1 || position < 0) {
      throw new IllegalArgumentException(pages + " pages from position " + position);
    }
    if (pattern.first() + ring > channelPages) {
      throw new IllegalArgumentException("region beyond the channel's pages");
    }
  }

  /** Pages visited before the order repeats. */
  public long length() {
    return pattern.bursts();
  }

  /** The page at a position. */
  long page(long position) {
    long page = pattern.burst(position);
    return rotation == 0 ? page : pattern.first() + turned(page);
  }

  /** Positions from one on, itself included, whose pages follow each other without a gap. */
  long runLength(long position) {
    long run = pattern.runLength(position);
    return rotation == 0 ? run : Math.min(run, ring - turned(pattern.burst(position)));
  }

  private long turned(long page) {
    long at = page - pattern.first() + rotation;
    return at < ring ? at : at - ring;
  }
}
