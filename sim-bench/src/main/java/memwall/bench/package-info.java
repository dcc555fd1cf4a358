/**
 * Benchmarks of the kernel against {@link java.util.PriorityQueue}.
 *
 * <p>Start at {@link memwall.bench.KernelBench}, which prints one table in about a minute; the JMH
 * classes measure the same with a fork for each cell.
 */
@NullMarked
package memwall.bench;

import org.jspecify.annotations.NullMarked;
