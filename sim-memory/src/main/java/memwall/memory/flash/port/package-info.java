/** Transfers of many pages over one channel of a flash device, page by page and repetition-wise. */
@NullMarked
package memwall.memory.flash.port;

import org.jspecify.annotations.NullMarked;
