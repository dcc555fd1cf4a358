package memwall.memory.flash.device;

/** All that a flash device is: how it is built, how long it takes, how bytes travel, its rules. */
public record FlashSpec(
    FlashGeometry geometry, FlashTimings timings, FlashPaths paths, FlashRules rules) {}
