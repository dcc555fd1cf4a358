/** High-Bandwidth Flash: planes that sense pages, staging buffers, links, limited writes. */
@NullMarked
package memwall.memory.hbf;

import org.jspecify.annotations.NullMarked;
