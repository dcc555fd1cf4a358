/** Closed formulas that simulated steps are compared with. */
@NullMarked
package memwall.workloads.analytic;

import org.jspecify.annotations.NullMarked;
