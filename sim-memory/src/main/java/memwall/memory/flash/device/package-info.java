/**
 * Flash down to its planes: a state machine of senses, transfers, programs and erases in stacks of
 * flash dies, without knowledge of files, maps or hosts.
 */
@NullMarked
package memwall.memory.flash.device;

import org.jspecify.annotations.NullMarked;
