/** Replays raw flash traces on a device, page by page. */
@NullMarked
package memwall.memory.flash.replay;

import org.jspecify.annotations.NullMarked;
