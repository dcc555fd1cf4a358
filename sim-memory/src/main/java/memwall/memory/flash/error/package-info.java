/** What goes wrong in the array of a flash device: read retries, lost pages, failed programs. */
@NullMarked
package memwall.memory.flash.error;

import org.jspecify.annotations.NullMarked;
