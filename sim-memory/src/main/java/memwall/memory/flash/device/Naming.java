package memwall.memory.flash.device;

/**
 * How a description names what is in a device: planes, and with them their buffers, counted from
 * one of them on, pages as somebody says, words relative to one.
 */
final class Naming {
  private final int planes;
  private final int perPlane;
  private final int turn;
  private final PageNames pages;
  private final long baseWord;

  /**
   * A way to name.
   *
   * @param perPlane buffers of a plane
   * @param turn the plane that is called 0
   */
  Naming(int planes, int perPlane, int turn, PageNames pages, long baseWord) {
    this.planes = planes;
    this.perPlane = perPlane;
    this.turn = turn;
    this.pages = pages;
    this.baseWord = baseWord;
  }

  /** The plane that is called 0. */
  int turn() {
    return turn;
  }

  int plane(int plane) {
    int its = plane - turn;
    return its < 0 ? its + planes : its;
  }

  /** Of a buffer that is named by its plane and its age. */
  int buffer(int name) {
    if (name == Requests.NONE) {
      return name;
    }
    int its = name - turn * perPlane;
    return its < 0 ? its + planes * perPlane : its;
  }

  int page(int plane, int page) {
    return page == Requests.NONE ? Integer.MIN_VALUE : pages.name(plane, page);
  }

  long word(long word) {
    return word - baseWord;
  }
}
