/**
 * Streams of operations on a network whose switches add, of several groups at once, while hosts are
 * late and parts fail.
 *
 * <p>Start at {@link memwall.network.reduce.ReduceSpec}, what is run as data, and {@link
 * memwall.network.reduce.Reduce}, which runs it for each size, with deadlines and without.
 */
@NullMarked
package memwall.network.reduce;

import org.jspecify.annotations.NullMarked;
