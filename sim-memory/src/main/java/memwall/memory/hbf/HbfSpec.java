package memwall.memory.hbf;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;

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
 * @param endurancePeCycles rated program/erase cycles
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
    long endurancePeCycles,
    double readPjPerBit,
    double writePjPerBit)
    implements MemorySpec {

  /** Bytes moved at least per access to the scratch SRAM (OCP HBF 0.7: 64 B access unit). */
  static final long SCRATCH_ACCESS_BYTES = 64;

  /** Checks the ranges. */
  public HbfSpec {
    if (capacityBytes < pageBytes || dies < 1 || planesPerDie < 1 || pageBytes < 1) {
      throw new IllegalArgumentException("capacity, dies, planes and page must be at least 1");
    }
    if (readPs < 1 || programPs < 1 || linkBytesPerSec < 1 || eccPs < 0 || scratchBytes < 0) {
      throw new IllegalArgumentException("times and rates must be positive");
    }
    if (stagingBytes < 2 * pageBytes) {
      throw new IllegalArgumentException(
          "staging buffer of " + stagingBytes + " bytes holds less than two pages of " + pageBytes);
    }
    if (endurancePeCycles < 1) {
      throw new IllegalArgumentException("endurance must be at least 1 cycle");
    }
  }

  /** Reads the keys of a preset; faults are recorded there. */
  public static HbfSpec read(Config config) {
    long page =
        config.quantity("page", Dimension.SIZE, "Page size, unit of reading and programming");
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
    HbfSpec spec =
        new HbfSpec(
            capacity,
            (int) config.integer("dies", 1, 1024, "Flash dies in the stack"),
            (int) config.integer("planes_per_die", 1, 4096, "Planes per die, each senses a page"),
            page,
            Math.max(1, config.quantity("read_time", Dimension.TIME, "Time to sense a page (tR)")),
            Math.max(
                1,
                config.quantity("program_time", Dimension.TIME, "Time to program a page (tPROG)")),
            config.quantity("link_rate", Dimension.BYTE_RATE, "Link rate in each direction"),
            staging,
            config.quantity("ecc_latency", Dimension.TIME, "0 ps", "Error-correction latency"),
            config.quantity(
                "scratch", Dimension.SIZE, "0 B", "SRAM for activations on the logic die"),
            config.integer("endurance", 1, 1_000_000_000, "Rated program/erase cycles"),
            config.reportQuantity(
                "read_energy", Dimension.ENERGY_PER_BIT, "Energy to bring one bit to the chip"),
            config.reportQuantity(
                "write_energy", Dimension.ENERGY_PER_BIT, "Energy to program one bit"));
    config.finish();
    return spec;
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
    return (long) ((double) pagesAtOnce() * pageBytes / (readPs * 1e-12));
  }

  /** What limits long reads: {@code "array"}, {@code "staging"} or {@code "link"}. */
  public String readBoundBy() {
    if (arrayBytesPerSec() >= linkBytesPerSec) {
      return "link";
    }
    return pagesAtOnce() < planes() ? "staging" : "array";
  }

  @Override
  public long capacityBytes(Usage usage) {
    return usage == Usage.ACTIVATIONS ? scratchBytes : capacityBytes;
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
    long array = (long) ((double) planes() * pageBytes / (programPs * 1e-12));
    return Math.min(array, linkBytesPerSec);
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
