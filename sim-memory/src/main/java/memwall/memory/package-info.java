/**
 * Memory devices behind one small interface: submit a transfer, get a completion.
 *
 * <p>Start at {@link memwall.memory.Memory}; the models are listed in {@link
 * memwall.memory.catalog.MemoryModels}.
 */
@NullMarked
package memwall.memory;

import org.jspecify.annotations.NullMarked;
