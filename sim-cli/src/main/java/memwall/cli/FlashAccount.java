package memwall.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import memwall.cli.report.FlashLife;
import memwall.core.stat.Snapshot;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.flash.FlashBlocks;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.host.HostSpec;
import memwall.memory.flash.host.LifetimeEstimate;
import memwall.memory.flash.host.WearLoad;
import memwall.memory.flash.law.Lifetime;
import memwall.workloads.system.TierSpec;

/**
 * Wear and life of the flash of one memory, by {@link LifetimeEstimate}. Runs are short beside the
 * time after which flash is written anew, so what that takes is not simulated but follows from the
 * rates of the run: as many bytes as fall to its time.
 *
 * @param tier the memory
 * @param flash what its devices are made of
 * @param traffic what it did
 * @param snapshot statistics of the run
 * @param ranks chips that do the same
 */
record FlashAccount(
    TierSpec tier, FlashBlocks flash, Traffic traffic, Snapshot snapshot, long ranks) {
  /** Years that the issue of lifetime is judged by: those of a data centre's machine. */
  private static final double YEARS = 5;

  /**
   * What a memory of one chip did.
   *
   * @param seconds for so long
   * @param content what the host wrote, in words
   * @param hostBytes written by the host
   * @param readBytes read, activations left out
   * @param restingBytes that lie there for the whole run
   * @param passingBytes that came and went, mean over the run
   */
  record Traffic(
      double seconds,
      String content,
      long hostBytes,
      long readBytes,
      long restingBytes,
      long passingBytes) {
    double perSec(double bytes) {
      return seconds == 0 ? 0 : bytes / seconds;
    }
  }

  FlashLife life() {
    FlashWear wear = flash.wear();
    LifetimeEstimate estimate = estimate(wear);
    List<FlashLife.Bin> blocks = blocks();
    long erased = blocks.stream().mapToLong(FlashLife.Bin::blocks).sum();
    double used =
        blocks.isEmpty()
            ? traffic.hostBytes() / (double) capacityBytes()
            : number("erases") / erased;
    Lifetime.Shares shares = estimate.shares();
    WearLoad load = load(wear);
    boolean isWorn = estimate.cyclesPerYear() > 0;
    return new FlashLife(
        tier.name(),
        tier.count(),
        capacityBytes(),
        readLimit(),
        wear.endurance(),
        written(estimate),
        used,
        blocks.isEmpty() ? Double.NaN : number("most_erases"),
        blocks,
        new FlashLife.Load(
            load.restingBytes(),
            load.passingBytes(),
            load.writeBytesPerSec(),
            load.readBytesPerSec(),
            load.celsius()),
        new FlashLife.Intervals(
            estimate.ageIntervalSeconds(),
            estimate.readsIntervalSeconds(),
            estimate.levellingIntervalSeconds()),
        years(estimate, wear, used),
        new FlashLife.Shares(shares.host(), shares.refresh(), shares.disturb(), shares.cleaning()),
        isWorn ? cause(estimate) : "",
        change(estimate, wear));
  }

  /** What limits reads for ever: heat, where it allows less than the rest. */
  private String readLimit() {
    MemorySpec device = tier.device();
    return device
        .heatLimit()
        .filter(limit -> limit.bytesPerSec() < device.readBytesPerSec())
        .map(limit -> "heat")
        .orElse(device.readBoundBy());
  }

  private long capacityBytes() {
    return tier.capacityBytes(Usage.KV);
  }

  private LifetimeEstimate estimate(FlashWear wear) {
    int pageBytes = (int) tier.device().accessBytes(Usage.KV);
    // The estimate needs the block; what lies beside each other makes no difference.
    FlashGeometry block = new FlashGeometry(1, 1, 1, 1, flash.pagesPerBlock(), pageBytes);
    return new LifetimeEstimate(capacityBytes(), block, wear, HostSpec.of(wear, 1, 0), load(wear));
  }

  private WearLoad load(FlashWear wear) {
    double writes = traffic.perSec((double) traffic.hostBytes());
    return new WearLoad(
        traffic.restingBytes(),
        // What is written stays for a moment at least.
        Math.max(writes > 0 ? 1 : 0, traffic.passingBytes()),
        writes,
        traffic.perSec(readBytes()),
        wear.retentionCelsius());
  }

  /** Whole pages where they are counted: they disturb as a whole. */
  private double readBytes() {
    return has("read_pages")
        ? number("read_pages") * tier.device().accessBytes(Usage.KV)
        : (double) traffic.readBytes();
  }

  // Counted where blocks are simulated ---------------------------------------------------------

  private String path(String name) {
    return "rank0." + tier.name() + '.' + name;
  }

  private double number(String name) {
    return snapshot.number(path(name));
  }

  private boolean has(String name) {
    String path = path(name);
    return snapshot.values().stream().anyMatch(value -> value.path().equals(path));
  }

  private List<FlashLife.Bin> blocks() {
    List<FlashLife.Bin> bins = new ArrayList<>();
    String first = path("blocks_erased.");
    for (Snapshot.Value value : snapshot.values()) {
      if (value.path().startsWith(first)) {
        long erases = Long.parseLong(value.path().substring(first.length()));
        bins.add(new FlashLife.Bin(erases, Math.round(value.number())));
      }
    }
    bins.sort((one, other) -> Long.compare(one.erases(), other.erases()));
    int used = bins.size();
    while (used > 1 && bins.get(used - 1).blocks() == 0) {
      used--;
    }
    return bins.subList(0, used);
  }

  private List<FlashLife.Written> written(LifetimeEstimate estimate) {
    boolean isAge = estimate.ageIntervalSeconds() <= estimate.readsIntervalSeconds();
    double refresh = estimate.refreshBytesPerSec();
    double replayed =
        has("replayed_pages") ? number("replayed_pages") * tier.device().accessBytes(Usage.KV) : 0;
    return List.of(
        new FlashLife.Written(
            "host", traffic.content(), Math.multiplyExact(traffic.hostBytes(), ranks)),
        due("age", "refresh by age", isAge ? refresh : 0),
        due("reads", "refresh by reads", isAge ? 0 : refresh),
        due("swap", "swaps to level wear", estimate.swapBytesPerSec()),
        new FlashLife.Written("replay", "replay of failed programs", Math.round(replayed) * ranks));
  }

  private FlashLife.Written due(String cause, String label, double bytesPerSec) {
    return new FlashLife.Written(cause, label, Math.round(bytesPerSec * traffic.seconds() * ranks));
  }

  // Years --------------------------------------------------------------------------------------

  private static FlashLife.Years years(LifetimeEstimate estimate, FlashWear wear, double used) {
    double atWarranty =
        Math.min(wear.warrantyYears(), estimate.lifetime().years(estimate.warrantyBytesPerSec()));
    return new FlashLife.Years(
        estimate.cyclesPerYear(),
        estimate.yearsLeft(used),
        wear.warrantyYears(),
        estimate.warrantyBytesPerSec(),
        atWarranty * Math.max(0, wear.endurance() - used) / wear.endurance());
  }

  private static String cause(LifetimeEstimate estimate) {
    return switch (estimate.limiting()) {
      case AGE -> "age";
      case READS -> "reads";
      case SWAP -> "swap";
      case HOST, REPLAY -> "host";
    };
  }

  private FlashLife.Change change(LifetimeEstimate estimate, FlashWear wear) {
    LifetimeEstimate.Needed needed = estimate.needed(YEARS);
    double cycles = needed.endurance().orElse(Double.NaN);
    return new FlashLife.Change(
        YEARS,
        cycles <= wear.endurance(),
        or(needed.writeBytesPerSec()),
        or(needed.readBytesPerSec()),
        or(needed.intervalSeconds()),
        or(needed.celsius()),
        cycles,
        Math.max(1, StrictMath.ceil(cycles / wear.endurance() * tier.count() - 1e-9)));
  }

  private static double or(OptionalDouble value) {
    return value.orElse(Double.NaN);
  }
}
