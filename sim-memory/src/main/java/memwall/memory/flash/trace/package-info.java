/**
 * Raw traces of flash devices: reads, writes and trims with their addresses, in our CSV and in
 * MQSim's format.
 *
 * <p>Start at {@link memwall.memory.flash.trace.FlashTrace}.
 */
@NullMarked
package memwall.memory.flash.trace;

import org.jspecify.annotations.NullMarked;
