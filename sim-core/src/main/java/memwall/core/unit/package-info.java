/** Quantities with units: parsing, printing, and the one exact conversion from rate to time. */
@NullMarked
package memwall.core.unit;

import org.jspecify.annotations.NullMarked;
