package memwall.memory.dram.channel;

import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;

/**
 * The banks of a channel in the order in which a contiguous run of bursts visits them, where it
 * visits them one after the other, a page (row of one bank) at a time, and after the last the first
 * again.
 *
 * <p>Then a run at one bank has the same future as a run at another one, if every bank is renamed
 * by the same number of places in the ring: what the rules of timing ask is whether two banks lie
 * in the same bank, group, stack, rank or pseudo-channel, and that renaming keeps. It has to leave
 * every refresh scope where it is, for they are refreshed in a fixed order and counted apart; so
 * only multiples of a {@link #step} will do.
 *
 * <p>Refresh of single banks goes round in an order of its own, the closed-page policy looks at
 * banks in order of their numbers, a hash of banks with rows makes every row another order, and
 * tiers of rows make it matter which row a bank was left with: such channels have no ring. Neither
 * have those that stay only a few bursts with a bank.
 */
public final class BankRing {
  private static final int LEAST_PAGE = 8;
  private static final int LEAST_BANKS = 8;
  private static final int MOST_BANKS = 128;
  private static final int LONGEST_ROW = 1 << 20;

  private final Geometry geometry;
  private final boolean isRing;
  private final int pageBursts;
  private final int banks;
  private final int step;

  // Divisions are slow; -1 where the number is no power of two.
  private final int pageShift;
  private final int bankMask;

  /** Bank number by place in the ring, and back. */
  private final int[] number;

  private final int[] place;

  /** By level and rotation: which node stands for each. */
  private final int[][][] orders;

  private BankRing(DramStandard standard, int[] number, int pageBursts) {
    geometry = new Geometry(standard);
    this.number = number;
    this.pageBursts = pageBursts;
    banks = number.length;
    isRing = banks > 0;
    pageShift = Integer.bitCount(pageBursts) == 1 ? Integer.numberOfTrailingZeros(pageBursts) : -1;
    bankMask = Integer.bitCount(banks) == 1 ? banks - 1 : -1;
    place = new int[geometry.size()];
    for (int i = 0; i < banks; i++) {
      place[number[i]] = i;
    }
    int levels = standard.levels().size();
    step = isRing ? step(levels) : 1;
    orders = new int[levels][][];
    int rotations = isRing ? banks / step : 1;
    for (int level = 0; level < levels; level++) {
      orders[level] = new int[rotations][];
      for (int rotation = 0; rotation < rotations; rotation++) {
        orders[level][rotation] = shifted(level, rotation * step);
      }
    }
  }

  /** The ring of a channel; one that is none where there is none. */
  public static BankRing of(
      DramStandard standard, ControllerSpec controller, AddressMapping mapping) {
    int[] none = {};
    long length = mapping.rowBursts();
    if (controller.page() != PagePolicy.OPEN
        || standard.rowKinds() > 1
        || controller.refresh().isInTurn()
        || mapping.hashPeriod() != 1
        || standard.banks() < LEAST_BANKS
        || standard.banks() > MOST_BANKS
        || length > LONGEST_ROW
        || length < (long) LEAST_PAGE * standard.banks()
        || length % standard.banks() != 0) {
      return new BankRing(standard, none, 1);
    }
    int pageBursts = (int) length / standard.banks();
    Geometry geometry = new Geometry(standard);
    int[] number = new int[standard.banks()];
    boolean[] seen = new boolean[standard.banks()];
    for (int i = 0; i < number.length; i++) {
      int bank = bank(standard, mapping, (long) i * pageBursts);
      for (int j = 1; j < pageBursts; j++) {
        if (bank(standard, mapping, (long) i * pageBursts + j) != bank) {
          return new BankRing(standard, none, 1);
        }
      }
      if (seen[bank]) {
        return new BankRing(standard, none, 1);
      }
      seen[bank] = true;
      number[i] = geometry.number(bank);
    }
    return new BankRing(standard, number, pageBursts);
  }

  private static int bank(DramStandard standard, AddressMapping mapping, long burst) {
    return AddressMapping.bank(mapping.decode(burst * standard.burstBytes()));
  }

  private int step(int levels) {
    int least = 1;
    while (least < banks && !(banks % least == 0 && isKept(levels, least))) {
      least++;
    }
    return least;
  }

  // Whether renaming banks by so many places takes every node of every level to a node as a whole,
  // and every scope to itself.
  private boolean isKept(int levels, int shift) {
    for (int level = 0; level < levels; level++) {
      int bits = geometry.shift(level);
      int[] renamed = new int[geometry.nodes(level)];
      for (int i = 0; i < banks; i++) {
        int node = number[i] >>> bits;
        int other = number[(i + shift) % banks] >>> bits;
        if ((renamed[node] != 0 && renamed[node] != other + 1)
            || (level == geometry.scopeLevel() && node != other)) {
          return false;
        }
        renamed[node] = other + 1;
      }
    }
    return true;
  }

  private int[] shifted(int level, int shift) {
    int bits = geometry.shift(level);
    int[] order = new int[geometry.nodes(level)];
    for (int node = 0; node < order.length; node++) {
      order[node] = node; // numbers that no bank has stay where they are
    }
    for (int i = 0; i < banks; i++) {
      order[number[i] >>> bits] = number[(i + shift) % banks] >>> bits;
    }
    return order;
  }

  /** Whether there is a ring; if not, nothing else here means anything. */
  public boolean isRing() {
    return isRing;
  }

  /** Bursts that a run stays with a bank. */
  public int pageBursts() {
    return pageBursts;
  }

  /** Banks of the ring, at most 128. */
  public int banks() {
    return banks;
  }

  /** Places by which banks may be renamed, and all multiples; a divisor of {@link #banks}. */
  public int step() {
    return step;
  }

  /** Refresh scopes of the channel. */
  public int scopes() {
    return geometry.scopes();
  }

  /** Refresh scope of the bank at a place. */
  public int scope(int itsPlace) {
    return geometry.scope(number[itsPlace]);
  }

  /** Number inside the channel of the bank at a place. */
  public int number(int itsPlace) {
    return number[itsPlace];
  }

  /** Page of a burst, counted through all rows. */
  public long page(long burst) {
    return pageShift >= 0 ? burst >> pageShift : burst / pageBursts;
  }

  /** Place of a page's bank. */
  public int place(long page) {
    return bankMask >= 0 ? (int) page & bankMask : (int) (page % banks);
  }

  /** How far to rotate for a run that goes on with this burst, in steps. */
  int rotation(long burst) {
    return isRing ? place(page(burst)) / step : 0;
  }

  /** By number: the node of a level that has this number after a rotation. Not to be changed. */
  int[] order(int level, int rotation) {
    return orders[level][rotation];
  }

  /** The number that a bank has after a rotation: {@link #order} the other way round. */
  int renamed(int bank, int rotation) {
    return isRing ? number[(place[bank] + banks - rotation * step) % banks] : bank;
  }
}
