/**
 * The kernel: simulated time, the future event list, handlers and timers.
 *
 * <p>Start at {@link memwall.core.Simulation}.
 */
@NullMarked
package memwall.core;

import org.jspecify.annotations.NullMarked;
