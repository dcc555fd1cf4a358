package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * The banks of a channel in the order in which a contiguous run of bursts visits them, where it
 * visits them one after the other, a page at a time, and after the last the first again. A page is
 * a row of one bank, or of a few banks abreast that the run visits by turns until it is through
 * with all of them; a place in the ring is that bank or those banks.
 *
 * <p>Then a run at one bank has the same future as a run at another one, if every bank is renamed
 * by the same number of places in the ring: what the rules of timing ask is whether two banks lie
 * in the same bank, group, stack, rank or pseudo-channel, and that renaming keeps. It has to leave
 * every refresh scope where it is, for they are refreshed in a fixed order and counted apart; so
 * only multiples of a {@link #step} will do. Where a run goes through the banks of a group before
 * it comes to other groups or stacks, that step is large, but the places of a group are alike: they
 * form a block, and banks may be renamed within all blocks at once. That holds as long as the run
 * does not leave the block.
 *
 * <p>Refresh of single banks goes round in an order of its own, the closed-page policy looks at
 * banks in order of their numbers, a hash of banks with rows makes every row another order, and
 * tiers of rows make it matter which row a bank was left with: such channels have no ring. Neither
 * have those that stay only a few bursts with a bank, or that have only a few places.
 *
 * <p>Where a rank or stack lies above the row, a run goes through all rows of some banks before it
 * comes to others. Then each such segment of the addresses has a ring of its own, of as many places
 * in the same order, and only the banks of the run's segment are renamed. Pages are counted through
 * all segments.
 */
public final class BankRing {
  private static final int LEAST_PAGE = 16;
  private static final int LEAST_BANKS = 8;
  private static final int LEAST_PLACES = 4;
  private static final int MOST_ABREAST = 8;
  private static final int MOST_BANKS = 128;
  private static final int LONGEST_ROW = 1 << 20;

  private final Geometry geometry;
  private final int levels;
  private final boolean isRing;
  private final int pageBursts;
  private final int banks;
  private final int segments;
  private final int ringBanks;
  private final long segmentPages;
  private final int places;
  private final int abreast;
  private final int step;
  private final int block;
  private final int blockStep;

  // Divisions are slow; -1 where the number is no power of two.
  private final int pageShift;
  private final int placeMask;

  /**
   * Bank number by index, which is place times banks abreast and the bank among them, segment by
   * segment.
   */
  private final int[] number;

  /** By bank abreast and burst of the page: the next burst from there on that it has. */
  private final int[][] nextVisit;

  /** By segment, rotation and level: which node stands for each; made when asked for. */
  private final int[][][] orders;

  /** By segment and rotation: the bank's number after it; made likewise. */
  private final int[][] names;

  /**
   * A ring.
   *
   * @param segments how many rings there are, one for each segment
   * @param number banks place by place; none if there is no ring
   * @param visits by burst of a page: which of the banks abreast has it
   */
  private BankRing(DramStandard standard, int segments, int[] number, int[] visits) {
    geometry = new Geometry(standard);
    this.number = number;
    this.segments = segments;
    banks = number.length;
    ringBanks = banks / segments;
    isRing = banks > 0;
    pageBursts = isRing ? visits.length : 1;
    abreast = isRing ? Arrays.stream(visits).max().orElseThrow() + 1 : 1;
    places = ringBanks / abreast;
    segmentPages = segments == 1 ? Long.MAX_VALUE : (long) places * standard.rows();
    pageShift = Integer.bitCount(pageBursts) == 1 ? Integer.numberOfTrailingZeros(pageBursts) : -1;
    placeMask = Integer.bitCount(places) == 1 ? places - 1 : -1;
    nextVisit = abreast > 1 ? nextVisits(visits) : new int[0][];
    levels = standard.levels().size();
    step = isRing ? findStep() : 1;
    int bestBlock = 1;
    int bestStep = 1;
    for (int size = 1; isRing && size <= step; size++) {
      int least = step % size == 0 ? findBlockStep(size) : size;
      if (step % size == 0 && step / size * least < step / bestBlock * bestStep) {
        bestBlock = size;
        bestStep = least;
      }
    }
    block = bestBlock;
    blockStep = bestStep;
    orders = new int[isRing ? segments * (places / blockStep) : 1][][];
    names = new int[orders.length][];
  }

  private int[][] nextVisits(int[] visits) {
    int[][] next = new int[abreast][visits.length + 1];
    for (int bank = 0; bank < abreast; bank++) {
      next[bank][visits.length] = Integer.MAX_VALUE;
      for (int burst = visits.length - 1; burst >= 0; burst--) {
        next[bank][burst] = visits[burst] == bank ? burst : next[bank][burst + 1];
      }
    }
    return next;
  }

  /** The ring of a channel; one that is none where there is none. */
  public static BankRing of(
      DramStandard standard, ControllerSpec controller, AddressMapping mapping) {
    int[] none = {};
    long length = mapping.rowBursts();
    int segments = mapping.segments();
    int banks = standard.banks() / segments;
    if (controller.page() != PagePolicy.OPEN
        || standard.rowKinds() > 1
        || controller.refresh().isInTurn()
        || mapping.hashPeriod() != 1
        || banks < LEAST_BANKS
        || standard.banks() > MOST_BANKS
        || length > LONGEST_ROW
        || length < (long) LEAST_PAGE * banks) {
      return new BankRing(standard, 1, none, none);
    }
    int[] bank = new int[(int) length];
    for (int i = 0; i < bank.length; i++) {
      bank[i] = bank(standard, mapping, i);
    }
    for (int abreast = 1; abreast <= MOST_ABREAST && banks / abreast >= LEAST_PLACES; abreast++) {
      int pageBursts = (int) (length * abreast / banks);
      if (banks % abreast != 0 || bank.length != pageBursts * (banks / abreast)) {
        continue;
      }
      int[] visits = visits(bank, pageBursts, abreast);
      int[] first = visits.length == 0 ? none : banks(bank, visits, banks, standard.banks());
      if (first.length > 0) {
        return new BankRing(standard, segments, numbers(standard, mapping, first), visits);
      }
    }
    return new BankRing(standard, 1, none, none);
  }

  // Which of so many banks, counted in the order of their first burst, has which burst of the first
  // page; nothing if there are not just so many.
  private static int[] visits(int[] bank, int pageBursts, int abreast) {
    int[] none = {};
    int[] seen = new int[abreast];
    int[] visits = new int[pageBursts];
    int count = 0;
    for (int i = 0; i < pageBursts; i++) {
      int which = 0;
      while (which < count && seen[which] != bank[i]) {
        which++;
      }
      if (which == count && count++ < abreast) {
        seen[which] = bank[i];
      }
      if (count > abreast) {
        return none;
      }
      visits[i] = which;
    }
    return count == abreast ? visits : none;
  }

  // The banks of all pages, if every page goes to banks of its own in the order of the first one;
  // nothing otherwise. So many banks of all are visited.
  private static int[] banks(int[] bank, int[] visits, int visited, int all) {
    int[] none = {};
    int abreast = visited * visits.length / bank.length;
    int[] first = new int[visited];
    boolean[] isKnown = new boolean[visited];
    boolean[] isTaken = new boolean[all];
    for (int i = 0; i < bank.length; i++) {
      int at = i / visits.length * abreast + visits[i % visits.length];
      if (isKnown[at] ? first[at] != bank[i] : isTaken[bank[i]]) {
        return none;
      }
      first[at] = bank[i];
      isKnown[at] = true;
      isTaken[bank[i]] = true;
    }
    return first;
  }

  // The numbers of these banks, then of those that stand for them in the other segments.
  private static int[] numbers(DramStandard standard, AddressMapping mapping, int[] first) {
    Geometry geometry = new Geometry(standard);
    int segments = mapping.segments();
    int[] number = new int[segments * first.length];
    for (int segment = 0; segment < segments; segment++) {
      long burst = segment * mapping.rowBursts() * standard.rows();
      int further = bank(standard, mapping, burst) - bank(standard, mapping, 0);
      for (int i = 0; i < first.length; i++) {
        number[segment * first.length + i] = geometry.number(first[i] + further);
      }
    }
    return number;
  }

  private static int bank(DramStandard standard, AddressMapping mapping, long burst) {
    return AddressMapping.bank(mapping.decode(burst * standard.burstBytes()));
  }

  private int findStep() {
    int least = 1;
    while (least < places && !(places % least == 0 && areKept(least, 1, 0))) {
      least++;
    }
    return least;
  }

  private int findBlockStep(int size) {
    int least = 1;
    while (least < size && !(size % least == 0 && areKept(0, size, least))) {
      least++;
    }
    return least;
  }

  // By index: the bank of a segment so many places further on, after so many inside its block.
  private int[] renaming(int segment, int shift, int itsBlock, int inside) {
    int[] to = new int[banks];
    for (int i = 0; i < banks; i++) {
      to[i] = i;
    }
    int first = segment * ringBanks;
    for (int i = 0; i < ringBanks; i++) {
      int itsPlace = i / abreast;
      int at = itsPlace % itsBlock;
      int other = (itsPlace - at + (at + inside) % itsBlock + shift) % places;
      to[first + i] = first + other * abreast + i % abreast;
    }
    return to;
  }

  private boolean areKept(int shift, int itsBlock, int inside) {
    for (int segment = 0; segment < segments; segment++) {
      if (!isKept(renaming(segment, shift, itsBlock, inside))) {
        return false;
      }
    }
    return true;
  }

  // Whether a renaming takes every node of every level to a node as a whole, and every scope to
  // itself.
  private boolean isKept(int[] renaming) {
    for (int level = 0; level < levels; level++) {
      int bits = geometry.shift(level);
      int[] renamed = new int[geometry.nodes(level)];
      for (int i = 0; i < banks; i++) {
        int node = number[i] >>> bits;
        int other = number[renaming[i]] >>> bits;
        if ((renamed[node] != 0 && renamed[node] != other + 1)
            || (level == geometry.scopeLevel() && node != other)) {
          return false;
        }
        renamed[node] = other + 1;
      }
    }
    return true;
  }

  private void make(int rotation) {
    int ofSegment = Math.max(1, places / blockStep); // without a ring nothing is renamed
    int itsPlace = rotation % ofSegment * blockStep;
    int inside = itsPlace % block;
    int[] renaming = renaming(rotation / ofSegment, itsPlace - itsPlace % step, block, inside);
    int[][] order = new int[levels][];
    for (int level = 0; level < levels; level++) {
      int bits = geometry.shift(level);
      int[] nodes = new int[geometry.nodes(level)];
      for (int node = 0; node < nodes.length; node++) {
        nodes[node] = node; // numbers that no bank has stay where they are
      }
      for (int i = 0; i < banks; i++) {
        nodes[number[i] >>> bits] = number[renaming[i]] >>> bits;
      }
      order[level] = nodes;
    }
    int[] name = new int[geometry.size()];
    for (int i = 0; i < banks; i++) {
      name[number[renaming[i]]] = number[i];
    }
    orders[rotation] = order;
    names[rotation] = name;
  }

  /** Whether there is a ring; if not, nothing else here means anything. */
  public boolean isRing() {
    return isRing;
  }

  /** Bursts of a page. */
  public int pageBursts() {
    return pageBursts;
  }

  /** Banks of all rings together, at most 128. */
  public int banks() {
    return banks;
  }

  /** Banks of the ring of a segment. */
  public int ringBanks() {
    return ringBanks;
  }

  /** The first page behind the segment of a page; far away if there is one segment only. */
  public long segmentEnd(long page) {
    return segments == 1 ? Long.MAX_VALUE : page - page % segmentPages + segmentPages;
  }

  /** Places of a ring. */
  public int places() {
    return places;
  }

  /** Banks of a place, in the order in which a page visits them first. */
  public int abreast() {
    return abreast;
  }

  /** Places by which banks may be renamed, and all multiples; a divisor of {@link #places}. */
  public int step() {
    return step;
  }

  /** Refresh scopes of the channel. */
  public int scopes() {
    return geometry.scopes();
  }

  /** Refresh scope of a bank by its index. */
  public int scope(int itsIndex) {
    return geometry.scope(number[itsIndex]);
  }

  /** Number inside the channel of a bank by its index. */
  public int number(int itsIndex) {
    return number[itsIndex];
  }

  /** Page of a burst, counted through all rows. */
  public long page(long burst) {
    return pageShift >= 0 ? burst >> pageShift : burst / pageBursts;
  }

  /** First burst of a page. */
  public long firstBurst(long page) {
    return page * pageBursts;
  }

  /** Place of a page. */
  public int place(long page) {
    return placeMask >= 0 ? (int) page & placeMask : (int) (page % places);
  }

  /** Index of the first bank of a page's place, in its segment; the others follow it. */
  public int index(long page) {
    return segment(page) * ringBanks + place(page) * abreast;
  }

  /** How many rings there are, one for each segment of the addresses. */
  public int segments() {
    return segments;
  }

  /** Segment of a page; behind the last one is the first one again. */
  public int segment(long page) {
    return segments == 1 ? 0 : (int) (page / segmentPages % segments);
  }

  /** The page of a row of a bank, by its index. Rows are counted through all segments. */
  public long page(int itsIndex, int row) {
    return (long) row * places + itsIndex % ringBanks / abreast;
  }

  /** Row of a page, counted through all segments. */
  public int row(long page) {
    return (int) (page / places);
  }

  /** Whether a run from a burst to a burst, itself excluded, has some of a bank of a page. */
  public boolean visits(long page, int bankAbreast, long first, long end) {
    long start = firstBurst(page);
    long from = Math.max(first, start);
    long to = Math.min(end, start + pageBursts);
    return from < to && (abreast == 1 || nextVisit[bankAbreast][(int) (from - start)] < to - start);
  }

  /** Places that are alike, a divisor of {@link #step}: 1 if only whole steps are. */
  public int block() {
    return block;
  }

  /** Where in its block the place of a page is. */
  public int inBlock(long page) {
    return place(page) % block;
  }

  /**
   * What matters of the place and the offset in its page at which a run goes on with a burst,
   * beside what is named relative to it: so many pages lie behind that one of which requests are
   * inside.
   */
  public long offset(long burst, long behind) {
    long page = page(burst);
    int at = place(page);
    int inside = at % block;
    long left = behind > inside ? inside + 1 : 0;
    int alike = at % step / block * blockStep + inside % blockStep;
    return (left * step + alike) * pageBursts + (burst - firstBurst(page));
  }

  /** How far to rotate for a run that goes on with this burst; by whole steps if at rest. */
  int rotation(long burst, boolean isAtRest) {
    if (!isRing) {
      return 0;
    }
    long page = page(burst);
    int at = place(page);
    int first = segment(page) * (places / blockStep);
    return first + (isAtRest ? at - at % step : at) / blockStep;
  }

  /** By number: the node of a level that has this number after a rotation. Not to be changed. */
  int[] order(int level, int rotation) {
    if (orders[rotation] == null) {
      make(rotation);
    }
    return orders[rotation][level];
  }

  /** The number that a bank has after a rotation: {@link #order} the other way round. */
  int renamed(int bank, int rotation) {
    if (!isRing) {
      return bank;
    }
    if (names[rotation] == null) {
      make(rotation);
    }
    return names[rotation][bank];
  }
}
