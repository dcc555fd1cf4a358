package memwall.memory.hbf;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.flash.FlashBlocks;
import memwall.memory.flash.FlashWear;

/**
 * One stack of High-Bandwidth Flash: dies with planes that each sense a page at a time, a staging
 * buffer on the logic die, a link to the chip, and optionally scratch SRAM for activations.
 *
 * <p>Two bandwidths: the array gives {@code pages sensed at once x page / read time}, the link what
 * its lanes carry; the smaller binds. A sensed page waits in the staging buffer until the link has
 * taken it; with double buffering half of the buffer fills while the other half drains, so at most
 * {@code staging / 2 / page} pages are sensed at once (facts: OCP HBF 0.7; Son et al., IEEE CAL
 * 2026).
 *
 * @param capacityBytes flash capacity
 * @param dies dies in the stack
 * @param planesPerDie planes per die, each with a page register
 * @param pageBytes page size, the unit of reading and programming
 * @param readPs time to sense a page (tR)
 * @param programPs time to program a page (tPROG)
 * @param linkBytesPerSec rate of the link in each direction, after protocol overheads
 * @param stagingBytes read staging buffer, at least two pages
 * @param eccPs latency of error correction per read, added once (pipelined)
 * @param scratchBytes SRAM for activations on the logic die, reached at link rate; 0 for none
 * @param pagesPerBlock pages that are erased together, and whose reads disturb each other
 * @param wear what the blocks stand; followed in reports, never in the course of a run
 * @param readPjPerBit energy to sense a bit and bring it to the chip
 * @param writePjPerBit energy to program a bit
 */
public record HbfSpec(
    long capacityBytes,
    int dies,
    int planesPerDie,
    long pageBytes,
    long readPs,
    long programPs,
    long linkBytesPerSec,
    long stagingBytes,
    long eccPs,
    long scratchBytes,
    int pagesPerBlock,
    FlashWear wear,
    double readPjPerBit,
    double writePjPerBit)
    implements MemorySpec, FlashBlocks {

  /** Bytes moved at least per access to the scratch SRAM (OCP HBF 0.7: 64 B access unit). */
  static final long SCRATCH_ACCESS_BYTES = 64;

  /** Of blocks of 3 MiB, as the presets of kind {@code flash} assume. */
  private static final int PAGES_PER_BLOCK = 768;

  /** Checks the ranges. */
  public HbfSpec {
    if (capacityBytes < pageBytes || dies < 1 || planesPerDie < 1 || pageBytes < 1) {
      throw new IllegalArgumentException("capacity, dies, planes and page must be at least 1");
    }
    if (readPs < 1 || programPs < 1 || linkBytesPerSec < 1 || eccPs < 0 || scratchBytes < 0) {
      throw new IllegalArgumentException("times and rates must be positive");
    }
    if (bytesPerSec((long) dies * planesPerDie, pageBytes, programPs) < 1) {
      throw new IllegalArgumentException("all planes together program less than 1 byte/s");
    }
    if (!MemorySpec.isBrief(pageBytes, linkBytesPerSec)) {
      throw new IllegalArgumentException("a page would pass the link in over a day");
    }
    if (stagingBytes < 2 * pageBytes) {
      throw new IllegalArgumentException(
          "staging buffer of " + stagingBytes + " bytes holds less than two pages of " + pageBytes);
    }
    if (pagesPerBlock < 1) {
      throw new IllegalArgumentException("a block must have a page at least");
    }
    long pagesAtOnce = Math.min((long) dies * planesPerDie, stagingBytes / 2 / pageBytes);
    if (bytesPerSec(pagesAtOnce, pageBytes, readPs) < 1) {
      throw new IllegalArgumentException("all planes together read less than 1 byte/s");
    }
  }

  /**
   * One that wears by being written only.
   *
   * @param endurancePeCycles rated program/erase cycles
   */
  public HbfSpec(
      long capacityBytes,
      int dies,
      int planesPerDie,
      long pageBytes,
      long readPs,
      long programPs,
      long linkBytesPerSec,
      long stagingBytes,
      long eccPs,
      long scratchBytes,
      int endurancePeCycles,
      double readPjPerBit,
      double writePjPerBit) {
    this(
        capacityBytes,
        dies,
        planesPerDie,
        pageBytes,
        readPs,
        programPs,
        linkBytesPerSec,
        stagingBytes,
        eccPs,
        scratchBytes,
        1,
        new FlashWear(
            endurancePeCycles, Integer.MAX_VALUE, Double.POSITIVE_INFINITY, 40, 1.1, 0, 5),
        readPjPerBit,
        writePjPerBit);
  }

  /** Reads the keys of a preset; faults are recorded there. */
  public static HbfSpec read(Config config) {
    long page =
        config.quantity("page", Dimension.SIZE, "Page size, unit of reading and programming");
    if (page < 1) {
      config.fault("page", "a page of 0 B holds nothing; allowed is 1 B or more");
      page = 1;
    }
    long staging =
        config.quantity("staging", Dimension.SIZE, "Read staging buffer on the logic die");
    if (staging < 2 * page) {
      config.fault(
          "staging",
          "a staging buffer of "
              + staging
              + " B cannot double-buffer pages of "
              + page
              + " B: at least "
              + 2 * page
              + " B are needed");
      staging = 2 * page;
    }
    long capacity = config.quantity("capacity", Dimension.SIZE, "Flash capacity of one stack");
    if (capacity < page) {
      config.fault("capacity", "the capacity is smaller than one page of " + page + " B");
      capacity = page;
    }
    int dies = (int) config.integer("dies", 1, 1024, "Flash dies in the stack");
    int planesPerDie =
        (int) config.integer("planes_per_die", 1, 4096, "Planes per die, each senses a page");
    long planes = (long) dies * planesPerDie;
    long readPs =
        pageTimePs(
            config,
            "read_time",
            "Time to sense a page (tR)",
            Math.min(planes, staging / 2 / page),
            page);
    long programPs =
        pageTimePs(config, "program_time", "Time to program a page (tPROG)", planes, page);
    long linkRate =
        config.quantity("link_rate", Dimension.BYTE_RATE, "Link rate in each direction");
    if (!MemorySpec.isBrief(page, linkRate)) {
      config.fault(
          "link_rate",
          "a page of " + page + " B would pass a link of " + linkRate + " B/s in over a day");
      linkRate = page;
    }
    HbfSpec spec =
        new HbfSpec(
            capacity,
            dies,
            planesPerDie,
            page,
            readPs,
            programPs,
            linkRate,
            staging,
            config.quantity("ecc_latency", Dimension.TIME, "0 ps", "Error-correction latency"),
            config.quantity(
                "scratch", Dimension.SIZE, "0 B", "SRAM for activations on the logic die"),
            (int)
                config.integer(
                    "pages_per_block",
                    1,
                    1 << 20,
                    PAGES_PER_BLOCK,
                    "Pages that are erased together"),
            FlashWear.read(config),
            config.reportQuantity(
                "read_energy", Dimension.ENERGY_PER_BIT, "Energy to bring one bit to the chip"),
            config.reportQuantity(
                "write_energy", Dimension.ENERGY_PER_BIT, "Energy to program one bit"));
    config.finish();
    return spec;
  }

  /** Reads a time per page, such that pages at once give at least 1 byte/s. */
  private static long pageTimePs(
      Config config, String key, String sentence, long pagesAtOnce, long pageBytes) {
    long timePs = config.quantity(key, Dimension.TIME, sentence);
    if (timePs < 1) {
      config.fault(key, "0 ps would be an endless rate; allowed is 1 ps or more");
      return 1;
    }
    if (bytesPerSec(pagesAtOnce, pageBytes, timePs) < 1) {
      config.fault(
          key,
          pagesAtOnce
              + " pages of "
              + pageBytes
              + " B at once, each in "
              + timePs
              + " ps, give less than 1 B/s");
      return 1;
    }
    return timePs;
  }

  /** Rate of planes that work side by side, each on a page for this time. */
  private static long bytesPerSec(long pagesAtOnce, long pageBytes, long pagePs) {
    return (long) ((double) pagesAtOnce * pageBytes / (pagePs * 1e-12));
  }

  @Override
  public String model() {
    return "hbf";
  }

  /** Planes of the stack. */
  public int planes() {
    return Math.multiplyExact(dies, planesPerDie);
  }

  /** Pages that can be sensed at once: limited by the planes and by half the staging buffer. */
  public long pagesAtOnce() {
    return Math.min(planes(), stagingBytes / 2 / pageBytes);
  }

  @Override
  public long arrayBytesPerSec() {
    return bytesPerSec(pagesAtOnce(), pageBytes, readPs);
  }

  /** Rate at which all planes program together: planes x page / tPROG. */
  long programBytesPerSec() {
    return bytesPerSec(planes(), pageBytes, programPs);
  }

  /** What limits long reads: {@code "array"}, {@code "staging buffer"} or {@code "link"}. */
  @Override
  public String readBoundBy() {
    if (arrayBytesPerSec() >= linkBytesPerSec) {
      return "link";
    }
    return pagesAtOnce() < planes() ? "staging buffer" : "array";
  }

  @Override
  public long enduredCycles() {
    return wear.endurance();
  }

  @Override
  public long capacityBytes(Usage usage) {
    return usage == Usage.ACTIVATIONS ? scratchBytes : capacityBytes;
  }

  @Override
  public boolean sharesCapacity(Usage one, Usage other) {
    return (one == Usage.ACTIVATIONS) == (other == Usage.ACTIVATIONS);
  }

  @Override
  public long readBytesPerSec() {
    return Math.min(arrayBytesPerSec(), linkBytesPerSec);
  }

  /** Every plane can program a page: planes x page / tPROG, or the link. */
  @Override
  public long writeBytesPerSec(Usage usage) {
    if (usage == Usage.ACTIVATIONS) {
      return linkBytesPerSec;
    }
    return Math.min(programBytesPerSec(), linkBytesPerSec);
  }

  @Override
  public long readLatencyPs(Usage usage) {
    return usage == Usage.ACTIVATIONS ? 0 : readPs + eccPs;
  }

  @Override
  public boolean usesAnnouncements() {
    return true;
  }

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public boolean fullDuplex(Usage usage) {
    return true;
  }

  @Override
  public long accessBytes(Usage usage) {
    return usage == Usage.ACTIVATIONS ? SCRATCH_ACCESS_BYTES : pageBytes;
  }
}
