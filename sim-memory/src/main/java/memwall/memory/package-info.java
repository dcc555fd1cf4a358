/** Placeholder description; see the module's POM. */
@NullMarked
package memwall.memory;

import org.jspecify.annotations.NullMarked;
