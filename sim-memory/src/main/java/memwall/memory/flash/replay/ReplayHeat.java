package memwall.memory.flash.replay;

import memwall.memory.flash.heat.SustainedFlash;

/**
 * What heat did in a replay.
 *
 * @param normalPs time without throttling
 * @param lightPs time in light throttling
 * @param severePs time in severe throttling
 * @param shutDownPs time since the device stopped
 * @param hottestCelsius highest temperature of any die
 * @param sustained what the device would keep up for ever, with reads and writes as in the trace
 */
public record ReplayHeat(
    long normalPs,
    long lightPs,
    long severePs,
    long shutDownPs,
    double hottestCelsius,
    SustainedFlash sustained) {}
