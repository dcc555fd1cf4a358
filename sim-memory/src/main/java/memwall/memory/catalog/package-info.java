/** The contents page of the module: which memory models there are. */
@NullMarked
package memwall.memory.catalog;

import org.jspecify.annotations.NullMarked;
