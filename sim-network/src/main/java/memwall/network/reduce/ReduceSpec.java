package memwall.network.reduce;

import java.util.List;
import memwall.core.config.Config;
import memwall.network.aggregation.AggregationSpec;

/**
 * Streams of operations on a network whose switches add.
 *
 * @param network switches, hosts, links
 * @param tenants who reduces, at least one
 * @param sizeBytes sizes of vectors, one run for each
 * @param lossShare of messages and acknowledgements, on each link
 * @param faults at given times
 * @param randomFaults by chance
 * @param stragglers hosts that are late by chance
 * @param compare whether what has a deadline is also run without any, and what exchanges tokens
 *     also with plain messages
 * @param seed of all that is drawn
 */
public record ReduceSpec(
    AggregationSpec network,
    List<Tenant> tenants,
    List<Long> sizeBytes,
    double lossShare,
    List<TimedFault> faults,
    RandomFaults randomFaults,
    Stragglers stragglers,
    boolean compare,
    long seed) {
  /** Checks that there is something to do. */
  public ReduceSpec {
    tenants = List.copyOf(tenants);
    sizeBytes = List.copyOf(sizeBytes);
    faults = List.copyOf(faults);
    if (tenants.isEmpty() || sizeBytes.isEmpty()) {
      throw new IllegalArgumentException(
          tenants.size() + " groups, " + sizeBytes.size() + " sizes: needs at least 1 of each");
    }
  }

  /** Reads {@code aggregation} and {@code reduce}; faults are recorded there. */
  public static ReduceSpec read(Config config) {
    ReduceSpec spec = new ReduceReader(config).read();
    config.finishAll();
    return spec;
  }

  /** Whether a group exchanges tokens. */
  public boolean hasTokens() {
    for (Tenant tenant : tenants) {
      if (tenant.experts() != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether a group has a deadline. */
  public boolean hasDeadline() {
    for (Tenant tenant : tenants) {
      if (tenant.group().deadline().isOn()) {
        return true;
      }
    }
    return false;
  }
}
