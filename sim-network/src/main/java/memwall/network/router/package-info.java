/**
 * Networks of input-queued routers, flit by flit: virtual channels, credits, a four-stage pipeline,
 * separable allocators. This is the network model {@code exact}.
 *
 * <p>{@link memwall.network.router.FabricPlan} joins a {@link memwall.network.router.Topology} with
 * its {@link memwall.network.router.Routing} and the parameters of a router; {@link
 * memwall.network.router.RouterFabric} advances it cycle by cycle; {@link
 * memwall.network.router.LoadRun} measures it under synthetic traffic.
 *
 * <p>The pipeline of a head flit that arrives in cycle c: route computation in c, virtual-channel
 * allocation in c+1, switch allocation in c+2, switch traversal in c+3, then the channel. A body
 * flit asks for the switch in the cycle in which it arrives. An allocator that refuses costs a
 * cycle. Network facts section 1 has the source of these rules, BookSim2's {@code iq} router.
 */
@NullMarked
package memwall.network.router;

import org.jspecify.annotations.NullMarked;
