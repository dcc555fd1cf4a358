/** What the readers of traces share: formats, order, rows of CSV as characters, numbers in them. */
@NullMarked
package memwall.memory.input;

import org.jspecify.annotations.NullMarked;
