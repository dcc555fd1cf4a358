/**
 * Traces of requests and of tokens: formats, readers, writers, generator, inspection, conversion.
 * Knows no hardware. {@code traces/README.md} documents the formats field by field.
 */
@NullMarked
package memwall.workloads.trace;

import org.jspecify.annotations.NullMarked;
