package memwall.memory.flash.replay;

import memwall.memory.flash.device.FlashGeometry;

/** Where a page of the address space lies: pages go over channels, then dies, planes, rows. */
final class Placement {
  private final FlashGeometry geometry;

  Placement(FlashGeometry geometry) {
    this.geometry = geometry;
  }

  /** Number of the plane in the device. */
  int plane(long page) {
    int channel = (int) (page % geometry.channels());
    long rest = page / geometry.channels();
    int die = (int) (rest % geometry.diesPerChannel());
    int plane = (int) (rest / geometry.diesPerChannel() % geometry.planesPerDie());
    return geometry.plane(channel, die, plane);
  }

  /** Number of the page among those of its plane. */
  int row(long page) {
    return (int) (page / geometry.planes());
  }
}
