/**
 * Messages without topology: schedules under the LogGOPS model, and the closed forms of
 * collectives.
 *
 * <p>Start at {@link memwall.network.loggp.LogGopsRun}; {@link
 * memwall.network.loggp.CollectiveFormula} is what simulated collectives are compared with.
 */
@NullMarked
package memwall.network.loggp;

import org.jspecify.annotations.NullMarked;
