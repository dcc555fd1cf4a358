/**
 * How a step is executed: operators become memory, compute and network operations of a machine, and
 * every picosecond of the step is attributed to what it was spent on.
 */
@NullMarked
package memwall.workloads.execution;

import org.jspecify.annotations.NullMarked;
