/** Placeholder description; see the module's POM. */
@NullMarked
package memwall.cli;

import org.jspecify.annotations.NullMarked;
