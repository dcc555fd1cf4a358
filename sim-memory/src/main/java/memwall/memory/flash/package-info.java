/** Flash as it is bought: what a device does, how long it lasts, what it costs in energy. */
@NullMarked
package memwall.memory.flash;

import org.jspecify.annotations.NullMarked;
