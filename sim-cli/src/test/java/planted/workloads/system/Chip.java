package planted.workloads.system;

import planted.memory.Device;

/** As it should be: a system has memories. */
public record Chip(Device device) {}
