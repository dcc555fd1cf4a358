/** DRAM: channels with a queue, striped over stacks or modules. */
@NullMarked
package memwall.memory.dram;

import org.jspecify.annotations.NullMarked;
