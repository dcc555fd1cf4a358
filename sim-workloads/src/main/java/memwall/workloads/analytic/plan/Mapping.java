package memwall.workloads.analytic.plan;

import com.google.common.collect.ImmutableList;
import memwall.workloads.shard.ShardingPlan;

/**
 * A way of cutting the model and what it gives with as many sequences as it can serve.
 *
 * @param chips number of chips
 * @param sharding how the model is cut over them
 * @param sequencesPerStep sequences of a micro-batch of one replica
 * @param sequences in all micro-batches of all replicas
 * @param tpotPs time between two tokens of a sequence
 * @param limit what keeps it from serving more
 * @param parts where the time between two tokens goes; their sum is at most {@code tpotPs}, the
 *     rest is waiting for the slowest stage
 */
public record Mapping(
    int chips,
    ShardingPlan sharding,
    int sequencesPerStep,
    long sequences,
    double tpotPs,
    Limit limit,
    ImmutableList<Part> parts) {
  /** What ends the growth of a batch. */
  public enum Limit {
    /** One more sequence and tokens come too late. */
    TPOT,
    /** One more sequence and its KV entries have no room. */
    KV_CAPACITY,
    /** One more sequence and its activations have no room. */
    ACTIVATIONS
  }

  /** A share of the time between two tokens. */
  public record Part(Kind kind, double timePs) {}

  /** What time is spent on. */
  public enum Kind {
    /** Attention with its projections. */
    ATTENTION,
    /** Feed-forward networks and experts. */
    FFN,
    /** Storing KV entries of new requests. */
    KV_WRITE,
    /** Collectives and the ways between stages. */
    COMMUNICATION,
    /** Norms, activation functions, embedding, head, host. */
    OTHER
  }

  /** Tokens per second of all sequences. */
  public double tokensPerSec() {
    return sequences * 1e12 / tpotPs;
  }

  /** The same for each chip. */
  public double tokensPerSecAndChip() {
    return tokensPerSec() / chips;
  }

  /** Time of a kind, picoseconds. */
  public double timePs(Kind kind) {
    double sum = 0;
    for (Part part : parts) {
      sum += part.kind() == kind ? part.timePs() : 0;
    }
    return sum;
  }
}
