/**
 * DRAM down to its banks behind the {@link memwall.memory.Memory} interface: transfers are striped
 * over channels, each with an address space, a controller and a clock of its own.
 *
 * <p>Start at {@link memwall.memory.dram.bank.BankedMemory}.
 */
@NullMarked
package memwall.memory.dram.bank;

import org.jspecify.annotations.NullMarked;
