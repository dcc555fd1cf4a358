package memwall.memory;

import memwall.core.stat.Counter;
import memwall.core.stat.Stats;

/** A part of a memory, reserved for one usage. Created by {@link Memory#reserve}. */
public final class Region {
  private final Usage usage;
  private final long bytes;
  private final Counter readBytes;
  private final Counter writtenBytes;

  /** For devices: a region whose traffic is counted under the usage's name. */
  public Region(Usage usage, long bytes, Stats stats) {
    this.usage = usage;
    this.bytes = bytes;
    Stats own = stats.child(usage.label());
    this.readBytes =
        own.counter("read_bytes", "bytes", "Bytes read by their user, without padding");
    this.writtenBytes =
        own.counter("written_bytes", "bytes", "Bytes written by their user, without padding");
    own.exact(
        "reserved_bytes", "bytes", "Bytes reserved in this memory for this usage", () -> bytes);
  }

  /** What the region holds. */
  public Usage usage() {
    return usage;
  }

  /** Bytes reserved. */
  public long bytes() {
    return bytes;
  }

  /** Bytes read so far, as asked for by their users. */
  public long readBytes() {
    return readBytes.value();
  }

  /** Bytes written so far, as asked for by their users. */
  public long writtenBytes() {
    return writtenBytes.value();
  }

  /** For devices: counts a read. */
  public void countRead(long amountBytes) {
    check(amountBytes);
    readBytes.add(amountBytes);
  }

  /** For devices: counts a write. */
  public void countWrite(long amountBytes) {
    check(amountBytes);
    writtenBytes.add(amountBytes);
  }

  private void check(long amountBytes) {
    if (amountBytes < 0) {
      throw new IllegalArgumentException(
          usage.label() + ": transfer of " + amountBytes + " bytes, must be 0 or more");
    }
  }
}
