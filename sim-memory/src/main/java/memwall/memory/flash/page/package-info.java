/**
 * Flash down to its planes behind the {@link memwall.memory.Memory} interface: transfers are
 * striped page by page over the channels of all devices.
 *
 * <p>Start at {@link memwall.memory.flash.page.PagedMemory}.
 */
@NullMarked
package memwall.memory.flash.page;

import org.jspecify.annotations.NullMarked;
