/**
 * A page-mapped flash translation layer, as of PCIe and UFS devices: where each logical page lies,
 * which blocks are cleaned, worn evenly, refreshed and retired. It has no clock: it says what is to
 * be read, programmed, copied and erased, and whoever listens gives it time.
 *
 * <p>Start at {@link memwall.memory.flash.ftl.PageFtl}.
 */
@NullMarked
package memwall.memory.flash.ftl;

import org.jspecify.annotations.NullMarked;
