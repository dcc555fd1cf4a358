package memwall.memory.flash.ftl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Flash that reads and programs when chance says so, behind a host that writes, reads and trims:
 * drives a {@link TimedFtl} as a drive does and knows of every version of every page where it is.
 */
final class SlowFlash {
  private static final long NOTHING = -1;

  /** A page on its way to be programmed. */
  private record Program(int to, int logical, long version, int erases, int from) {}

  /** A page that is read: for the host, or to be moved. */
  private record Read(int page, long version, boolean moves) {}

  private final PageFtl layer;
  private final TimedFtl ftl;
  private final SplittableRandom random;
  private final double failing;
  private final int pagesPerBlock;

  /** What the array holds. */
  private final long[] contents;

  private final int[] next;
  private final boolean[] broken;

  /** What the host has written last. */
  private final Map<Integer, Long> versions = new HashMap<>();

  /** Data in the controller, by physical page. */
  private final Map<Integer, Long> inController = new HashMap<>();

  private final ArrayDeque<Program> programs = new ArrayDeque<>();
  private final List<Read> reads = new ArrayList<>();
  private final ArrayDeque<Integer> homeless = new ArrayDeque<>();
  private boolean onlyWrites;
  private long writing;
  private int mostUnderWay;

  SlowFlash(PageFtl layer, SplittableRandom random, double failing) {
    this.layer = layer;
    ftl = new TimedFtl(layer);
    this.random = random;
    this.failing = failing;
    pagesPerBlock = layer.spec().pagesPerBlock();
    contents = new long[layer.spec().blocks() * pagesPerBlock];
    next = new int[layer.spec().blocks()];
    broken = new boolean[layer.spec().blocks()];
    for (int page = 0; page < contents.length; page++) {
      contents[page] = NOTHING;
      if (layer.logicalPage(page) != PageFtl.NONE) {
        versions.put(layer.logicalPage(page), 0L);
        contents[page] = 0;
      }
      next[page / pagesPerBlock] = layer.writtenPages(page / pagesPerBlock);
    }
  }

  void onlyWrites() {
    onlyWrites = true;
  }

  int mostUnderWay() {
    return mostUnderWay;
  }

  /** The host writes so many pages, as fast as it can. */
  void run(int pages) {
    long end = writing + pages;
    while (writing < end) {
      step();
    }
  }

  /** Something happens. */
  void step() {
    int what = random.nextInt(10);
    int logical = random.nextInt(layer.spec().logicalPages());
    if (what < 4 || (onlyWrites && what < 6)) {
      write(logical);
    } else if (what == 4) {
      read(logical);
    } else if (what == 5 && random.nextInt(4) == 0) {
      layer.trim(logical);
      versions.remove(logical);
    } else if (what < 8) {
      endRead();
    } else {
      endProgram();
    }
    clean();
  }

  /** All that is under way ends, and what follows from it. */
  void drain() {
    while (!reads.isEmpty() || !programs.isEmpty()) {
      endRead();
      endProgram();
      clean();
    }
    same(homeless.size(), 0, "pages without a place");
    same(ftl.underWay(), 0, "blocks under way");
  }

  private void write(int logical) {
    if (!ftl.hasRoom() && ftl.underWay() == 0) {
      ftl.consider();
      clean();
    }
    if (ftl.isFullFor(logical) || !ftl.hasRoom()) {
      holds(
          ftl.isFullFor(logical) || ftl.underWay() > 0 || layer.retiredBlocks() > 0,
          "a reason not to write");
      return;
    }
    writing++;
    versions.put(logical, writing);
    program(new Program(ftl.place(logical), logical, writing, 0, PageFtl.NONE));
  }

  private void program(Program program) {
    inController.put(program.to, program.version);
    int erases = layer.eraseCount(program.to / pagesPerBlock);
    programs.add(new Program(program.to, program.logical, program.version, erases, program.from));
  }

  private void read(int logical) {
    int page = ftl.read(logical);
    same(page == PageFtl.NONE ? NOTHING : version(page), expected(logical), "what is read");
    if (page != PageFtl.NONE && !inController.containsKey(page)) {
      ftl.hold(page / pagesPerBlock);
      reads.add(new Read(page, contents[page], false));
    }
  }

  private long expected(int logical) {
    return versions.getOrDefault(logical, NOTHING);
  }

  /** What is known of the data of a page. */
  private long version(int page) {
    return inController.getOrDefault(page, contents[page]);
  }

  private void endRead() {
    if (reads.isEmpty()) {
      return;
    }
    Read read = reads.remove(random.nextInt(reads.size()));
    same(contents[read.page], read.version, "what a read gets at last");
    if (read.moves) {
      move(read.page, read.version);
    } else {
      ftl.release(read.page / pagesPerBlock);
    }
  }

  private void endProgram() {
    if (programs.isEmpty()) {
      return;
    }
    Program program = programs.remove();
    int block = program.to / pagesPerBlock;
    int page = program.to % pagesPerBlock;
    if (page == 0) {
      for (Read read : reads) {
        holds(read.page / pagesPerBlock != block, "no erase of what is being read");
      }
      for (int i = 0; i < pagesPerBlock; i++) {
        contents[program.to + i] = NOTHING;
      }
      next[block] = 0;
      broken[block] = false;
    }
    same(page, next[block]++, "order in a block");
    boolean fails = broken[block] || random.nextDouble() < failing;
    broken[block] = fails;
    if (fails) {
      layer.programFailed(program.to, program.erases);
      ftl.consider();
    } else {
      contents[program.to] = program.version;
      inController.remove(program.to, program.version);
    }
    if (program.from != PageFtl.NONE) {
      ftl.release(program.from / pagesPerBlock);
    }
  }

  private void move(int from, long version) {
    if (!ftl.canMove(from)) {
      homeless.add(from);
      return;
    }
    int logical = layer.logicalPage(from);
    int to = ftl.move(from);
    same(to == PageFtl.NONE ? 1 : 0, logical == PageFtl.NONE ? 1 : 0, "nothing to move");
    if (to == PageFtl.NONE) {
      ftl.release(from / pagesPerBlock);
    } else {
      same(version, expected(logical), "what is moved");
      program(new Program(to, logical, version, 0, from));
    }
  }

  private void clean() {
    while (true) {
      if (!homeless.isEmpty() && ftl.canMove(homeless.getFirst())) {
        int from = homeless.remove();
        move(from, version(from));
        continue;
      }
      int block = ftl.begin();
      if (block != PageFtl.NONE) {
        mostUnderWay = Math.max(mostUnderWay, ftl.underWay());
        empty(block);
      } else if (!homeless.isEmpty() && reads.isEmpty() && programs.isEmpty()) {
        while (!homeless.isEmpty()) {
          ftl.giveUp();
          ftl.release(homeless.remove() / pagesPerBlock);
        }
      } else {
        same(Math.max(ftl.underWay() - layer.spec().cleanedAtOnce(), 0), 0, "blocks too many");
        return;
      }
    }
  }

  private void empty(int block) {
    int first = block * pagesPerBlock;
    for (int page = first; page < first + pagesPerBlock; page++) {
      if (layer.logicalPage(page) != PageFtl.NONE) {
        if (inController.containsKey(page)) {
          move(page, version(page));
        } else {
          reads.add(new Read(page, contents[page], true));
        }
      }
    }
    ftl.release(block);
  }

  /** Every page is where it should be, and everything adds up. */
  void checkAll() {
    int mapped = 0;
    for (int logical = 0; logical < layer.spec().logicalPages(); logical++) {
      int page = layer.physicalPage(logical);
      same(page == PageFtl.NONE ? NOTHING : version(page), expected(logical), "page " + logical);
      mapped += page == PageFtl.NONE ? 0 : 1;
    }
    same(layer.mappedPages(), mapped, "pages with data");
    int valid = 0;
    for (int block = 0; block < next.length; block++) {
      valid += layer.validPages(block);
    }
    same(valid, mapped, "valid pages");
  }

  private static void same(long actual, long expected, String what) {
    if (actual != expected) {
      throw new AssertionError(what + ": " + actual + ", expected " + expected);
    }
  }

  private static void holds(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected " + what);
    }
  }
}
