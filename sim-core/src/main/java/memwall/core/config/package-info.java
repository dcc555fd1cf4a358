/** Strict configuration: YAML with places, presets, overrides, provenance. */
@NullMarked
package memwall.core.config;

import org.jspecify.annotations.NullMarked;
