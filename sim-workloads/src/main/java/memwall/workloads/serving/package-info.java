/** Who runs next and which bytes are held where: batching, admission, request metrics. */
@NullMarked
package memwall.workloads.serving;

import org.jspecify.annotations.NullMarked;
