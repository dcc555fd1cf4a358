/** One step of a model as operators: bytes and FLOPs, never time. */
@NullMarked
package memwall.workloads.operator;

import org.jspecify.annotations.NullMarked;
