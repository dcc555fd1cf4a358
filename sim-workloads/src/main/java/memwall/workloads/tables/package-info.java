/** Steps whose operators take measured times, from tables. */
@NullMarked
package memwall.workloads.tables;

import org.jspecify.annotations.NullMarked;
