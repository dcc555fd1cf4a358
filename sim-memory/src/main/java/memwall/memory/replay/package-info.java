/**
 * Raw memory traces: readers of the usual formats, and their replay through channels of DRAM.
 *
 * <p>Start at {@link memwall.memory.replay.MemoryTrace}.
 */
@NullMarked
package memwall.memory.replay;

import org.jspecify.annotations.NullMarked;
