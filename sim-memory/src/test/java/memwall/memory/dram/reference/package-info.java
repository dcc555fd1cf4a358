/**
 * Streams, recorded results and the driving protocol of a cycle-level reference simulator, to hold
 * a DRAM channel to them.
 */
@NullMarked
package memwall.memory.dram.reference;

import org.jspecify.annotations.NullMarked;
