package planted.network;

import planted.memory.Device;

/** Memory and network do not know each other. */
abstract class KnowsMemory {
  abstract Device device();
}
