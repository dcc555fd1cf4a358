/**
 * What is built: chips (compute engines and memories) and machines (chips and a network), read from
 * presets, and their simulated counterparts.
 */
@NullMarked
package memwall.workloads.system;

import org.jspecify.annotations.NullMarked;
