/**
 * One DRAM channel with its controller, exact to the clock tick. Between two commands it computes
 * when the next one can be issued and goes there: idle time costs nothing.
 */
@NullMarked
package memwall.memory.dram.channel;

import org.jspecify.annotations.NullMarked;
