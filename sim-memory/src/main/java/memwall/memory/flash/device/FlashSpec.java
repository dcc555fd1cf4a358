package memwall.memory.flash.device;

/**
 * All that a flash device is: how it is built, how long it takes, how bytes travel, its rules, and
 * which of its planes work together only.
 */
public record FlashSpec(
    FlashGeometry geometry,
    FlashTimings timings,
    FlashPaths paths,
    FlashRules rules,
    MultiPlane multiPlane) {

  /**
   * Checks that groups of planes do not cross dies.
   *
   * @throws IllegalArgumentException if the planes of a die do not divide into groups
   */
  public FlashSpec {
    if (geometry.planesPerDie() % multiPlane.planesPerGroup() != 0) {
      throw new IllegalArgumentException(
          geometry.planesPerDie()
              + " planes of a die do not divide into groups of "
              + multiPlane.planesPerGroup());
    }
  }

  /** One whose planes are independent. */
  public FlashSpec(
      FlashGeometry geometry, FlashTimings timings, FlashPaths paths, FlashRules rules) {
    this(geometry, timings, paths, rules, MultiPlane.INDEPENDENT);
  }

  /** Whether planes work in groups. */
  public boolean hasGroups() {
    return multiPlane.planesPerGroup() > 1;
  }
}
