/**
 * Ranks at the nodes of a network of routers: what sending and receiving costs them, where arriving
 * messages are put, and schedules of messages carried out between them.
 */
@NullMarked
package memwall.network.endpoint;

import org.jspecify.annotations.NullMarked;
