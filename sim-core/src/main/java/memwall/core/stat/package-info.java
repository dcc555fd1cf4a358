/** Statistics: counters, gauges, latency histograms and the snapshot that every report reads. */
@NullMarked
package memwall.core.stat;

import org.jspecify.annotations.NullMarked;
