package memwall.memory.flash;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Units;
import memwall.memory.MemorySpec;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashEnergy;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashPaths;
import memwall.memory.flash.device.FlashRules;
import memwall.memory.flash.device.FlashSpec;
import memwall.memory.flash.device.FlashTimings;
import memwall.memory.flash.device.MultiPlane;
import memwall.memory.flash.device.ReadPriority;
import memwall.memory.flash.error.ErrorSpec;
import memwall.memory.flash.ftl.FtlSpec;
import memwall.memory.flash.heat.FlashThermal;

/** Reads a {@code flash} preset. */
final class FlashPartReader {
  private static final int MOST_OF_A_KIND = 1 << 20;
  private static final int MOST_BLOCKS = 1 << 30;
  private static final int MOST_REQUESTS = 1 << 24;
  private static final long MOST_PAGE_BYTES = 1L << 30;
  private static final int MOST_SUSPENSIONS = 1 << 20;
  private static final long CAPACITY_LIMIT_BYTES = 1_000_000_000_000_000_000L;

  private static final String NOTHING = "0 ps";

  /** Stands for a geometry that does not fit. */
  private static final FlashGeometry ANY_GEOMETRY = new FlashGeometry(1, 1, 1, 1, 1, 1);

  private final Config config;

  FlashPartReader(Config config) {
    this.config = config;
  }

  FlashPart part() {
    String name = config.text("name", "Name in reports");
    Config built = config.section("geometry", "How the device is built");
    FlashGeometry geometry = geometry(built);
    FlashTimings timings = timings(config.section("timing", "How long the array takes"));
    FlashPaths paths =
        paths(config.section("path", "The way between page buffer and host"), geometry);
    FlashRules rules =
        rules(config.section("rules", "What is allowed and who goes first"), geometry);
    MultiPlane multiPlane =
        config
            .optionalSection("multi_plane", "Planes that work together only; without it none")
            .map(section -> multiPlane(section, geometry, isKnown(built, geometry)))
            .orElse(MultiPlane.INDEPENDENT);
    FlashWear wear = wear(config.section("wear", "What the blocks stand"));
    FlashEnergy energy = energy(config.section("energy", "What it takes"), geometry.pageBytes());
    FtlSpec ftl =
        config
            .optionalSection("ftl", "How the device maps pages; without it the host does")
            .map(section -> FtlReader.read(section, geometry, wear, isKnown(built, geometry)))
            .orElse(null);
    ErrorSpec errors =
        config
            .optionalSection("errors", "What goes wrong; without it nothing")
            .map(ErrorSpec::read)
            .orElse(null);
    FlashThermal thermal =
        config
            .optionalSection("thermal", "What heat does; without it nothing")
            .map(section -> thermal(section, geometry, energy, isKnown(built, geometry)))
            .orElse(null);
    config.finish();
    return new FlashPart(
        name,
        new FlashSpec(geometry, timings, paths, rules, multiPlane),
        wear,
        energy,
        ftl,
        errors,
        thermal);
  }

  private static MultiPlane multiPlane(Config section, FlashGeometry geometry, boolean isKnown) {
    int planes =
        count(section, "planes_per_group", MOST_OF_A_KIND, "Planes of a die that share circuits");
    long window = time(section, "window", NOTHING, "How long others may join an array command");
    boolean samePage = section.bool("same_page", false, "Only pages of one number in their blocks");
    section.finish();
    if (isKnown && geometry.planesPerDie() % planes != 0) {
      section.fault(
          "planes_per_group",
          planes
              + " planes; the "
              + geometry.planesPerDie()
              + " planes of a die must divide into such groups");
      return MultiPlane.INDEPENDENT;
    }
    return new MultiPlane(isKnown ? planes : 1, window, samePage);
  }

  private static FlashThermal thermal(
      Config section, FlashGeometry geometry, FlashEnergy energy, boolean isKnown) {
    FlashThermal thermal = FlashThermal.read(section);
    if (isKnown && !section.isPlaceholder("stack")) {
      thermal.fault(energy, geometry).ifPresent(fault -> section.fault("stack", fault));
    }
    return thermal;
  }

  private static boolean isKnown(Config section, FlashGeometry geometry) {
    return !geometry.equals(ANY_GEOMETRY)
        && !section.isPlaceholder("blocks_per_plane")
        && !section.isPlaceholder("pages_per_block");
  }

  private static FlashGeometry geometry(Config section) {
    int channels = count(section, "channels", MOST_OF_A_KIND, "Independent channels to the host");
    int dies = count(section, "dies_per_channel", MOST_OF_A_KIND, "Dies behind a channel");
    int planes = count(section, "planes_per_die", MOST_OF_A_KIND, "Planes (banks) of a die");
    int blocks = count(section, "blocks_per_plane", MOST_BLOCKS, "Blocks of a plane");
    int pages = count(section, "pages_per_block", BlockStore.MOST_PAGES, "Pages of a block");
    long page = section.quantity("page", Dimension.SIZE, "Page, unit of sensing and programming");
    if (page < 1 || page > MOST_PAGE_BYTES) {
      section.fault("page", page + " B; allowed are 1 B to " + MOST_PAGE_BYTES + " B");
      page = 1;
    }
    section.finish();
    double allPlanes = (double) channels * dies * planes;
    if (allPlanes > FlashGeometry.MOST_PLANES) {
      section.fault(
          "channels",
          channels
              + " channels of "
              + dies
              + " dies of "
              + planes
              + " planes; allowed are "
              + FlashGeometry.MOST_PLANES
              + " planes in all");
      return ANY_GEOMETRY;
    }
    if (allPlanes * blocks > Integer.MAX_VALUE || (long) blocks * pages > Integer.MAX_VALUE) {
      section.fault(
          "blocks_per_plane",
          blocks
              + " blocks of "
              + pages
              + " pages in each of "
              + (long) allPlanes
              + " planes; allowed are "
              + Integer.MAX_VALUE
              + " pages in a plane and as many blocks in all");
      return ANY_GEOMETRY;
    }
    if (allPlanes * blocks * pages * page > CAPACITY_LIMIT_BYTES) {
      section.fault("page", "the device would hold more than 1000 PB, the most allowed");
      return ANY_GEOMETRY;
    }
    return new FlashGeometry(channels, dies, planes, blocks, pages, (int) page);
  }

  private static int count(Config section, String key, int most, String sentence) {
    return (int) section.integer(key, 1, most, sentence);
  }

  private static FlashTimings timings(Config section) {
    long read = atLeastOne(section, "read", "To sense a page (tR)");
    String asRead = Dimension.TIME.quantities().print(read);
    FlashTimings timings =
        new FlashTimings(
            time(section, "command", NOTHING, "Command and address on their way to the die"),
            read,
            time(section, "ready", NOTHING, "From the end of sensing until data can leave (tRR)"),
            time(section, "retry", asRead, "Each further sense of a read retry"),
            atLeastOne(section, "program", "To program a page (tPROG)"),
            time(section, "erase", NOTHING, "To erase a block (tBERS)"),
            time(section, "suspend", NOTHING, "Until a suspended program lets a read in (tSUSP)"),
            time(section, "resume", NOTHING, "What a resumption adds to what was left"));
    section.finish();
    return timings;
  }

  private static long atLeastOne(Config section, String key, String sentence) {
    return checked(section, key, section.quantity(key, Dimension.TIME, sentence), 1);
  }

  private static long time(Config section, String key, String usual, String sentence) {
    return checked(section, key, section.quantity(key, Dimension.TIME, usual, sentence), 0);
  }

  private static long checked(Config section, String key, long ps, long least) {
    if (ps < least || ps > FlashTimings.MOST_PS) {
      section.fault(key, ps + " ps; allowed are " + least + " ps to an hour");
      return 1;
    }
    return ps;
  }

  private static FlashPaths paths(Config section, FlashGeometry geometry) {
    int page = geometry.pageBytes();
    long raw =
        section.quantity(
            "link_rate", Dimension.BYTE_RATE, "Rate of a channel's link in each direction");
    double share =
        section.number(
            "link_efficiency", 1e-6, 1, 1, "Share of the link's rate that carries payload");
    long payload = Math.max(1, Math.round(raw * share));
    if (!MemorySpec.isBrief(page, payload) && !section.isPlaceholder("link_efficiency")) {
      section.fault(
          "link_rate",
          "a page of " + page + " B would pass a link of " + payload + " B/s in over a day");
      payload = Long.MAX_VALUE;
    }
    FlashPaths paths =
        new FlashPaths(
            payload,
            section.bool(
                "shared_bus",
                false,
                "Commands and data of both directions take turns on the link (ONFI)"),
            rate(
                section, "lane_rate", page, "Wires between a die and the base die; none: no limit"),
            decoderPs(section, page),
            time(section, "ecc_latency", NOTHING, "Time of a page in its decoder"),
            time(section, "host_latency", NOTHING, "Between link and host, for all bytes"),
            rate(
                section, "host_rate", page, "Beyond the links, adds latency only; none: no limit"));
    section.finish();
    return paths;
  }

  private static long rate(Config section, String key, int page, String sentence) {
    if (!section.has(key)) {
      return 0;
    }
    long rate = section.quantity(key, Dimension.BYTE_RATE, sentence);
    if (!MemorySpec.isBrief(page, rate)) {
      section.fault(key, "a page of " + page + " B would take over a day at " + rate + " B/s");
      return 0;
    }
    return rate;
  }

  private static long decoderPs(Config section, int page) {
    long rate = rate(section, "ecc_rate", page, "Decoder of a channel; without it no limit");
    if (!section.has("ecc_issue")) {
      return rate == 0 ? 0 : Units.transferPs(page, rate);
    }
    if (section.has("ecc_rate")) {
      section.fault("ecc_issue", "the decoder's rate is given too (ecc_rate); give one of both");
    }
    return time(section, "ecc_issue", NOTHING, "Least distance of pages in a channel's decoder");
  }

  private static FlashRules rules(Config section, FlashGeometry geometry) {
    int buffers =
        (int) section.integer("page_buffers", 1, 4, 1, "Pages that a plane holds for the host");
    boolean hits = section.bool("buffer_hits", false, "Reads of a page in a buffer need no sense");
    int staging = stagingPages(section, geometry);
    int active =
        section.has("active_planes")
            ? (int)
                section.integer(
                    "active_planes",
                    1,
                    MOST_OF_A_KIND,
                    "Planes of the device that may work at once; without it all")
            : 0;
    int reads = count(section, "outstanding_reads", MOST_REQUESTS, "Reads of a channel at once");
    int writes = count(section, "pending_writes", MOST_REQUESTS, "Writes of a channel at once");
    boolean posted =
        section.bool("posted_writes", false, "A write is done when its data have arrived");
    ReadPriority priority =
        section.choice("priority", ReadPriority.ARRIVAL, "Who goes first in a plane");
    section.variesBy("priority");
    boolean suspends = priority == ReadPriority.SUSPEND;
    int suspensions =
        suspends ? count(section, "suspensions", MOST_SUSPENSIONS, "Most of one program") : 0;
    long least =
        suspends
            ? time(section, "least_suspended", NOTHING, "What must be left of it for that")
            : 0;
    long gather = time(section, "gather", NOTHING, "How long a regular read waits for others");
    section.finish();
    return new FlashRules(
        buffers,
        hits,
        staging,
        active,
        reads,
        writes,
        posted,
        priority,
        suspensions,
        least,
        gather);
  }

  private static int stagingPages(Config section, FlashGeometry geometry) {
    if (!section.has("staging")) {
      return 0;
    }
    long bytes =
        section.quantity("staging", Dimension.SIZE, "Staging buffer of all channels together");
    long pages = bytes / geometry.channels() / geometry.pageBytes();
    if (pages < 1) {
      section.fault(
          "staging",
          bytes
              + " B for "
              + geometry.channels()
              + " channels; a page of "
              + geometry.pageBytes()
              + " B must fit in the share of each");
      return 0;
    }
    return (int) Math.min(pages, Integer.MAX_VALUE);
  }

  private static FlashWear wear(Config section) {
    FlashWear wear = FlashWear.read(section);
    section.finish();
    return wear;
  }

  private static FlashEnergy energy(Config section, int page) {
    FlashEnergy energy =
        new FlashEnergy(
            pagePj(section, "sense", page, "To sense"),
            pagePj(section, "program", page, "To program"),
            section.reportQuantity("erase", Dimension.ENERGY, "0 pJ", "To erase a block"),
            onTheWay(section, "lane", "From a die to the base die"),
            onTheWay(section, "ecc", "To correct errors"),
            onTheWay(section, "link", "From the base die to the host, or back"),
            section.reportQuantity("idle", Dimension.POWER, "0 W", "Whatever the device does"));
    section.finish();
    return energy;
  }

  private static double onTheWay(Config section, String key, String sentence) {
    return section.reportQuantity(key, Dimension.ENERGY_PER_BIT, "0 pJ/bit", sentence);
  }

  private static double perBit(Config section, String key, String sentence) {
    return section.reportQuantity(key, Dimension.ENERGY_PER_BIT, sentence + " a bit");
  }

  /** Energy of a page, stated for a page or for a bit. */
  private static double pagePj(Config section, String key, int page, String sentence) {
    String whole = key + "_page";
    if (!section.has(whole)) {
      return 8.0 * page * perBit(section, key, sentence);
    }
    double pj = section.reportQuantity(whole, Dimension.ENERGY, sentence + " a page");
    if (section.has(key)) {
      perBit(section, key, sentence);
      section.fault(whole, "the energy of a bit is given too (" + key + "); give one of both");
    }
    return pj;
  }
}
