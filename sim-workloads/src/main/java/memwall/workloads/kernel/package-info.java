/**
 * What GPU kernels take, in closed form: functions of a shape, of numbers from the data sheet of a
 * chip and of parameters of a library, without knowledge of operators or events.
 */
@NullMarked
package memwall.workloads.kernel;

import org.jspecify.annotations.NullMarked;
