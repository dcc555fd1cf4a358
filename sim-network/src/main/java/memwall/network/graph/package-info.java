/**
 * Schedules on a graph of links: messages go from link to link as wholes and wait their turn at
 * each.
 *
 * <p>Start at {@link memwall.network.graph.LinkGraphRun}.
 */
@NullMarked
package memwall.network.graph;

import org.jspecify.annotations.NullMarked;
