package memwall.memory;

import java.util.Optional;
import memwall.memory.stack.SustainedBandwidth;
import memwall.memory.stack.SustainedClock;

/** What one memory device (a stack, a module) is made of. */
public interface MemorySpec {
  /** Name of the model that simulates it, as in {@code model:}. */
  String model();

  /** Capacity for a usage, in bytes per device; 0 if the device cannot hold it. */
  long capacityBytes(Usage usage);

  /**
   * Whether two usages take from the same capacity; not so if they lie in different parts of a
   * device, such as flash and its scratch SRAM.
   */
  boolean sharesCapacity(Usage one, Usage other);

  /** Parts of the capacity with speeds of their own; empty where all of it is alike. */
  default Optional<MemoryTiers> tiers() {
    return Optional.empty();
  }

  /** Sustained read rate of one device, bytes per second, all effects of the device included. */
  long readBytesPerSec();

  /** Sustained write rate of one device for a usage, bytes per second. */
  long writeBytesPerSec(Usage usage);

  /** Time from submission to the first byte of an idle device, picoseconds. */
  long readLatencyPs(Usage usage);

  /** Rate at which the storage array of one device delivers, bytes per second. */
  long arrayBytesPerSec();

  /** Rate of one device's link to the chip, bytes per second. */
  long linkBytesPerSec();

  /** What limits long reads, as reports write it before "bandwidth". */
  default String readBoundBy() {
    return "channel";
  }

  /** How often what is written can be erased (P/E cycles); 0 where writing wears nothing. */
  default long enduredCycles() {
    return 0;
  }

  /** Bytes that one device can read ahead of time when reads are announced; 0 if it does not. */
  long stagingBytes();

  /** Whether an announced read hides its latency; see {@link Memory#announce}. */
  boolean usesAnnouncements();

  /** Lanes of one device over which a transfer is striped access unit by access unit. */
  int lanes();

  /** Whether reads and writes of a usage pass separate directions of a full-duplex link. */
  boolean fullDuplex(Usage usage);

  /** Bytes moved at least per access. */
  long accessBytes(Usage usage);

  /** Energy to read one bit and bring it to the chip, picojoules. */
  double readPjPerBit();

  /** Energy to store one bit, picojoules. */
  double writePjPerBit();

  /**
   * What heat allows one device to move for ever, as a closed form; empty if its heat is not
   * modelled. Where it is less than {@link #readBytesPerSec}, long runs are throttled.
   */
  default Optional<SustainedBandwidth> heatLimit() {
    return Optional.empty();
  }

  /** Whether engines of the chip sit on the logic dies of this memory and share its heat. */
  default boolean carriesEngines() {
    return false;
  }

  /**
   * The clock at which heat allows engines on the logic dies to compute for ever; empty if there
   * are none.
   *
   * @param bytesPerSec what each device moves meanwhile
   */
  default Optional<SustainedClock> clockLimit(double bytesPerSec) {
    return Optional.empty();
  }

  /**
   * Whether one access unit passes in a day at most; devices slower than that would leave the
   * simulated clock of 106 days behind.
   */
  static boolean isBrief(long unitBytes, long bytesPerSec) {
    return unitBytes / 86_400 <= bytesPerSec;
  }
}
