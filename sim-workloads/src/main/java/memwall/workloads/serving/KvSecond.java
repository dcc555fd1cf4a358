package memwall.workloads.serving;

import memwall.workloads.system.KvTieringSpec;

/**
 * The second memory for KV entries, as the scheduler sees it.
 *
 * @param spec what is stored there
 * @param capacityBytes room on one rank
 * @param pageBytes room is taken in whole pages, at least 1
 */
public record KvSecond(KvTieringSpec spec, long capacityBytes, long pageBytes) {}
