/** What the readers of traces share: rows of CSV as characters, and numbers in them. */
@NullMarked
package memwall.memory.input;

import org.jspecify.annotations.NullMarked;
