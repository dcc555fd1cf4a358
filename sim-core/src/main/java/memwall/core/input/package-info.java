/** Reading text files of users: plain or gzip, bounded, with the faults of a whole file at once. */
@NullMarked
package memwall.core.input;

import org.jspecify.annotations.NullMarked;
