package memwall.memory;

import java.util.List;
import memwall.core.Completion;
import memwall.core.leap.Leapable;
import memwall.core.resource.Server;

/**
 * A memory of one chip: one device, or several identical ones over which every transfer is striped.
 * A transfer is submitted and its completion is called when its last byte has arrived (read) or is
 * stored for good (write). Transfers of one memory are served in order of submission.
 */
public interface Memory extends Leapable {
  /**
   * Reserves a part of the capacity.
   *
   * @param usage what it holds; each usage at most once
   * @param bytes 0 or more
   * @throws IllegalArgumentException if the capacity left for this usage does not suffice or the
   *     usage is reserved already
   */
  Region reserve(Usage usage, long bytes);

  /**
   * Says which read of stored data comes after those announced before, so that a device with long
   * access latency can begin: flash senses as many pages as its staging buffer still holds.
   * Announced reads must follow in the order of their announcements, without others of stored data
   * between them. Devices without use for it ignore it.
   *
   * @return whether the device has taken note; false if its buffer is full
   */
  boolean announce(Region region, long bytes, AccessPattern pattern);

  /**
   * Reads.
   *
   * @param region a region of this memory
   * @param bytes 0 or more; 0 completes at once
   * @param pattern how the bytes lie
   * @param done called at the arrival of the last byte
   * @param word passed to the completion
   */
  void read(Region region, long bytes, AccessPattern pattern, Completion done, long word);

  /** Writes; see {@link #read}. */
  void write(Region region, long bytes, AccessPattern pattern, Completion done, long word);

  /**
   * Puts the engines of the chip on the logic dies of this memory: while they compute they draw the
   * power that the stack states for it, and the heat of the stack sets their clock. Ignored by
   * memories without engines ({@link MemorySpec#carriesEngines}).
   *
   * @param engines of the chip, idle so far; the only ones who set its speed are its memories
   */
  default void warmedBy(Server engines) {}

  /** What this memory is made of. */
  MemorySpec spec();

  /** How many devices (stacks, modules) it has. */
  int devices();

  /** Operations submitted and not yet complete. */
  int outstanding();

  /**
   * Checks the conservation laws: bytes asked for by the regions' users equal bytes moved by the
   * channels less the padding to whole access units.
   *
   * @return one sentence per broken law; empty if all hold
   */
  List<String> brokenLaws();
}
