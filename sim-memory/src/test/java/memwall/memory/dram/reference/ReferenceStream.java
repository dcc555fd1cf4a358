package memwall.memory.dram.reference;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stream of requests of the reference runs, regenerated exactly. Names are those of the tables:
 * {@code seq_rd_sat}, {@code rand_rd_50}, {@code mix70_90}, {@code chase_rand}, {@code gap1000} and
 * so on.
 *
 * <p>Three generators draw addresses (seed 42), kinds (43, one draw per request) and arrivals (44).
 * A stream of one name and length is a prefix of the longer ones.
 */
public final class ReferenceStream {
  private static final long SPACE_BYTES = 1L << 30;
  private static final int SPACE_BITS = 30;
  private static final int CONFLICT_ROWS = 1024;
  private static final Pattern NAME =
      Pattern.compile("(seq_rd|seq_wr|rand_rd|rand_wr|mix70|conflict_rd)_(sat|[1-9][0-9]?)");
  private static final Pattern GAP = Pattern.compile("gap([1-9][0-9]{0,8})");

  private final String name;
  private final int size;
  private final boolean chase;
  private final long[] addresses;
  private final boolean[] writes;
  private final long[] arrivalsTicks;

  private enum Addresses {
    SEQUENTIAL,
    RANDOM,
    CONFLICT
  }

  private ReferenceStream(ReferenceConfig config, String name, int size) {
    this.name = name;
    this.size = size;
    this.chase = name.equals("chase_rand");
    Addresses kind = Addresses.RANDOM;
    int writePercent = 0;
    long gapTicks = 0;
    int load = 0;
    Matcher gap = GAP.matcher(name);
    Matcher other = NAME.matcher(name);
    if (gap.matches()) {
      gapTicks = Long.parseLong(gap.group(1));
    } else if (other.matches()) {
      String what = other.group(1);
      kind =
          what.startsWith("seq")
              ? Addresses.SEQUENTIAL
              : what.startsWith("conflict") ? Addresses.CONFLICT : Addresses.RANDOM;
      writePercent = what.endsWith("_wr") ? 100 : what.equals("mix70") ? 30 : 0;
      load = other.group(2).equals("sat") ? 0 : Integer.parseInt(other.group(2));
    } else if (!chase) {
      throw new IllegalArgumentException("no stream '" + name + "'");
    }
    addresses = addresses(config, kind, size);
    writes = writes(writePercent, size);
    if (load == 0) {
      arrivalsTicks = everyGap(gapTicks, size);
    } else if (kind == Addresses.SEQUENTIAL) {
      arrivalsTicks = everyLoad(config.slotTicks(), load, size);
    } else {
      arrivalsTicks = bernoulli(config.slotTicks(), load, size);
    }
  }

  /** A stream of requests as given. */
  ReferenceStream(
      String name, long[] addresses, boolean[] writes, long[] arrivalsTicks, boolean chase) {
    this.name = name;
    this.size = addresses.length;
    this.addresses = addresses;
    this.writes = writes;
    this.arrivalsTicks = arrivalsTicks;
    this.chase = chase;
  }

  /** The stream with its length in the table of runs. */
  public static ReferenceStream of(ReferenceConfig config, String name) {
    return of(config, name, usualSize(name));
  }

  /**
   * The stream with a given length.
   *
   * @throws IllegalArgumentException if there is no stream of this name
   */
  public static ReferenceStream of(ReferenceConfig config, String name, int size) {
    return new ReferenceStream(config, name, size);
  }

  private static int usualSize(String name) {
    return switch (name) {
      case "seq_rd_sat", "rand_rd_sat", "seq_wr_sat", "rand_wr_sat", "mix70_sat" -> 50_000;
      case "chase_rand", "conflict_rd_sat" -> 10_000;
      case "seq_rd_50" -> 30_000;
      default -> 40_000;
    };
  }

  private static long[] addresses(ReferenceConfig config, Addresses kind, int size) {
    long[] addresses = new long[size];
    int bytes = config.transactionBytes();
    int shift = Long.SIZE - (SPACE_BITS - Integer.numberOfTrailingZeros(bytes));
    SplitMix random = new SplitMix(42);
    for (int i = 0; i < size; i++) {
      addresses[i] =
          switch (kind) {
            case SEQUENTIAL -> (long) i * bytes % SPACE_BYTES;
            case RANDOM -> (random.next() >>> shift) * bytes;
            case CONFLICT -> (long) (i % CONFLICT_ROWS) * config.rowStrideBytes();
          };
    }
    return addresses;
  }

  private static boolean[] writes(int percent, int size) {
    boolean[] writes = new boolean[size];
    SplitMix random = new SplitMix(43);
    long below = percent * (1L << 32) / 100;
    for (int i = 0; i < size; i++) {
      writes[i] = random.next() >>> 32 < below;
    }
    return writes;
  }

  private static long[] everyGap(long gapTicks, int size) {
    long[] arrivals = new long[size];
    for (int i = 0; i < size; i++) {
      arrivals[i] = i * gapTicks;
    }
    return arrivals;
  }

  private static long[] everyLoad(int slotTicks, int load, int size) {
    long[] arrivals = new long[size];
    for (int i = 0; i < size; i++) {
      arrivals[i] = (long) i * slotTicks * 100 / load;
    }
    return arrivals;
  }

  private static long[] bernoulli(int slotTicks, int load, int size) {
    long[] arrivals = new long[size];
    SplitMix random = new SplitMix(44);
    long below = load * (1L << 32) / 100;
    long slot = -1;
    for (int i = 0; i < size; i++) {
      do {
        slot++;
      } while (random.next() >>> 32 >= below);
      arrivals[i] = slot * slotTicks;
    }
    return arrivals;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Number of requests. */
  public int size() {
    return size;
  }

  /**
   * Whether each request waits for the completion of the one before (arrivals then mean nothing).
   */
  public boolean isChase() {
    return chase;
  }

  /** Byte address of request {@code i}. */
  public long address(int i) {
    return addresses[i];
  }

  /** Whether request {@code i} writes. */
  public boolean isWrite(int i) {
    return writes[i];
  }

  /** Ticks completed when request {@code i} may be offered first. */
  public long arrivalTicks(int i) {
    return arrivalsTicks[i];
  }

  /** Number of requests that write. */
  public int writes() {
    int count = 0;
    for (boolean write : writes) {
      count += write ? 1 : 0;
    }
    return count;
  }
}
