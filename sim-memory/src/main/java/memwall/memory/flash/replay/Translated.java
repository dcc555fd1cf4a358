package memwall.memory.flash.replay;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.List;
import memwall.core.config.ConfigException;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;
import memwall.memory.flash.FlashPart;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.ftl.EraseStatistics;
import memwall.memory.flash.ftl.FlashOperations;
import memwall.memory.flash.ftl.FtlSpec;
import memwall.memory.flash.ftl.PageFtl;
import memwall.memory.flash.ftl.ProgramCause;
import memwall.memory.flash.ftl.TimedFtl;

/**
 * A translation layer in each plane (solid-state drives), addresses spread over planes page by
 * page. What the host writes is placed and programmed in order of arrival, as soon as its layer has
 * room; a part of a page waits until the rest is read. Cleaning reads the pages of blocks one after
 * the other over the link, and programs each over the link as soon as it is read, while the next is
 * read; the planes have host and cleaning beside each other.
 *
 * <ul>
 *   <li>The erase of a block is part of the program of its first page, as the device does it.
 *   <li>What is written and not yet programmed is read from the controller. So is a page whose
 *       program failed, until it is programmed elsewhere with all that is valid in its block, which
 *       is then retired; the host's write is done when its program has failed.
 *   <li>A read that has begun gets the page as it was then: its block is erased afterwards, whoever
 *       overwrites or moves the page meanwhile.
 * </ul>
 */
final class Translated implements Management {
  /** Of the heap, so that there is room for everything else. */
  private static final double HEAP_SHARE = 0.8;

  private final FlashGeometry geometry;
  private final FlashDevice device;
  private final Placement placement;
  private final TimedFtl[] layers;
  private final Jobs jobs;
  private final Outcome outcome;

  /**
   * Pages of a plane that are read at once to be moved: so many that it always has one to sense,
   * but no more than its share of what its channel takes, where they would stand in the way of
   * other planes.
   */
  private final int readsAhead;

  /** Writes and trims that have not got their place, by plane and logical page: the last job. */
  private final Long2IntOpenHashMap latest = new Long2IntOpenHashMap();

  /** Pages on their way to be programmed, by plane and page: their job. */
  private final Long2IntOpenHashMap pending = new Long2IntOpenHashMap();

  /** Pages whose program failed, by plane and page: the controller has their data. */
  private final LongOpenHashSet kept = new LongOpenHashSet();

  private long unwritten;
  private long fromController;
  private long unplaced;
  private long lost;

  /** Hears of pages of the host. */
  @FunctionalInterface
  interface Outcome {
    /**
     * A page of an access is over.
     *
     * @param donePs when; now or later
     */
    void over(int access, boolean isWrite, long donePs, FlashStatus status);
  }

  /**
   * Layers of which nothing is written.
   *
   * @param spec of each layer
   * @throws ConfigException if their tables do not fit the heap
   */
  Translated(
      FlashPart part, FtlSpec spec, FlashDevice device, RandomStreams streams, Outcome outcome) {
    geometry = part.device().geometry();
    this.device = device;
    this.outcome = outcome;
    placement = new Placement(geometry);
    FlashRules rules = part.device().rules();
    int share = rules.outstandingReads() / geometry.planesPerChannel();
    readsAhead = Math.max(1, Math.min(rules.pageBuffers() + 1, share));
    long most = (long) (HEAP_SHARE * Runtime.getRuntime().maxMemory());
    if ((double) spec.stateBytes() * geometry.planes() > most) {
      throw new ConfigException(
          List.of(
              part.name()
                  + ": the translation layer of "
                  + geometry.capacityBytes()
                  + " bytes needs "
                  + spec.stateBytes() * geometry.planes()
                  + " bytes of heap, there are "
                  + most
                  + "; give it more (JAVA_OPTS=-Xmx4g), or the device fewer blocks"
                  + " (--set flash.geometry.blocks_per_plane=64)"));
    }
    jobs = new Jobs(geometry.planes());
    latest.defaultReturnValue(Jobs.NONE);
    pending.defaultReturnValue(Jobs.NONE);
    layers = new TimedFtl[geometry.planes()];
    for (int plane = 0; plane < layers.length; plane++) {
      RandomStream random = streams.stream("flash.plane" + plane, "victims");
      layers[plane] = new TimedFtl(new PageFtl(spec, FlashOperations.SILENT, random));
    }
  }

  /** Puts data into the first share of the addresses. */
  void fill(double share) {
    for (TimedFtl plane : layers) {
      PageFtl layer = plane.layer();
      layer.fill((int) Math.round(share * layer.spec().logicalPages()));
    }
  }

  /** The host overwrites random pages, at no cost. */
  void overwrite(double share, RandomStream random) {
    for (TimedFtl plane : layers) {
      PageFtl layer = plane.layer();
      layer.overwrite(Math.round(share * layer.spec().logicalPages()), random);
    }
  }

  /**
   * Tells the device which blocks hold data by now.
   *
   * @param countsErases whether their erases count too
   */
  void restore(BlockStore blocks, boolean countsErases) {
    for (int plane = 0; plane < layers.length; plane++) {
      PageFtl layer = layers[plane].layer();
      for (int block = 0; block < geometry.blocksPerPlane(); block++) {
        int written = layer.writtenPages(block);
        // The device erases a block when it begins to program it.
        int erases = countsErases ? layer.eraseCount(block) + (written > 0 ? 1 : 0) : 0;
        int its = blocks.block(plane, block * geometry.pagesPerBlock());
        if (layer.isRetired(block)) {
          blocks.retire(its);
        } else {
          blocks.restore(its, written, erases);
        }
      }
    }
  }

  private static long key(int plane, int page) {
    return (long) plane << 32 | page;
  }

  private int block(int page) {
    return page / geometry.pagesPerBlock();
  }

  private boolean isInController(int plane, int page) {
    long key = key(plane, page);
    return pending.containsKey(key) || kept.contains(key);
  }

  // The host -----------------------------------------------------------------------------------

  @Override
  public void read(long page, int bytes, int access) {
    int plane = placement.plane(page);
    int logical = placement.row(page);
    int written = latest.get(key(plane, logical));
    if (written != Jobs.NONE) {
      answer(access, jobs.kind[written] == Jobs.WRITE);
      return;
    }
    TimedFtl layer = layers[plane];
    int at = layer.read(logical);
    if (at == PageFtl.NONE || isInController(plane, at)) {
      answer(access, at != PageFtl.NONE);
    } else {
      int job = jobs.add(Jobs.READ, plane);
      jobs.from[job] = at;
      jobs.access[job] = access;
      readFrom(plane, job, bytes);
    }
    if (layer.hasOccasion()) {
      settle(plane);
    }
  }

  /** Answers a read without the device. */
  private void answer(int access, boolean hasData) {
    if (hasData) {
      fromController++;
    } else {
      unwritten++;
    }
    FlashStatus status = hasData ? FlashStatus.DONE : FlashStatus.ERASED_PAGE;
    outcome.over(access, false, fromNowPs(), status);
  }

  /** Reads the page of a job, whose block is not erased until that is over. */
  private void readFrom(int plane, int job, int bytes) {
    int from = jobs.from[job];
    layers[plane].hold(block(from));
    jobs.stage[job] = Jobs.READING;
    jobs.inDevice[plane]++;
    device.read(plane, from, bytes, false, ~job);
  }

  /** When the controller answers. */
  private long fromNowPs() {
    return device.nowPs() + device.spec().paths().hostPs();
  }

  @Override
  public void write(long page, int bytes, int access) {
    int plane = placement.plane(page);
    int job = jobs.add(Jobs.WRITE, plane);
    jobs.access[job] = access;
    jobs.stage[job] = bytes < geometry.pageBytes() ? Jobs.PART : Jobs.WHOLE;
    queue(plane, job, placement.row(page));
    settle(plane);
  }

  @Override
  public void trim(long page) {
    int plane = placement.plane(page);
    int logical = placement.row(page);
    if (latest.containsKey(key(plane, logical))) {
      queue(plane, jobs.add(Jobs.TRIM, plane), logical);
    } else {
      layers[plane].layer().trim(logical);
    }
  }

  private void queue(int plane, int job, int logical) {
    jobs.logical[job] = logical;
    jobs.host.add(job);
    latest.put(key(plane, logical), job);
  }

  /** Does in a plane all that can be done now. */
  private void settle(int plane) {
    clean(plane);
    for (int job = jobs.host.first(plane); job != Jobs.NONE; job = jobs.host.first(plane)) {
      if (!canServe(plane, job)) {
        return;
      }
      jobs.host.take(plane);
      latest.remove(key(plane, jobs.logical[job]), job);
      serve(plane, job);
      clean(plane);
    }
  }

  /** Whether the first write or trim of a plane can be dealt with; if not, it waits. */
  private boolean canServe(int plane, int job) {
    if (jobs.kind[job] == Jobs.TRIM) {
      return true;
    }
    if (jobs.stage[job] == Jobs.READING) {
      return false;
    }
    TimedFtl layer = layers[plane];
    if (jobs.stage[job] == Jobs.PART) {
      int from = layer.layer().physicalPage(jobs.logical[job]);
      if (from != PageFtl.NONE && !isInController(plane, from)) {
        jobs.from[job] = from;
        readFrom(plane, job, geometry.pageBytes());
        return false;
      }
      jobs.stage[job] = Jobs.WHOLE;
    }
    if (!layer.hasRoom() && layer.underWay() == 0) {
      layer.consider();
      clean(plane);
    }
    return layer.hasRoom() || layer.underWay() == 0 || layer.isFullFor(jobs.logical[job]);
  }

  private void serve(int plane, int job) {
    TimedFtl layer = layers[plane];
    int logical = jobs.logical[job];
    if (jobs.kind[job] == Jobs.TRIM) {
      layer.layer().trim(logical);
      jobs.remove(job);
    } else if (layer.isFullFor(logical) || !layer.hasRoom()) {
      unplaced++;
      outcome.over(jobs.access[job], true, fromNowPs(), FlashStatus.RETIRED);
      jobs.remove(job);
    } else {
      program(plane, job, layer.place(logical));
    }
  }

  private void program(int plane, int job, int to) {
    jobs.stage[job] = Jobs.PROGRAMMING;
    jobs.to[job] = to;
    jobs.erases[job] = layers[plane].layer().eraseCount(block(to));
    pending.put(key(plane, to), job);
    jobs.inDevice[plane]++;
    device.program(plane, to, ~job);
  }

  // Cleaning -----------------------------------------------------------------------------------

  /** Moves what can be moved and begins to empty blocks, as far as the layer of a plane wants. */
  private void clean(int plane) {
    TimedFtl layer = layers[plane];
    while (true) {
      readNext(plane);
      int job = jobs.homeless.first(plane);
      if (job != Jobs.NONE && layer.canMove(jobs.from[job])) {
        jobs.homeless.take(plane);
        move(plane, job);
        continue;
      }
      int block = layer.begin();
      if (block != TimedFtl.NONE) {
        empty(plane, block);
      } else if (job != Jobs.NONE && jobs.inDevice[plane] == 0) {
        giveUp(plane);
      } else {
        return;
      }
    }
  }

  private void empty(int plane, int block) {
    TimedFtl layer = layers[plane];
    int first = block * geometry.pagesPerBlock();
    for (int page = first; page < first + geometry.pagesPerBlock(); page++) {
      if (layer.layer().logicalPage(page) != PageFtl.NONE) {
        int job = jobs.add(Jobs.MOVE, plane);
        jobs.from[job] = page;
        jobs.toRead.add(job);
      }
    }
    layer.release(block);
  }

  /** Has the next pages read that are to be moved. */
  private void readNext(int plane) {
    TimedFtl layer = layers[plane];
    while (jobs.toRead.first(plane) != Jobs.NONE && jobs.reads[plane] < readsAhead) {
      int job = jobs.toRead.take(plane);
      int from = jobs.from[job];
      if (layer.layer().logicalPage(from) == PageFtl.NONE || isInController(plane, from)) {
        move(plane, job);
      } else {
        jobs.reads[plane]++;
        readFrom(plane, job, geometry.pageBytes());
      }
    }
  }

  /** The data of a page are in the controller and go to their new place. */
  private void move(int plane, int job) {
    TimedFtl layer = layers[plane];
    int from = jobs.from[job];
    if (!layer.canMove(from)) {
      jobs.homeless.add(job);
      return;
    }
    int to = layer.move(from);
    if (to == TimedFtl.NONE) {
      jobs.remove(job);
      layer.release(block(from));
    } else {
      program(plane, job, to);
    }
  }

  /** No block will be gained any more: what should be moved stays where it is. */
  private void giveUp(int plane) {
    while (jobs.homeless.first(plane) != Jobs.NONE) {
      int job = jobs.homeless.take(plane);
      layers[plane].giveUp();
      layers[plane].release(block(jobs.from[job]));
      jobs.remove(job);
    }
  }

  // What the device tells ----------------------------------------------------------------------

  @Override
  public boolean ended(int job, long donePs, FlashStatus status) {
    int plane = jobs.plane[job];
    if (jobs.stage[job] == Jobs.READING) {
      if (jobs.kind[job] == Jobs.READ) {
        outcome.over(jobs.access[job], false, donePs, status);
        return over(plane, job);
      }
      boolean isThere =
          status.isGood() || status == FlashStatus.EXPIRED || status == FlashStatus.SHUT_DOWN;
      lost += isThere ? 0 : 1;
      return true;
    }
    int page = jobs.to[job];
    pending.remove(key(plane, page), job);
    boolean fails = !status.isGood() && status != FlashStatus.SHUT_DOWN;
    if (jobs.kind[job] == Jobs.WRITE) {
      outcome.over(jobs.access[job], true, donePs, fails ? FlashStatus.DONE : status);
    }
    jobs.stage[job] = Jobs.DONE;
    if (!fails) {
      return over(plane, job);
    }
    PageFtl layer = layers[plane].layer();
    if (layer.eraseCount(block(page)) == jobs.erases[job]) {
      kept.add(key(plane, page));
      layer.programFailed(page, jobs.erases[job]);
    }
    jobs.stage[job] = Jobs.FAILED;
    return true;
  }

  /** A job has ended well; whether something else can be done therefore. */
  private boolean over(int plane, int job) {
    boolean holds = jobs.kind[job] != Jobs.WRITE;
    boolean matters = holds && layers[plane].isLast(block(jobs.from[job]));
    if (matters || jobs.homeless.first(plane) != Jobs.NONE) {
      return true;
    }
    leave(plane, job);
    return false;
  }

  private void leave(int plane, int job) {
    jobs.inDevice[plane]--;
    if (jobs.kind[job] != Jobs.WRITE) {
      layers[plane].release(block(jobs.from[job]));
    }
    jobs.remove(job);
  }

  @Override
  public void resume(int job) {
    int plane = jobs.plane[job];
    if (jobs.stage[job] == Jobs.READING && jobs.kind[job] != Jobs.READ) {
      jobs.inDevice[plane]--;
      layers[plane].release(block(jobs.from[job]));
      jobs.stage[job] = Jobs.WHOLE;
      if (jobs.kind[job] == Jobs.MOVE) {
        jobs.reads[plane]--;
        move(plane, job);
      }
    } else {
      if (jobs.stage[job] == Jobs.FAILED) {
        layers[plane].consider();
      }
      leave(plane, job);
    }
    settle(plane);
  }

  @Override
  public int waiting() {
    return jobs.live();
  }

  @Override
  public ManagementCounts counts() {
    long host = 0;
    long programs = 0;
    long trimmed = 0;
    double erases = 0;
    int most = 0;
    long retired = 0;
    for (TimedFtl plane : layers) {
      PageFtl layer = plane.layer();
      host += layer.counts().programs(ProgramCause.HOST);
      programs += layer.counts().programs();
      trimmed += layer.counts().trims();
      EraseStatistics statistics = layer.eraseStatistics();
      erases += statistics.mean() / layers.length;
      most = Math.max(most, statistics.most());
      retired += layer.retiredBlocks();
    }
    return new ManagementCounts(
        host,
        programs,
        programs - host,
        unwritten,
        fromController,
        trimmed,
        unplaced,
        device.counters().refusals(),
        lost,
        erases,
        most,
        retired);
  }
}
