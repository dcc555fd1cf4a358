/**
 * Collectives as schedules: who sends how many bytes to whom, and what each operation waits for.
 *
 * <p>Start at {@link memwall.network.collective.Algorithm}, which writes a {@link
 * memwall.network.collective.Schedule}. A schedule says nothing about time; {@code
 * memwall.network.loggp} and {@code memwall.network.graph} carry it out.
 */
@NullMarked
package memwall.network.collective;

import org.jspecify.annotations.NullMarked;
