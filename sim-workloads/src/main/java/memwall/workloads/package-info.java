/** Placeholder description; see the module's POM. */
@NullMarked
package memwall.workloads;

import org.jspecify.annotations.NullMarked;
