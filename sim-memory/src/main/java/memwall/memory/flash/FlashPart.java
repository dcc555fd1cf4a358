package memwall.memory.flash;

import memwall.memory.flash.device.FlashSpec;

/**
 * A flash device as it is bought: one stack, drive or package.
 *
 * @param name of its preset
 * @param device how it is built and what it does when
 * @param wear what its blocks stand
 * @param energy what it takes
 */
public record FlashPart(String name, FlashSpec device, FlashWear wear, FlashEnergy energy) {}
