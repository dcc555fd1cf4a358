/** Random numbers: one seed, a named stream per component and purpose. */
@NullMarked
package memwall.core.random;

import org.jspecify.annotations.NullMarked;
