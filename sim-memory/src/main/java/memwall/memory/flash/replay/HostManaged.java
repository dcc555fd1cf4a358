package memwall.memory.flash.replay;

import memwall.memory.flash.FlashPart;
import memwall.memory.flash.device.BlockStore;
import memwall.memory.flash.device.FlashDevice;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.FlashStatus;
import memwall.memory.flash.trace.FlashAccess;
import org.jspecify.annotations.Nullable;

/**
 * The host places pages itself (High-Bandwidth Flash): an address means a page, and it has to write
 * the pages of a block in order, from the first one on, which erases the block. The device refuses
 * what comes in another order.
 */
final class HostManaged implements Management {
  private final FlashGeometry geometry;
  private final BlockStore blocks;
  private final Placement placement;
  private final FlashDevice device;
  private long hostPages;
  private long trimmed;

  /**
   * @param blocks those of the device
   */
  HostManaged(FlashPart part, BlockStore blocks, FlashDevice device) {
    geometry = part.device().geometry();
    this.blocks = blocks;
    placement = new Placement(geometry);
    this.device = device;
  }

  /**
   * Puts data into the first share of the addresses, whole rows of planes.
   *
   * @param countsErases whether that has erased their blocks once
   */
  void fill(double share, boolean countsErases) {
    long rows = Math.round(share * geometry.pagesPerPlane());
    int perBlock = geometry.pagesPerBlock();
    for (int plane = 0; plane < geometry.planes(); plane++) {
      for (long row = 0; row < rows; row += perBlock) {
        int block = blocks.block(plane, (int) row);
        blocks.restore(block, (int) Math.min(perBlock, rows - row), countsErases ? 1 : 0);
      }
    }
  }

  /** What of an access cannot be done and what is allowed; null if nothing. */
  static @Nullable String fault(FlashAccess access, FlashPart part) {
    int page = part.device().geometry().pageBytes();
    if (access.kind() != FlashAccess.Kind.WRITE
        || (access.address() % page == 0 && access.bytes() % page == 0)) {
      return null;
    }
    return "a write of "
        + access.bytes()
        + " bytes to address "
        + access.address()
        + ", expected whole pages of "
        + page
        + " bytes: the host of this device writes no less";
  }

  @Override
  public void read(long page, int bytes, int access) {
    device.read(placement.plane(page), placement.row(page), bytes, false, access);
  }

  @Override
  public void write(long page, int bytes, int access) {
    hostPages++;
    device.program(placement.plane(page), placement.row(page), access);
  }

  @Override
  public void trim(long page) {
    trimmed++;
  }

  @Override
  public boolean ended(int job, long donePs, FlashStatus status) {
    throw new IllegalStateException("job " + job + " of a device that does only what it is told");
  }

  @Override
  public void resume(int job) {
    throw new IllegalStateException("job " + job + " of a device that does only what it is told");
  }

  @Override
  public int waiting() {
    return 0;
  }

  @Override
  public ManagementCounts counts() {
    long sum = 0;
    int most = 0;
    int count = geometry.planes() * geometry.blocksPerPlane();
    for (int block = 0; block < count; block++) {
      int erases = blocks.erases(block);
      sum += erases;
      most = Math.max(most, erases);
    }
    return new ManagementCounts(
        hostPages - device.counters().refusals(),
        device.counters().programs(),
        0,
        0,
        0,
        trimmed,
        0,
        0,
        0,
        (double) sum / count,
        most,
        blocks.retired());
  }
}
