/** Messages from files: GOAL text as LogGOPSim reads it, and our CSV of messages. */
@NullMarked
package memwall.network.trace;

import org.jspecify.annotations.NullMarked;
