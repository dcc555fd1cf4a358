/** Which ways of cutting a model fit on a machine, how many sequences each serves, and how fast. */
@NullMarked
package memwall.workloads.analytic.plan;

import org.jspecify.annotations.NullMarked;
