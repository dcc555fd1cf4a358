/** Placeholder description; see the module's POM. */
@NullMarked
package memwall.network;

import org.jspecify.annotations.NullMarked;
