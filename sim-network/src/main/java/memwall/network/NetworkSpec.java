package memwall.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

/**
 * A network as data. Links are full duplex; a path from rank to rank is link, switch, link.
 *
 * @param topology how ranks are connected
 * @param ports most ranks that can be attached, at least 1
 * @param linkBytesPerSec rate of a rank's link in each direction, at least 1
 * @param linkLatencyPs from a rank to the switch or back, for the first bit
 * @param switchLatencyPs through the switch
 * @param linkPjPerBit energy of one bit over one link
 * @param message software of point-to-point messages and of collectives other than all-reduce
 * @param allReduces the implementations of all-reduce, at least one
 * @param allReduce name of the one that is used, or of the library that chooses, or {@link #AUTO}
 *     for the one whose closed form is least at the size in question
 * @param libraries libraries that choose among the implementations; may be empty
 * @param reduction the switch's adder; needed if an implementation reduces in the network
 */
public record NetworkSpec(
    Topology topology,
    int ports,
    long linkBytesPerSec,
    long linkLatencyPs,
    long switchLatencyPs,
    double linkPjPerBit,
    Overheads message,
    List<AllReduceSpec> allReduces,
    String allReduce,
    List<LibrarySpec> libraries,
    @Nullable ReductionSpec reduction)
    implements InterconnectSpec {
  /** Value of {@code all_reduce} that lets the size decide. */
  public static final String AUTO = "auto";

  /** How ranks are connected. */
  public enum Topology {
    /** Each rank has one link to one non-blocking switch. */
    STAR
  }

  /** Checks the ranges given above and that the parts fit together. */
  public NetworkSpec {
    allReduces = List.copyOf(allReduces);
    libraries = List.copyOf(libraries);
    if (ports < 1 || linkBytesPerSec < 1 || linkLatencyPs < 0 || switchLatencyPs < 0) {
      throw new IllegalArgumentException(
          "network of "
              + ports
              + " ports at "
              + linkBytesPerSec
              + " B/s, link latency "
              + linkLatencyPs
              + " ps, switch latency "
              + switchLatencyPs
              + " ps: needs ports and rate >= 1, latencies >= 0");
    }
    if (!(linkPjPerBit >= 0 && linkPjPerBit < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("link energy " + linkPjPerBit + " pJ/bit is not >= 0");
    }
    String contradiction = contradiction(allReduces, allReduce, libraries, reduction);
    if (contradiction != null) {
      throw new IllegalArgumentException(contradiction);
    }
  }

  /** A copy with another number of ports. */
  public NetworkSpec withPorts(int newPorts) {
    return new NetworkSpec(
        topology,
        newPorts,
        linkBytesPerSec,
        linkLatencyPs,
        switchLatencyPs,
        linkPjPerBit,
        message,
        allReduces,
        allReduce,
        libraries,
        reduction);
  }

  /** A copy that uses another implementation of all-reduce, a library, or {@link #AUTO}. */
  public NetworkSpec withAllReduce(String name) {
    return new NetworkSpec(
        topology,
        ports,
        linkBytesPerSec,
        linkLatencyPs,
        switchLatencyPs,
        linkPjPerBit,
        message,
        allReduces,
        name,
        libraries,
        reduction);
  }

  /** A copy with other libraries. */
  public NetworkSpec withLibraries(List<LibrarySpec> others) {
    return new NetworkSpec(
        topology,
        ports,
        linkBytesPerSec,
        linkLatencyPs,
        switchLatencyPs,
        linkPjPerBit,
        message,
        allReduces,
        allReduce,
        others,
        reduction);
  }

  @Override
  public CollectiveTime allReduceTime(int ranks) {
    return new AllReduceFormula(this, ranks);
  }

  @Override
  public CollectiveTime allToAllTime(int ranks) {
    if (ranks < 1 || ranks > ports) {
      throw new IllegalArgumentException(
          ranks + " ranks do not fit a network of " + ports + " ports");
    }
    long rate = message.bytesPerSec(linkBytesPerSec);
    return bytes -> {
      if (ranks == 1) {
        return 0;
      }
      if (bytes == 0) {
        return message.launchPs();
      }
      long piece = bytes / ranks + (bytes % ranks == 0 ? 0 : 1);
      return message.launchPs()
          + (ranks - 1L) * (message.messagePs() + Units.transferPs(piece, rate))
          + pathLatencyPs()
          + message.syncPs();
    };
  }

  @Override
  public CollectiveTime messageTime() {
    long rate = message.bytesPerSec(linkBytesPerSec);
    return bytes ->
        message.messagePs() + Units.transferPs(bytes, rate) + pathLatencyPs() + message.syncPs();
  }

  /** Latency of the first bit from rank to rank: link, switch, link. */
  public long pathLatencyPs() {
    return 2 * linkLatencyPs + switchLatencyPs;
  }

  /**
   * Reads a preset of kind {@code network}. Faults are recorded in the configuration; the result is
   * only meaningful if there are none.
   */
  public static NetworkSpec read(Config config) {
    Topology topology = config.choice("topology", Topology.class, "How ranks are connected");
    int ports = (int) config.integer("ports", 1, 1 << 20, "Most ranks that can be attached");
    long rate = config.quantity("link_rate", Dimension.BYTE_RATE, "Link rate per direction");
    if (rate < 1) {
      config.fault("link_rate", "must be at least 1 B/s");
      rate = 1;
    }
    long linkLatencyPs =
        config.quantity("link_latency", Dimension.TIME, "Rank to switch or back, first bit");
    long switchLatencyPs =
        config.quantity("switch_latency", Dimension.TIME, "Through the switch, first bit");
    double linkPjPerBit =
        config.reportQuantity("link_energy", Dimension.ENERGY_PER_BIT, "One bit over one link");
    Config messageConfig = config.section("message", "Software of point-to-point messages");
    Overheads message = Overheads.read(messageConfig);
    messageConfig.finish();
    ReductionSpec reduction =
        config
            .optionalSection("reduction", "The switch's adder")
            .map(ReductionSpec::read)
            .orElse(null);
    Config implementations = config.section("all_reduces", "Implementations of all-reduce by name");
    List<AllReduceSpec> allReduces = new ArrayList<>();
    for (String name : implementations.keys()) {
      allReduces.add(AllReduceSpec.read(name, implementations.section(name, "An implementation")));
    }
    implementations.finish();
    List<LibrarySpec> libraries =
        config
            .optionalSection("libraries", "Libraries that choose among them, by name")
            .map(LibrarySpec::read)
            .orElse(List.of());
    String allReduce = config.text("all_reduce", "The implementation or library used, or 'auto'");
    config.finish();
    String contradiction = contradiction(allReduces, allReduce, libraries, reduction);
    if (contradiction != null) {
      config.fault(
          allReduces.isEmpty()
              ? "all_reduces"
              : contradiction.startsWith("library") ? "libraries" : "all_reduce",
          contradiction);
      allReduces = List.of(PLACEHOLDER);
      allReduce = AUTO;
      libraries = List.of();
    }
    return new NetworkSpec(
        topology,
        ports,
        rate,
        linkLatencyPs,
        switchLatencyPs,
        linkPjPerBit,
        message,
        allReduces,
        allReduce,
        libraries,
        reduction);
  }

  /** Stands in where the configuration has faults, so that reading can go on. */
  private static final AllReduceSpec PLACEHOLDER =
      new AllReduceSpec(
          "placeholder", AllReduceKind.RING, new Overheads(1, 0, 0, 0), 2, Long.MAX_VALUE);

  private static @Nullable String contradiction(
      List<AllReduceSpec> allReduces,
      String allReduce,
      List<LibrarySpec> libraries,
      @Nullable ReductionSpec reduction) {
    if (allReduces.isEmpty()) {
      return "no implementation of all-reduce is given, at least one is needed";
    }
    Set<String> names = new HashSet<>();
    boolean unlimited = false;
    for (AllReduceSpec one : allReduces) {
      if (one.name().equals(AUTO) || !names.add(one.name())) {
        return "all-reduce '" + one.name() + "': names must differ from each other and from 'auto'";
      }
      if (one.kind() == AllReduceKind.IN_NETWORK && reduction == null) {
        return "all-reduce '" + one.name() + "' is in-network, but there is no 'reduction' section";
      }
      unlimited |= one.minRanks() == 2 && one.maxBytes() == Long.MAX_VALUE;
    }
    if (allReduce.equals(AUTO) && !unlimited) {
      return "'auto' needs one implementation without min_ranks and max_size";
    }
    String wrong = LibrarySpec.contradiction(libraries, allReduces);
    if (wrong != null) {
      return wrong;
    }
    libraries.forEach(library -> names.add(library.name()));
    if (!allReduce.equals(AUTO) && !names.contains(allReduce)) {
      return "all-reduce '"
          + allReduce
          + "' is not one of "
          + Stream.concat(
                  allReduces.stream().map(AllReduceSpec::name),
                  libraries.stream().map(LibrarySpec::name))
              .toList()
          + " or 'auto'";
    }
    return null;
  }
}
