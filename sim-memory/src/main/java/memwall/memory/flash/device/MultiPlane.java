package memwall.memory.flash.device;

/**
 * Planes of a die that share the circuits which sense, program and erase. A group of them does one
 * array command at a time, on one page of each plane that takes part (multi-plane operation).
 *
 * @param planesPerGroup planes that follow each other in a die, 1 or more; 1: each plane senses,
 *     programs and erases on its own
 * @param windowPs how long others may join after the first command of an array command has reached
 *     the die, 0 or more; 0: at the same instant
 * @param samePage whether only pages of the same number in their blocks go together, as in the
 *     addressing of ONFI and in MQSim
 */
public record MultiPlane(int planesPerGroup, long windowPs, boolean samePage) {
  /** Every plane on its own, as the banks of OCP HBF 0.7. */
  public static final MultiPlane INDEPENDENT = new MultiPlane(1, 0, false);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there are no planes, or the time is negative or above
   *     {@link FlashTimings#MOST_PS}
   */
  public MultiPlane {
    if (planesPerGroup < 1) {
      throw new IllegalArgumentException("a group of " + planesPerGroup + " planes");
    }
    if (windowPs < 0 || windowPs > FlashTimings.MOST_PS) {
      throw new IllegalArgumentException(
          "a window of " + windowPs + " ps; must be from 0 to " + FlashTimings.MOST_PS);
    }
  }
}
