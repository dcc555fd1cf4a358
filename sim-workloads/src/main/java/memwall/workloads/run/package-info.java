/** One run: its specification, what fits where, and the wiring of trace, scheduler and machine. */
@NullMarked
package memwall.workloads.run;

import org.jspecify.annotations.NullMarked;
