package memwall.memory.flash.host;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.law.Lifetime;
import memwall.memory.flash.law.ReadDisturb;

/**
 * How long a device lasts under a load, in closed form; {@link WearSimulation} zone by zone comes
 * to the same.
 *
 * <p>Data is written anew when it is too old or was read too often, whatever comes first, every T
 * seconds. What rests is written again 1 / T times a second, what passes through, staying for S
 * seconds, ceil(S / T) - 1 times on its way.
 *
 * <p>Resting data that would rest for longer than wear levelling allows is moved before. With all
 * zones worn alike, c erases a second each, one that rests is left behind by the threshold plus one
 * after tau = (threshold + 1) / c; and c x capacity = writes + resting / tau, so that tau =
 * ((threshold + 1) x capacity - resting) / writes. Moves amplify the host's writes.
 *
 * <p>The cycles a year that follow go into {@link Lifetime}.
 */
public final class LifetimeEstimate {
  private static final double SECONDS_PER_YEAR = 365.25 * 86_400;
  private static final double HOURS_PER_YEAR = 365.25 * 24;

  private final long capacityBytes;
  private final FlashGeometry geometry;
  private final FlashWear wear;
  private final HostSpec spec;
  private final WearLoad load;

  /**
   * Of a device that wears evenly.
   *
   * @param capacityBytes that share the wear, 1 or more; at least the load's
   */
  public LifetimeEstimate(
      long capacityBytes, FlashGeometry geometry, FlashWear wear, HostSpec spec, WearLoad load) {
    if (capacityBytes < Math.max(1, load.liveBytes())) {
      throw new IllegalArgumentException(
          load.liveBytes() + " bytes of data in " + capacityBytes + " bytes");
    }
    this.capacityBytes = capacityBytes;
    this.geometry = geometry;
    this.wear = wear;
    this.spec = spec;
    this.load = load;
  }

  /** Of the whole of a device, its spare blocks left out. */
  public static LifetimeEstimate of(
      FlashGeometry geometry, FlashWear wear, HostSpec spec, WearLoad load) {
    ZoneMap map = new ZoneMap(geometry, spec.diesPerZone(), spec.spareBlocks());
    return new LifetimeEstimate(map.zones() * map.zoneBytes(), geometry, wear, spec, load);
  }

  // When data is written anew ------------------------------------------------------------------

  /** Seconds after which age alone has data written anew; infinite if never. */
  public double ageIntervalSeconds() {
    return spec.refreshS(wear, load.celsius());
  }

  /** Seconds after which reads alone have data written anew; infinite if never. */
  public double readsIntervalSeconds() {
    if (load.readBytesPerSec() == 0
        || load.liveBytes() == 0
        || spec.readLimit() == Integer.MAX_VALUE) {
      return Double.POSITIVE_INFINITY;
    }
    return disturb().refreshSeconds(load.readBytesPerSec());
  }

  private ReadDisturb disturb() {
    return new ReadDisturb(
        load.liveBytes(), geometry.pageBytes(), geometry.pagesPerBlock(), spec.readLimit());
  }

  /** Seconds after which data is written anew, for either reason. */
  public double intervalSeconds() {
    return Math.min(ageIntervalSeconds(), readsIntervalSeconds());
  }

  /** Seconds after which levelling of wear moves data that rests; infinite if never. */
  public double levellingIntervalSeconds() {
    if (spec.levellingThreshold() == Integer.MAX_VALUE || load.writeBytesPerSec() == 0) {
      return Double.POSITIVE_INFINITY;
    }
    return ((spec.levellingThreshold() + 1.0) * capacityBytes - load.restingBytes())
        / passingBytesPerSec();
  }

  // Cycles -------------------------------------------------------------------------------------

  /** Bytes of passing data that are written a second, the first time and again. */
  private double passingBytesPerSec() {
    return load.writeBytesPerSec() + passingRefreshBytesPerSec();
  }

  private double passingRefreshBytesPerSec() {
    double interval = intervalSeconds();
    if (interval == Double.POSITIVE_INFINITY) {
      return 0;
    }
    if (load.writeBytesPerSec() == 0) {
      return load.passingBytes() / interval;
    }
    double times = Math.max(0, StrictMath.ceil(load.stayS() / interval) - 1);
    return load.writeBytesPerSec() * times;
  }

  /** Bytes a second that the host writes again to keep its data. */
  public double refreshBytesPerSec() {
    boolean isRefreshed = intervalSeconds() <= levellingIntervalSeconds();
    return passingRefreshBytesPerSec()
        + (isRefreshed ? load.restingBytes() / intervalSeconds() : 0);
  }

  /** Bytes a second that are moved to level wear. */
  public double swapBytesPerSec() {
    double interval = levellingIntervalSeconds();
    return interval < intervalSeconds() ? load.restingBytes() / interval : 0;
  }

  private double cyclesPerYear(double bytesPerSec) {
    return bytesPerSec * SECONDS_PER_YEAR / capacityBytes;
  }

  /** Mean P/E cycles of a block in a year, for all reasons. */
  public double cyclesPerYear() {
    return cyclesPerYear(load.writeBytesPerSec() + refreshBytesPerSec() + swapBytesPerSec());
  }

  /** The balance of cycles; refresh of either cause is in it as what it is. */
  public Lifetime lifetime() {
    double refresh = cyclesPerYear(refreshBytesPerSec());
    boolean isAge = ageIntervalSeconds() <= readsIntervalSeconds();
    double hours = isAge && refresh > 0 ? HOURS_PER_YEAR / refresh : 0;
    double swaps = swapBytesPerSec();
    double amplification = swaps == 0 ? 1 : 1 + swaps / load.writeBytesPerSec();
    return new Lifetime(capacityBytes, wear.endurance(), amplification, hours, isAge ? 0 : refresh);
  }

  /** Years that a new device lasts; infinite if nothing is ever written. */
  public double years() {
    return lifetime().years(load.writeBytesPerSec());
  }

  /** Years that are left to blocks with so many cycles behind them. */
  public double yearsLeft(double erases) {
    return Math.max(0, wear.endurance() - erases) / cyclesPerYear();
  }

  /**
   * Shares in the cycles of the host, levelling ({@code cleaning}), refresh and disturb, adding up
   * to 1, or all 0.
   */
  public Lifetime.Shares shares() {
    return lifetime().shares(load.writeBytesPerSec());
  }

  /** What wears most: host writes, age, reads or levelling. */
  public WriteCause limiting() {
    Lifetime.Shares shares = shares();
    WriteCause cause = WriteCause.HOST;
    double most = shares.host();
    if (shares.refresh() > most) {
      cause = WriteCause.AGE;
      most = shares.refresh();
    }
    if (shares.disturb() > most) {
      cause = WriteCause.READS;
      most = shares.disturb();
    }
    return shares.cleaning() > most ? WriteCause.SWAP : cause;
  }

  // Warranty -----------------------------------------------------------------------------------

  /** The rate at which the host may write to wear the device out just at the warranty's end. */
  public double warrantyBytesPerSec() {
    return lifetime().hostWriteBytesPerSec(wear.warrantyYears());
  }

  /** The same in writes of the whole capacity a day (DWPD). */
  public double warrantyDriveWritesPerDay() {
    return lifetime().driveWritesPerDay(wear.warrantyYears());
  }

  /** Years left to blocks with so many cycles behind them if the host writes at that rate. */
  public double yearsLeftAtWarranty(double erases) {
    return Math.max(0, wear.endurance() - erases) / wear.endurance() * wear.warrantyYears();
  }

  // What would have to change ------------------------------------------------------------------

  /**
   * What would have to be, each alone and all else as it is, for a new device to last so many
   * years; where it already lasts longer, how far it may go. Empty: that alone is not enough, or
   * makes no difference.
   *
   * @param writeBytesPerSec the host may write at most
   * @param readBytesPerSec it may read at most; infinite if reads make no difference
   * @param intervalSeconds seconds between refreshes, at least
   * @param celsius temperature at most, so that data last for that interval
   * @param endurance P/E cycles that blocks must stand
   * @param stacks devices over which load and data must be spread
   */
  public record Needed(
      OptionalDouble writeBytesPerSec,
      OptionalDouble readBytesPerSec,
      OptionalDouble intervalSeconds,
      OptionalDouble celsius,
      OptionalDouble endurance,
      OptionalInt stacks) {}

  /**
   * What would have to change to last so many years.
   *
   * @param years above 0
   */
  public Needed needed(double years) {
    if (!(years > 0)) {
      throw new IllegalArgumentException(years + " years; must be above 0");
    }
    double budget = wear.endurance() / years;
    double cycles = cyclesPerYear();
    OptionalDouble interval = neededIntervalSeconds(budget);
    double stacks = StrictMath.ceil(cycles / budget - 1e-9);
    return new Needed(
        neededWrites(budget),
        neededReads(interval),
        interval.isPresent() && interval.getAsDouble() <= readsIntervalSeconds()
            ? interval
            : OptionalDouble.empty(),
        neededCelsius(interval),
        OptionalDouble.of(cycles * years),
        stacks <= Integer.MAX_VALUE
            ? OptionalInt.of(Math.max(1, (int) stacks))
            : OptionalInt.empty());
  }

  /** The shortest interval of rewriting within a budget of cycles a year. */
  private OptionalDouble neededIntervalSeconds(double budget) {
    double left = (budget - cyclesPerYear(load.writeBytesPerSec())) / SECONDS_PER_YEAR;
    double leftBytesPerSec = left * capacityBytes;
    if (leftBytesPerSec < load.restingBytes() / levellingIntervalSeconds()) {
      return OptionalDouble.empty(); // Levelling alone is too much.
    }
    if (load.writeBytesPerSec() == 0) {
      return OptionalDouble.of(load.liveBytes() / leftBytesPerSec);
    }
    // Written again n times on its way, passing data needs T of S / (n + 1) at least; the rest of
    // the budget, resting / T. The former falls with n, the latter rises: the least is where they
    // cross.
    double most = StrictMath.floor(leftBytesPerSec / load.writeBytesPerSec());
    double low = 0;
    double high = most;
    while (low < high) {
      double middle = StrictMath.floor((low + high) / 2);
      if (load.stayS() / (middle + 1) <= restingS(leftBytesPerSec, middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    double shortest = neededIntervalSeconds(leftBytesPerSec, low);
    if (low > 0) {
      shortest = Math.min(shortest, neededIntervalSeconds(leftBytesPerSec, low - 1));
    }
    return shortest == Double.POSITIVE_INFINITY
        ? OptionalDouble.empty()
        : OptionalDouble.of(shortest);
  }

  /** With passing data written again so many times on its way. */
  private double neededIntervalSeconds(double leftBytesPerSec, double times) {
    return Math.max(load.stayS() / (times + 1), restingS(leftBytesPerSec, times));
  }

  private double restingS(double leftBytesPerSec, double times) {
    double left = leftBytesPerSec - times * load.writeBytesPerSec();
    return load.restingBytes() == 0 ? 0 : load.restingBytes() / Math.max(0, left);
  }

  private OptionalDouble neededWrites(double budget) {
    double all = budget * capacityBytes / SECONDS_PER_YEAR;
    double most = all - load.restingBytes() / intervalSeconds();
    if (spec.levellingThreshold() < Integer.MAX_VALUE) {
      double share = load.restingBytes() / (capacityBytes * (spec.levellingThreshold() + 1.0));
      most = Math.min(most, all * (1 - share));
    }
    if (most <= 0 || load.passingBytes() == 0) {
      return OptionalDouble.empty();
    }
    // At that rate passing data must not stay so long that it is written again; if it does, any
    // lower rate costs as much: each byte that comes less is written again once more.
    return load.passingBytes() / most <= intervalSeconds()
        ? OptionalDouble.of(most)
        : OptionalDouble.empty();
  }

  private OptionalDouble neededReads(OptionalDouble interval) {
    if (interval.isEmpty() || ageIntervalSeconds() < interval.getAsDouble()) {
      return OptionalDouble.empty();
    }
    if (spec.readLimit() == Integer.MAX_VALUE
        || load.liveBytes() == 0
        || interval.getAsDouble() == 0) {
      return OptionalDouble.of(Double.POSITIVE_INFINITY);
    }
    // Twice the rate, half the interval.
    return OptionalDouble.of(disturb().refreshSeconds(1) / interval.getAsDouble());
  }

  private OptionalDouble neededCelsius(OptionalDouble interval) {
    if (interval.isEmpty()
        || interval.getAsDouble() <= 0
        || interval.getAsDouble() > readsIntervalSeconds()
        || (spec.refreshS() > 0 && spec.refreshS() < interval.getAsDouble())) {
      return OptionalDouble.empty();
    }
    double celsius = Aging.of(wear).celsiusFor(interval.getAsDouble() / spec.retentionShare());
    return Double.isNaN(celsius) ? OptionalDouble.empty() : OptionalDouble.of(celsius);
  }
}
