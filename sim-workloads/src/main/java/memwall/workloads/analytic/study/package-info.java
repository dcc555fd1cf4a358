/** Published studies: their questions, their values, and how far ours are from them. */
@NullMarked
package memwall.workloads.analytic.study;

import org.jspecify.annotations.NullMarked;
