/** DRAM standards as data: organisation, commands, timing rules. Knows no controller. */
@NullMarked
package memwall.memory.dram.standard;

import org.jspecify.annotations.NullMarked;
