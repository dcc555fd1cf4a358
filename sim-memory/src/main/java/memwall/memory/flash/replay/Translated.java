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
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.ftl.EraseStatistics;
import memwall.memory.flash.ftl.FlashOperations;
import memwall.memory.flash.ftl.FtlSpec;
import memwall.memory.flash.ftl.NoSpareBlockException;
import memwall.memory.flash.ftl.PageFtl;
import memwall.memory.flash.ftl.ProgramCause;

/**
 * A translation layer in each plane (solid-state drives), addresses spread over planes page by
 * page. What a layer decides is carried out in its plane in the same order: a page that is moved,
 * or of which the host writes a part only, is read over the link, then programmed over the link.
 * The erase of a block is part of the program of its first page, as the device does it. What has
 * not been handed to the device yet is read from the controller. So is a page whose program failed,
 * until it is programmed elsewhere with all that is valid in its block, which is then retired; the
 * host's write is done when its program has failed.
 */
final class Translated implements Management {
  /** Of the heap, so that there is room for everything else. */
  private static final double HEAP_SHARE = 0.8;

  private final FlashGeometry geometry;
  private final FlashDevice device;
  private final Placement placement;
  private final PageFtl[] layers;
  private final Jobs jobs;
  private final Outcome outcome;

  /** Pages on their way to be programmed, by plane and page: their job. */
  private final Long2IntOpenHashMap pending = new Long2IntOpenHashMap();

  /** What the host writes while a layer decides. */
  private int writingAccess = Jobs.NONE;

  private boolean writesPart;
  private long unwritten;
  private long fromController;
  private long unplaced;
  private long lost;

  /** Pages whose program failed, by plane and page: the controller has their data. */
  private final LongOpenHashSet kept = new LongOpenHashSet();

  /** Hears of pages of the host that the device does not answer. */
  @FunctionalInterface
  interface Outcome {
    /**
     * A page of an access is over.
     *
     * @param donePs when; now or later
     */
    void over(int access, boolean isWrite, long donePs, FlashStatus status);
  }

  /** The layer of a plane as it sees the device. */
  private final class Plane implements FlashOperations {
    private final int plane;

    Plane(int plane) {
      this.plane = plane;
    }

    @Override
    public void read(int page) {}

    @Override
    public boolean program(int page, int logicalPage) {
      int from = writesPart ? layers[plane].physicalPage(logicalPage) : PageFtl.NONE;
      add(plane, from == PageFtl.NONE ? Jobs.NONE : from, page, writingAccess);
      return true;
    }

    @Override
    public boolean copy(int fromPage, int toPage, ProgramCause cause) {
      add(plane, fromPage, toPage, Jobs.NONE);
      return true;
    }

    @Override
    public boolean erase(int block) {
      return true;
    }
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
    pending.defaultReturnValue(Jobs.NONE);
    layers = new PageFtl[geometry.planes()];
    for (int plane = 0; plane < layers.length; plane++) {
      RandomStream random = streams.stream("flash.plane" + plane, "victims");
      layers[plane] = new PageFtl(spec, new Plane(plane), random);
    }
  }

  /** Puts data into the first share of the addresses. */
  void fill(double share) {
    for (PageFtl layer : layers) {
      layer.fill((int) Math.round(share * layer.spec().logicalPages()));
    }
  }

  /** The host overwrites random pages, at no cost. */
  void overwrite(double share, RandomStream random) {
    for (PageFtl layer : layers) {
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
      PageFtl layer = layers[plane];
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

  private void add(int plane, int from, int to, int access) {
    int erases = layers[plane].eraseCount(to / geometry.pagesPerBlock());
    pending.put(key(plane, to), jobs.add(plane, from, to, erases, access));
  }

  @Override
  public void read(long page, int bytes, int access) {
    int plane = placement.plane(page);
    int at = layers[plane].read(placement.row(page));
    if (at == PageFtl.NONE) {
      unwritten++;
      outcome.over(access, false, fromNowPs(), FlashStatus.ERASED_PAGE);
      return;
    }
    int job = pending.get(key(plane, at));
    while (job != Jobs.NONE
        && jobs.access[job] == Jobs.NONE
        && jobs.from[job] != Jobs.NONE
        && jobs.stage[job] != Jobs.PROGRAMMING) {
      at = jobs.from[job];
      job = pending.get(key(plane, at));
    }
    if (job != Jobs.NONE || kept.contains(key(plane, at))) {
      fromController++;
      outcome.over(access, false, fromNowPs(), FlashStatus.DONE);
    } else {
      device.read(plane, at, bytes, false, access);
    }
    if (layers[plane].maintenanceDue()) {
      maintain(plane);
    }
  }

  /** When the controller answers. */
  private long fromNowPs() {
    return device.nowPs() + device.spec().paths().hostPs();
  }

  private void maintain(int plane) {
    try {
      layers[plane].maintain();
    } catch (NoSpareBlockException e) {
      unplaced++;
    }
    issue(plane);
  }

  @Override
  public void write(long page, int bytes, int access) {
    int plane = placement.plane(page);
    writingAccess = access;
    writesPart = bytes < geometry.pageBytes();
    try {
      layers[plane].write(placement.row(page));
    } catch (NoSpareBlockException e) {
      unplaced++;
      outcome.over(access, true, fromNowPs(), FlashStatus.RETIRED);
    }
    issue(plane);
  }

  @Override
  public void trim(long page) {
    layers[placement.plane(page)].trim(placement.row(page));
  }

  /** Has the jobs of a plane done as far as nothing has to be waited for. */
  private void issue(int plane) {
    int job = jobs.first(plane);
    while (job != Jobs.NONE && jobs.stage[job] == Jobs.QUEUED) {
      if (jobs.from[job] != Jobs.NONE && !kept.contains(key(plane, jobs.from[job]))) {
        jobs.stage[job] = Jobs.READING;
        int from = jobs.from[job];
        if (pending.containsKey(key(plane, from))) {
          // The controller has its data, whatever the read says.
          jobs.from[job] = Jobs.NONE;
        }
        device.read(plane, from, geometry.pageBytes(), false, ~job);
        return;
      }
      program(plane, job);
      job = jobs.first(plane);
    }
  }

  private void program(int plane, int job) {
    jobs.leave(plane);
    jobs.stage[job] = Jobs.PROGRAMMING;
    device.program(plane, jobs.to[job], ~job);
  }

  @Override
  public boolean ended(int job, long donePs, FlashStatus status) {
    int plane = jobs.plane[job];
    if (jobs.stage[job] == Jobs.READING) {
      boolean isThere =
          status.isGood()
              || status == FlashStatus.EXPIRED
              || status == FlashStatus.SHUT_DOWN
              || jobs.from[job] == Jobs.NONE;
      lost += isThere ? 0 : 1;
      return true;
    }
    pending.remove(key(plane, jobs.to[job]), job);
    boolean fails = !status.isGood() && status != FlashStatus.SHUT_DOWN;
    if (jobs.access[job] != Jobs.NONE) {
      outcome.over(jobs.access[job], true, donePs, fails ? FlashStatus.DONE : status);
    }
    if (!fails) {
      jobs.remove(job);
      return false;
    }
    int page = jobs.to[job];
    jobs.provide(plane, page);
    PageFtl layer = layers[plane];
    if (layer.eraseCount(page / geometry.pagesPerBlock()) == jobs.erases[job]) {
      kept.add(key(plane, page));
      layer.programFailed(page, jobs.erases[job]);
    }
    jobs.stage[job] = Jobs.FAILED;
    return true;
  }

  @Override
  public void resume(int job) {
    int plane = jobs.plane[job];
    if (jobs.stage[job] == Jobs.FAILED) {
      jobs.remove(job);
      maintain(plane);
      return;
    }
    program(plane, job);
    issue(plane);
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
    for (PageFtl layer : layers) {
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
