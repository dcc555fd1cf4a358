/**
 * The laws of flash in closed form: write amplification, lifetime, read disturb, retention,
 * bandwidth, pipelining of a channel, error correction with retries, reads behind programs. No
 * clock and no state, apart from the samplers and the clock of retention; what simulates is
 * compared with them.
 *
 * <p>Start at {@link memwall.memory.flash.law.BandwidthLaw} for speed, at {@link
 * memwall.memory.flash.law.Lifetime} for wear.
 */
@NullMarked
package memwall.memory.flash.law;

import org.jspecify.annotations.NullMarked;
