package planted.memory;

import planted.network.Link;

/** Memory and network do not know each other. */
final class KnowsNetwork {
  long send(Link link) {
    return link.bytesPerSec();
  }
}
