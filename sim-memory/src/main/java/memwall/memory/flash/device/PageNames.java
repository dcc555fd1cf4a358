package memwall.memory.flash.device;

/** Gives pages other names than their numbers, or numbers for their names. */
@FunctionalInterface
public interface PageNames {
  /**
   * The other name of a page of a plane.
   *
   * @param page its number, or its name
   */
  int name(int plane, int page);
}
