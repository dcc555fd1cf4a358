package memwall.network;

/**
 * How an all-reduce of one size is done.
 *
 * @param implementation what carries it out
 * @param hostPs it is complete no earlier than so long after the call: time of the host
 * @param copyPs time of a copy on each rank before it begins
 */
public record AllReduceChoice(AllReduceSpec implementation, long hostPs, long copyPs) {}
