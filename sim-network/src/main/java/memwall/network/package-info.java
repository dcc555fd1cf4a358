/**
 * Links, switches and collectives: how long bytes take between the ranks of a machine.
 *
 * <p>Start at {@link memwall.network.Network}; {@link memwall.network.NetworkModels} builds one
 * from a {@link memwall.network.NetworkSpec}; {@link memwall.network.AllReduceFormula} is the
 * closed form that every simulated all-reduce is compared with.
 */
@NullMarked
package memwall.network;

import org.jspecify.annotations.NullMarked;
