/**
 * Canonical state of components, so that known behaviour is repeated instead of simulated again.
 */
@NullMarked
package memwall.core.leap;

import org.jspecify.annotations.NullMarked;
