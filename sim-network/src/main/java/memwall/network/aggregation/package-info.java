/**
 * Reduction inside the switches of a network, on a tree, with faults and deadlines; broadcast, and
 * tokens of experts that switches copy and add.
 *
 * <p>Start at {@link memwall.network.aggregation.AggregationNetwork}: groups of hosts on a {@link
 * memwall.network.aggregation.Graph} add vectors, chunk by chunk. {@link
 * memwall.network.aggregation.AggregationTree} says which switch adds what; {@link
 * memwall.network.aggregation.TreeFormula} is the closed form that runs without faults are compared
 * with. {@link memwall.network.aggregation.TokenSets} and {@link
 * memwall.network.aggregation.TokenTraffic} are the way into exchanges of tokens.
 */
@NullMarked
package memwall.network.aggregation;

import org.jspecify.annotations.NullMarked;
