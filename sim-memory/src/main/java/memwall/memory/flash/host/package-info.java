/**
 * What the host does for flash that does nothing for itself (OCP HBF 0.7: no garbage collection, no
 * migration, no writing in place): append-only extents over zones, wear levelling, refresh, bad
 * blocks; what that wears, and how long it lasts.
 *
 * <p>Start at {@link memwall.memory.flash.host.ExtentStore}; for years at a time at {@link
 * memwall.memory.flash.host.WearSimulation} and its closed form, {@link
 * memwall.memory.flash.host.LifetimeEstimate}.
 */
@NullMarked
package memwall.memory.flash.host;

import org.jspecify.annotations.NullMarked;
