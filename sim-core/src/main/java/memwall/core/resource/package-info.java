/** Things that take time or room: servers with a queue and bounded slots. */
@NullMarked
package memwall.core.resource;

import org.jspecify.annotations.NullMarked;
