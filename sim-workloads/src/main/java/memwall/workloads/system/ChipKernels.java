package memwall.workloads.system;

import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.kernel.KernelChip;
import memwall.workloads.kernel.KernelLibrary;

/**
 * Kernels of a library on a chip. What operators of kinds and formats that the library lacks take
 * is a roofline and a fixed time.
 *
 * @param library closed forms
 * @param chip what they have to know of the chip; its memory's rate is used for what is part of a
 *     fixed time only, everything else is read at the rate of the simulated memory
 */
public record ChipKernels(KernelLibrary library, KernelChip chip) {

  static ChipKernels read(Config config, KernelLibrary library) {
    return new ChipKernels(
        library,
        new KernelChip(
            (int) config.integer("sms", 1, 1 << 20, "Multiprocessors"),
            Math.max(1, config.quantity("cache", Dimension.SIZE, "Last-level cache")),
            Math.max(
                1,
                config.quantity(
                    "memory_rate", Dimension.BYTE_RATE, "Peak rate of the memory, data sheet")),
            0));
  }
}
