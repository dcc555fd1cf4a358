package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import memwall.core.Randomized;
import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;

/**
 * A host that keeps groups of pages on devices on which everything goes wrong at random: blocks
 * wear out, programs fail, pages expire or cannot be corrected, erased pages are read, heat lets no
 * plane be active for a while or ends it all; with planes that work on their own or in groups,
 * announced reads, suspended programs and erases. What it holds in flash can be read, what cannot
 * it writes again; every request ends once, and bytes, pages and times add up.
 */
class FaultSchedulesTest {
  private static final long US = FlashRig.US;
  private static final FlashGeometry GEOMETRY = new FlashGeometry(1, 1, 4, 5, 6, 4096);
  private static final int BLOCKS = GEOMETRY.planes() * GEOMETRY.blocksPerPlane();
  private static final int PAGES = GEOMETRY.pagesPerBlock();

  private static FlashSpec device(SplittableRandom random) {
    FlashRules rules =
        new FlashRules(
            1 + random.nextInt(3),
            random.nextBoolean(),
            random.nextInt(4),
            random.nextInt(4),
            1 + random.nextInt(12),
            1 + random.nextInt(12),
            false,
            List.of(ReadPriority.values()).get(random.nextInt(3)),
            1 + random.nextInt(3),
            0,
            random.nextInt(2) * (long) random.nextInt(5_000_000));
    FlashPaths paths = new FlashPaths(4_096_000_000L, random.nextInt(3) == 0, 0, 0, 0, 0, 0);
    MultiPlane multiPlane =
        new MultiPlane(1 << random.nextInt(3), random.nextLong(4 * US), random.nextBoolean());
    return new FlashSpec(GEOMETRY, FlashRig.TIMINGS, paths, rules, multiPlane);
  }

  private static FlashErrors errors(SplittableRandom random) {
    double lost = random.nextDouble() * 0.02;
    double fails = random.nextDouble() * 0.05;
    return new FlashErrors() {
      @Override
      public int retries(int erases, int reads, long agePs, long nowPs) {
        return random.nextDouble() < lost ? -1 - random.nextInt(3) : random.nextInt(5) / 4;
      }

      @Override
      public boolean isExpired(int erases, long agePs, long nowPs) {
        return random.nextDouble() < lost;
      }

      @Override
      public long cleanSenses() {
        return 0;
      }

      @Override
      public void skip(long senses) {}

      @Override
      public boolean programFails(int erases) {
        return random.nextDouble() < fails;
      }
    };
  }

  /** What a request is for. */
  private record Asked(Kind kind, int unit, int version, int block, int bytes) {}

  private enum Kind {
    READ,
    READ_NOTHING,
    WRITE,
    ERASE
  }

  private static final class Host implements FlashDevice.Sink {
    private final SplittableRandom random;

    /** What schedules made happen, so that they do not pass because nothing did. */
    private final Map<String, Long> seen;

    private final FlashSpec spec;
    private final BlockStore blocks;
    private final FlashDevice device;

    /** Of each unit of pages: how many, and the block that holds them; -1: only the host does. */
    private final int[] length = new int[12];

    private final int[] home = new int[12];

    /** How often each has been put somewhere else: older reads do not count. */
    private final int[] version = new int[12];

    /** Blocks that hold or get a unit, or are known to be bad. */
    private final BitSet taken = new BitSet();

    private final Deque<Integer> unwritten = new ArrayDeque<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<FlashStatus> ends = new ArrayList<>();
    private final Map<Integer, Integer> writesLeft = new HashMap<>();
    private final BitSet failed = new BitSet();
    private long announced;
    private long bytes;
    private long linkPs;

    Host(SplittableRandom random, Map<String, Long> seen) {
      this.random = random;
      this.seen = seen;
      spec = device(random);
      blocks = new BlockStore(GEOMETRY, 1 + random.nextInt(4), 2 + random.nextInt(8));
      device = new FlashDevice(spec, blocks, errors(random.split()), this);
      for (int unit = 0; unit < length.length; unit++) {
        length[unit] = 1 + random.nextInt(PAGES);
        home[unit] = -1;
        unwritten.add(unit);
      }
    }

    private void saw(String what, long times) {
      seen.merge(what, times, Long::sum);
    }

    @Override
    public void done(long word, long donePs, FlashStatus status) {
      int request = (int) word;
      assertThat(ends.get(request)).as("ended before").isNull();
      ends.set(request, status);
      saw(status.name(), 1);
      Asked its = asked.get(request);
      switch (its.kind) {
        case WRITE -> {
          assertThat(status).isNotIn(FlashStatus.ERASED_PAGE, FlashStatus.UNCORRECTABLE);
          saw("write of a retired block", status == FlashStatus.RETIRED ? 1 : 0);
          wrote(its, status.isGood());
        }
        case ERASE -> {
          assertThat(status).isNotEqualTo(FlashStatus.PROGRAM_FAILED);
          saw("erase of a retired block", status == FlashStatus.RETIRED ? 1 : 0);
        }
        default -> didRead(its, status);
      }
    }

    private void didRead(Asked its, FlashStatus status) {
      if (status == FlashStatus.SHUT_DOWN) {
        return;
      }
      linkPs += Units.transferPs(its.bytes, 4_096_000_000L);
      if (version[its.unit] != its.version) {
        return;
      }
      if (its.kind == Kind.READ_NOTHING) {
        assertThat(status).isEqualTo(FlashStatus.ERASED_PAGE);
      } else if (status == FlashStatus.EXPIRED || status == FlashStatus.UNCORRECTABLE) {
        moveOut(its);
      } else {
        assertThat(status.isGood()).as("%s: %s", its, status).isTrue();
      }
    }

    private void wrote(Asked its, boolean isGood) {
      if (!isGood) {
        failed.set(its.unit);
      }
      if (writesLeft.merge(its.unit, -1, Integer::sum) == 0) {
        if (failed.get(its.unit)) {
          failed.clear(its.unit);
          unwritten.add(its.unit);
          if (!blocks.isRetired(its.block)) {
            taken.clear(its.block);
          }
        } else {
          home[its.unit] = its.block;
          version[its.unit]++;
        }
      }
    }

    /** Data that cannot be trusted are written elsewhere; their block is used again. */
    private void moveOut(Asked its) {
      home[its.unit] = -1;
      version[its.unit]++;
      unwritten.add(its.unit);
      taken.clear(its.block);
      saw("moved", 1);
    }

    private long ask(Kind kind, int unit, int block, int itsBytes) {
      asked.add(new Asked(kind, unit, kind == Kind.ERASE ? 0 : version[unit], block, itsBytes));
      ends.add(null);
      boolean isRead = kind == Kind.READ || kind == Kind.READ_NOTHING;
      bytes += isRead ? itsBytes : 0;
      return asked.size() - 1L;
    }

    private void writeUnit() {
      int block = taken.nextClearBit(random.nextInt(BLOCKS));
      if (unwritten.isEmpty() || block >= BLOCKS) {
        return;
      }
      int unit = unwritten.remove();
      taken.set(block);
      writesLeft.put(unit, length[unit]);
      for (int page = 0; page < length[unit]; page++) {
        int at = block % GEOMETRY.blocksPerPlane() * PAGES + page;
        long word = ask(Kind.WRITE, unit, block, GEOMETRY.pageBytes());
        device.program(block / GEOMETRY.blocksPerPlane(), at, word);
      }
    }

    private void readPage(int unit, int page) {
      int block = home[unit];
      if (block < 0) {
        return;
      }
      int plane = block / GEOMETRY.blocksPerPlane();
      int at = block % GEOMETRY.blocksPerPlane() * PAGES + page;
      if (random.nextInt(4) == 0) {
        saw("announced", 1);
        announced = Math.max(1, announced + random.nextInt(2));
        device.announce(plane, at, announced, ask(Kind.READ, unit, block, GEOMETRY.pageBytes()));
      } else {
        int some = 1 + random.nextInt(GEOMETRY.pageBytes());
        device.read(plane, at, some, random.nextBoolean(), ask(Kind.READ, unit, block, some));
      }
    }

    /** A page behind what a unit's block holds: nothing. */
    private void readNothing(int unit) {
      int block = home[unit];
      if (block >= 0 && length[unit] < PAGES) {
        int at = block % GEOMETRY.blocksPerPlane() * PAGES + length[unit];
        long word = ask(Kind.READ_NOTHING, unit, block, 64);
        device.read(block / GEOMETRY.blocksPerPlane(), at, 64, true, word);
      }
    }

    private void eraseFree() {
      int block = taken.nextClearBit(random.nextInt(BLOCKS));
      if (block < BLOCKS) {
        int page = block % GEOMETRY.blocksPerPlane() * PAGES;
        device.erase(block / GEOMETRY.blocksPerPlane(), page, ask(Kind.ERASE, -1, block, 0));
      }
    }

    private void act() {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> writeUnit();
        case 3 -> readNothing(random.nextInt(length.length));
        case 4 -> eraseFree();
        default -> {
          int unit = random.nextInt(length.length);
          readPage(unit, random.nextInt(length[unit]));
        }
      }
    }

    private void finish() {
      device.claim(announced);
      device.limitActivePlanes(Integer.MAX_VALUE);
      while (device.nextPs() < Long.MAX_VALUE) {
        device.advanceTo(device.nextPs());
      }
      assertThat(device.pending()).isZero();
      assertThat(device.activePlanes()).isZero();
      assertThat(ends).doesNotContainNull();
    }

    private void run() {
      boolean isHot = random.nextInt(3) == 0;
      boolean stops = random.nextInt(8) == 0;
      for (int round = 0; round < 40; round++) {
        for (int i = random.nextInt(5); i > 0; i--) {
          act();
        }
        if (isHot && random.nextInt(4) == 0) {
          int most = random.nextInt(3);
          saw("none active", most == 0 ? 1 : 0);
          device.limitActivePlanes(most);
        }
        device.advanceTo(device.nowPs() + random.nextLong(400 * US));
        if (random.nextInt(3) == 0) {
          device.claim(announced);
        }
        if (random.nextInt(10) == 0) {
          finish();
        }
        if (stops && round == 25) {
          device.shutDown();
        }
      }
      finish();
      checkLaws();
      if (!device.isShutDown()) {
        readAll();
        checkLaws();
      }
      count();
    }

    /** Nothing is lost: what the host does not keep itself is in flash, and can be read. */
    private void readAll() {
      for (int unit = 0; unit < length.length; unit++) {
        assertThat(home[unit] >= 0).isNotEqualTo(unwritten.contains(unit));
        for (int page = 0; page < length[unit]; page++) {
          readPage(unit, page);
        }
        if (home[unit] >= 0) {
          assertThat(blocks.writtenPages(home[unit])).isEqualTo(length[unit]);
        }
        finish();
      }
    }

    private void checkLaws() {
      FlashCounters counters = device.counters();
      FlashTimings timings = spec.timings();
      long reads = 0;
      long shutReads = 0;
      long shutWrites = 0;
      long pureErases = 0;
      for (int i = 0; i < ends.size(); i++) {
        Kind kind = asked.get(i).kind;
        boolean isRead = kind == Kind.READ || kind == Kind.READ_NOTHING;
        boolean isShut = ends.get(i) == FlashStatus.SHUT_DOWN;
        reads += isRead ? 1 : 0;
        shutReads += isShut && isRead ? 1 : 0;
        shutWrites += isShut && !isRead ? 1 : 0;
        pureErases += kind == Kind.ERASE && ends.get(i) == FlashStatus.DONE ? 1 : 0;
      }
      long writes = ends.size() - reads;
      assertThat(counters.reads()).isEqualTo(reads);
      assertThat(counters.readBytes()).isEqualTo(bytes);
      assertThat(counters.shutOut()).isEqualTo(shutReads + shutWrites);
      assertThat(counters.senses() + counters.bufferHits() + counters.forwarded() + shutReads)
          .isEqualTo(reads);
      assertThat(counters.programs() + pureErases + counters.refusals() + shutWrites)
          .isEqualTo(writes);
      assertThat(counters.senseBusyPs())
          .isEqualTo(counters.senses() * timings.readPs() + counters.retries() * timings.retryPs());
      assertThat(counters.workBusyPs())
          .isEqualTo(
              counters.programs() * timings.programPs()
                  + counters.erases() * timings.erasePs()
                  + counters.suspensions() * timings.resumePs());
      if (!spec.paths().sharedBus()) {
        assertThat(counters.linkOutBusyPs()).isEqualTo(linkPs);
      }
      assertThat(counters.senseCommands()).isLessThanOrEqualTo(counters.senses());
      long erased = 0;
      for (int block = 0; block < BLOCKS; block++) {
        erased += blocks.erases(block);
      }
      assertThat(counters.erases()).isEqualTo(erased);
    }

    private void count() {
      FlashCounters counters = device.counters();
      saw("retired blocks", blocks.retired());
      saw("sensed together", counters.senses() - counters.senseCommands());
      saw("suspended", counters.suspensions());
      saw("waited for leave", counters.capWaits());
      saw("waited for staging", counters.stagingWaits());
      saw("failed programs", counters.programFailures());
      saw("waited over a millisecond", counters.longestCapWaitPs() > 1000 * US ? 1 : 0);
    }
  }

  @Test
  void nothingIsLost() {
    Map<String, Long> seen = new TreeMap<>();
    Randomized.check(10_000, random -> new Host(random, seen).run());
    assertThat(seen).hasSize(FlashStatus.values().length + 12);
    assertThat(seen).allSatisfy((what, times) -> assertThat(times).as(what).isGreaterThan(1000));
  }
}
