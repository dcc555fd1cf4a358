/**
 * Compute in and near DRAM: units in the banks that hear all-bank commands (PIM), and engines
 * beside the channels that read like the host (PNM). Bandwidth, energy and the time in which the
 * host has to wait come out of the bank state machine of {@code memwall.memory.dram.channel}.
 */
@NullMarked
package memwall.memory.pnm;

import org.jspecify.annotations.NullMarked;
