package memwall.memory.replay;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.Level;
import org.jspecify.annotations.Nullable;

/**
 * Says which transactions an access becomes. An access of some bytes becomes all transactions that
 * it touches, whole; one without a length the transaction that its address lies in.
 *
 * <p>Channels take turns along the addresses: unit number u of {@code interleaveBytes} lies in
 * channel u mod channels. A vector names its channel; inside the channel the address mapping makes
 * an address of it.
 */
final class AccessLocator {
  private final DramStandard standard;
  private final AddressMapping mapping;
  private final long burstBytes;
  private final long capacityBytes;
  private final long interleaveBytes;
  private final long channels;

  /** Names and counts of a vector's indexes. */
  private final ImmutableList<Level> vector;

  AccessLocator(ReplaySpec spec) {
    standard = spec.device().standard();
    mapping =
        AddressMapping.of(standard, spec.controller().mapping(), spec.controller().bankHash());
    burstBytes = standard.burstBytes();
    capacityBytes = spec.capacityBytes();
    interleaveBytes = spec.interleaveBytes();
    channels = spec.channels();
    List<Level> levels = new ArrayList<>();
    levels.add(new Level("channel", spec.channels()));
    for (Level level : standard.levels()) {
      if (!level.name().equals("channel")) {
        levels.add(level);
      }
    }
    levels.add(new Level("row", standard.rows()));
    levels.add(new Level("column", standard.bursts()));
    vector = ImmutableList.copyOf(levels);
  }

  /** What is wrong with an access, or null. */
  @Nullable String fault(MemoryAccess access) {
    if (access.levels() > 0) {
      return vectorFault(access);
    }
    long bytes = Math.max(1, access.bytes());
    // Written so that nothing overflows.
    if (access.address() >= capacityBytes || bytes > capacityBytes - access.address()) {
      return access.bytes() == MemoryAccess.ONE_TRANSACTION
          ? "address "
              + access.address()
              + " given, expected one below the capacity of "
              + capacityBytes
              + " B"
          : access.bytes()
              + " B at address "
              + access.address()
              + " given, expected an end at or below the capacity of "
              + capacityBytes
              + " B";
    }
    return null;
  }

  private @Nullable String vectorFault(MemoryAccess access) {
    if (access.levels() != vector.size()) {
      List<String> names = vector.stream().map(Level::name).toList();
      return "found "
          + access.levels()
          + " indexes, expected "
          + vector.size()
          + " for "
          + standard.name()
          + ": "
          + String.join(",", names);
    }
    for (int i = 0; i < vector.size(); i++) {
      Level level = vector.get(i);
      if (access.index(i) >= level.count()) {
        return "'"
            + level.name()
            + "': "
            + access.index(i)
            + " given, expected a whole number from 0 to "
            + (level.count() - 1);
      }
    }
    return null;
  }

  /** How many transactions an access without fault becomes. */
  long transactions(MemoryAccess access) {
    if (access.bytes() == MemoryAccess.ONE_TRANSACTION) {
      return 1;
    }
    long last = access.address() + access.bytes() - 1;
    return last / burstBytes - access.address() / burstBytes + 1;
  }

  /** Channel of the n-th transaction of an access. */
  int channel(MemoryAccess access, long n) {
    if (access.levels() > 0) {
      return (int) access.index(0);
    }
    return (int) (address(access, n) / interleaveBytes % channels);
  }

  /** Address inside the channel of the n-th transaction of an access. */
  long inChannel(MemoryAccess access, long n) {
    if (access.levels() > 0) {
      return ofVector(access);
    }
    long address = address(access, n);
    long unit = address / interleaveBytes;
    return unit / channels * interleaveBytes + address % interleaveBytes;
  }

  private long address(MemoryAccess access, long n) {
    return (access.address() / burstBytes + n) * burstBytes;
  }

  private long ofVector(MemoryAccess access) {
    int levels = vector.size() - 2;
    long bank = 0;
    for (int i = 1; i < levels; i++) {
      bank = bank * vector.get(i).count() + access.index(i);
    }
    return mapping.encode(
        AddressMapping.location(
            (int) bank, (int) access.index(levels), (int) access.index(levels + 1)));
  }
}
