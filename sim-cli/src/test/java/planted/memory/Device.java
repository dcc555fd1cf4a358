package planted.memory;

import planted.core.Clean;

/** As it should be: memory knows the kernel. */
public final class Device {
  private final Clean clean;

  public Device(Clean clean) {
    this.clean = clean;
  }

  public Clean clean() {
    return clean;
  }
}
