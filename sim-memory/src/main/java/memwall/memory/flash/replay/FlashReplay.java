package memwall.memory.flash.replay;

import com.google.common.collect.ImmutableSortedMap;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.config.ConfigException;
import memwall.memory.flash.FlashWear;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashErrors;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.error.DataAge;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.ftl.FtlSpec;
import memwall.memory.flash.heat.FlashThermal;
import memwall.memory.flash.trace.FlashAccess;
import memwall.memory.flash.trace.FlashTrace;
import memwall.memory.flash.trace.FlashTraceSummary;
import memwall.memory.replay.AccessJoin;
import org.jspecify.annotations.Nullable;

/**
 * Replays a raw flash trace on a device, page by page. An access arrives at its time (open loop) or
 * when another one ends (closed loop); all its pages are asked for at once, in order. The trace is
 * streamed: memory grows neither with its length nor with the bytes of an access. A host holds a
 * million pages in front of the device; the rest waits in the trace.
 */
public final class FlashReplay {
  private static final int MOST_WAITING = 1 << 20;

  private final FlashReplaySpec spec;
  private final FlashTrace trace;
  private final Path file;
  private final FlashAccess access;
  private final Simulation simulation;
  private final DataAge age;
  private final FlashDevice device;
  private final Management management;
  private final AccessJoin join = new AccessJoin();
  private final Timer wake;
  private final Timer arrival;
  private final Event finished;
  private final Event resumed;
  private final @Nullable Heating heating;
  private final Map<FlashStatus, long[]> pages = new EnumMap<>(FlashStatus.class);

  /** Accesses under way that write. */
  private final BitSet writes = new BitSet();

  private final int pageBytes;

  private boolean hasAccess;
  private boolean hasBegun;
  private boolean isOver;
  private long offset;
  private int slot;
  private int underWay;
  private long accesses;
  private long pagesAsked;
  private long firstPs = -1;
  private long lastPs;

  private FlashReplay(FlashReplaySpec spec, FlashTrace trace, Path file) {
    this.spec = spec;
    this.trace = trace;
    this.file = file;
    access = trace.access();
    pageBytes = spec.part().device().geometry().pageBytes();
    simulation = new Simulation(spec.seed());
    FtlSpec ftl = spec.part().ftl();
    BlockStore blocks = blocks(spec);
    FlashWear wear = spec.part().wear();
    age =
        new DataAge(
            wear.activationEv(),
            wear.retentionCelsius(),
            wear.retentionS(),
            wear.retentionCelsius());
    device = new FlashDevice(spec.part().device(), blocks, errors(), this::ended);
    management = ftl == null ? hostManaged(blocks) : translated(ftl, blocks);
    for (FlashStatus status : FlashStatus.values()) {
      pages.put(status, new long[1]);
    }
    wake = simulation.timer("flash: device", word -> goOn());
    arrival = simulation.timer("flash: arrival", word -> goOn());
    finished = simulation.event("flash: access complete", word -> finish());
    resumed = simulation.event("flash: page read", word -> resume((int) word));
    FlashThermal thermal = spec.part().thermal();
    heating =
        thermal == null
            ? null
            : new Heating(simulation, spec.part(), thermal, device, age, this::arm);
    simulation.watch(
        new Waiting() {
          @Override
          public long waitingCount() {
            return (long) join.open() + management.waiting();
          }

          @Override
          public String describeWaiting() {
            return "flash: "
                + join.open()
                + " accesses and "
                + management.waiting()
                + " pages to be written or moved";
          }
        });
  }

  private static BlockStore blocks(FlashReplaySpec spec) {
    return new BlockStore(
        spec.part().device().geometry(),
        spec.part().wear().endurance(),
        spec.part().wear().readLimit(),
        spec.part().ftl() != null);
  }

  /** With errors, what was done before the run is stated as cycles and age at its start. */
  private boolean countsErases() {
    return spec.part().errors() == null;
  }

  /** What goes wrong, in numbers of its own, which nothing else changes. */
  private FlashErrors errors() {
    ErrorSpec errors = spec.part().errors();
    return errors == null
        ? FlashErrors.NONE
        : errors.sampler(simulation.random(), "flash.errors", age);
  }

  private Management hostManaged(BlockStore blocks) {
    HostManaged host = new HostManaged(spec.part(), blocks, device);
    host.fill(spec.fillShare(), countsErases());
    return host;
  }

  private Management translated(FtlSpec ftl, BlockStore blocks) {
    Translated layers = new Translated(spec.part(), ftl, device, simulation.random(), this::over);
    layers.fill(spec.fillShare());
    layers.overwrite(spec.overwriteShare(), simulation.random().stream("flash", "overwrites"));
    layers.restore(blocks, countsErases());
    return layers;
  }

  /**
   * Reads a whole trace once and checks that it can be replayed so.
   *
   * @param format label of its format, or null to recognise it
   * @throws ConfigException with the first 20 faults and the number of others
   */
  public static FlashTraceSummary scan(Path file, @Nullable String format, FlashReplaySpec spec) {
    FlashTraceSummary summary = FlashTrace.scan(file, format, access -> fault(access, spec));
    if (!summary.timed() && spec.depth() == 0 && spec.gapPs().isEmpty()) {
      throw new ConfigException(
          List.of(
              file
                  + ": the trace has no times; say how many accesses are under way at once"
                  + " (--depth 32) or how far apart they arrive (--gap '1 us')"));
    }
    long count = summary.reads() + summary.writes() + summary.trims();
    long gapPs = spec.gapPs().orElse(0);
    if (gapPs > 0 && count > FlashTrace.MAX_PS / gapPs) {
      throw new ConfigException(
          List.of(
              file
                  + ": "
                  + count
                  + " accesses every "
                  + gapPs
                  + " ps take more than 27 hours; use a smaller gap"));
    }
    return summary;
  }

  private static @Nullable String fault(FlashAccess access, FlashReplaySpec spec) {
    long logicalBytes = spec.part().logicalBytes();
    if (access.address() + access.bytes() > logicalBytes) {
      return access.bytes()
          + " bytes from address "
          + access.address()
          + " end beyond the "
          + logicalBytes
          + " bytes that a host of "
          + spec.part().name()
          + " can address";
    }
    return spec.part().ftl() == null ? HostManaged.fault(access, spec.part()) : null;
  }

  /**
   * Replays a trace that {@link #scan} found good.
   *
   * @param format label of its format, or null to recognise it
   * @throws ConfigException if the file has changed since and is no longer good, or the tables of a
   *     translation layer do not fit the heap
   */
  public static FlashReplayResult run(
      Path file, @Nullable String format, FlashReplaySpec spec, FlashTraceSummary summary) {
    try (FlashTrace trace = FlashTrace.open(file, format)) {
      FlashReplay replay = new FlashReplay(spec, trace, file);
      replay.goOn();
      replay.simulation.run();
      return replay.result(summary);
    }
  }

  private void finish() {
    underWay--;
    goOn();
  }

  private void resume(int job) {
    device.advanceTo(simulation.nowPs());
    management.resume(job);
    goOn();
  }

  /** Does all that is due at this instant and notes when something is again. */
  private void goOn() {
    device.advanceTo(simulation.nowPs());
    pump();
    if (heating != null && device.pending() == 0) {
      heating.pause();
    }
    arm();
  }

  /** Notes when the device wants to be woken. */
  private void arm() {
    long nextPs = device.nextPs();
    if (nextPs == Long.MAX_VALUE) {
      wake.cancel();
    } else {
      wake.at(nextPs, 0);
    }
  }

  /** Asks for all that has arrived, as far as there is room. */
  private void pump() {
    while (!isOver && (hasBegun || begin())) {
      while (offset < access.bytes()) {
        if (device.pending() + management.waiting() >= MOST_WAITING) {
          return;
        }
        ask();
      }
      hasAccess = false;
      hasBegun = false;
    }
  }

  /** Begins the next access if it is its turn. */
  private boolean begin() {
    if (!hasAccess) {
      hasAccess = trace.next();
      isOver = !hasAccess;
      if (isOver) {
        return false;
      }
      String fault = fault(access, spec);
      if (fault != null) {
        throw new ConfigException(List.of(file + ":" + access.line() + ": " + fault));
      }
    }
    long nowPs = simulation.nowPs();
    long arrivalPs = nowPs;
    if (spec.depth() == 0) {
      arrivalPs =
          spec.gapPs().isPresent() ? accesses * spec.gapPs().getAsLong() : access.arrivalPs();
      if (arrivalPs > nowPs) {
        arrival.at(arrivalPs, 0);
        return false;
      }
    } else if (underWay == spec.depth()) {
      return false;
    }
    accesses++;
    firstPs = firstPs < 0 ? arrivalPs : firstPs;
    hasBegun = true;
    offset = 0;
    if (heating != null) {
      heating.resume();
    }
    if (access.kind() == FlashAccess.Kind.TRIM) {
      return true;
    }
    underWay++;
    long first = access.address() / pageBytes;
    long last = (access.address() + access.bytes() - 1) / pageBytes;
    slot = join.open(arrivalPs, last - first + 1);
    return true;
  }

  /** Asks for the next page of the access. */
  private void ask() {
    long at = access.address() + offset;
    long page = at / pageBytes;
    int inPage = (int) (at % pageBytes);
    int bytes = (int) Math.min(pageBytes - inPage, access.bytes() - offset);
    offset += bytes;
    switch (access.kind()) {
      case READ -> {
        pagesAsked++;
        management.read(page, bytes, slot);
      }
      case WRITE -> {
        pagesAsked++;
        writes.set(slot);
        management.write(page, bytes, slot);
      }
      case TRIM -> {
        if (bytes == pageBytes) {
          management.trim(page);
        }
      }
    }
  }

  /** The device tells the end of what was asked of it: pages of accesses, or jobs. */
  private void ended(long word, long donePs, FlashStatus status) {
    if (word < 0) {
      int job = (int) ~word;
      if (management.ended(job, donePs, status)) {
        resumed.at(donePs, job);
      }
    } else {
      over((int) word, writes.get((int) word), donePs, status);
    }
  }

  private void over(int itsSlot, boolean isWrite, long donePs, FlashStatus status) {
    Objects.requireNonNull(pages.get(status))[0]++;
    lastPs = Math.max(lastPs, donePs);
    long endPs = join.done(itsSlot, isWrite, donePs);
    if (endPs != AccessJoin.NOT_YET) {
      writes.clear(itsSlot);
      if (spec.depth() > 0) {
        finished.at(endPs, 0);
      }
    }
  }

  private FlashReplayResult result(FlashTraceSummary summary) {
    ImmutableSortedMap.Builder<FlashStatus, Long> ended = ImmutableSortedMap.naturalOrder();
    pages.forEach(
        (status, count) -> {
          if (count[0] > 0) {
            ended.put(status, count[0]);
          }
        });
    return new FlashReplayResult(
        spec,
        summary,
        join.completed(),
        Math.max(0, firstPs),
        lastPs,
        join.reads(),
        join.writes(),
        ended.build(),
        pagesAsked,
        device.counters(),
        management.counts(),
        heating == null ? null : heating.result(summary));
  }
}
