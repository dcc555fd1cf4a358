/** How warm a stack of flash gets, what it does about it, and what heat allows for ever. */
@NullMarked
package memwall.memory.flash.heat;

import org.jspecify.annotations.NullMarked;
