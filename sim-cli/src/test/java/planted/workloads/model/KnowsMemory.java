package planted.workloads.model;

import planted.memory.Device;

/** A model knows no memory. */
final class KnowsMemory {
  Object capacity(Device device) {
    return device.clean();
  }
}
