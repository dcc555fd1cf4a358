package planted.core;

import planted.memory.Device;

/** The kernel must not know memory; with memory's use of the kernel this is a cycle, too. */
final class KnowsMemory {
  final Device device = new Device(new Clean());
}
