/**
 * 3D stacks: what their layers are, the vertical wires between them, and their heat.
 *
 * <p>Start at {@link memwall.memory.stack.StackSpec}, the data of a stack. {@link
 * memwall.memory.stack.ThermalNetwork} and {@link memwall.memory.stack.ThermalTransient} integrate
 * temperatures exactly; {@link memwall.memory.stack.ThermalGovernor} turns them into what a device
 * must do: refresh faster, move less, stop. Devices use this package, it knows none of them.
 */
@NullMarked
package memwall.memory.stack;

import org.jspecify.annotations.NullMarked;
