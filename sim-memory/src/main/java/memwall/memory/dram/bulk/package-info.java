/**
 * Bulk transfers of a DRAM channel: long reads and writes as a queue in front of the exact channel,
 * and the same without asking the channel twice for what it has already answered.
 *
 * <p>Start at {@link memwall.memory.dram.bulk.BulkPort}.
 */
@NullMarked
package memwall.memory.dram.bulk;

import org.jspecify.annotations.NullMarked;
