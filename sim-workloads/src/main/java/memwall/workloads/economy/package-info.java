/** What a machine costs and emits, and what its tokens do: money, energy, carbon, space, power. */
@NullMarked
package memwall.workloads.economy;

import org.jspecify.annotations.NullMarked;
