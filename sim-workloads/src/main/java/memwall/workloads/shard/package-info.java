/** How a model is cut into ranks, and what one rank holds. */
@NullMarked
package memwall.workloads.shard;

import org.jspecify.annotations.NullMarked;
