package memwall.network.endpoint;

import java.util.Optional;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.core.unit.Units;
import org.jspecify.annotations.Nullable;

/**
 * How a spare gets the state of a rank.
 *
 * <p>Weights and copied KV come side by side; KV is computed again when the weights are there. So a
 * restore takes {@code thenPs} from the end of the longest of the others on.
 *
 * @param pathPs time of what does not load the network, at least 0
 * @param weights weights that come over the network from another rank's node; null if none do
 * @param kv the same of the KV cache
 * @param thenPs time of what begins when all that is there, at least 0
 * @param pieceBytes most bytes of a message over the network, at least 1
 * @param window most of such messages of a transfer at a time, at least 1
 */
public record RestoreSpec(
    long pathPs,
    @Nullable Transfer weights,
    @Nullable Transfer kv,
    long thenPs,
    long pieceBytes,
    int window) {
  private static final String PIECE = "64 KiB";
  private static final int WINDOW = 4;
  private static final int MOST_WINDOW = 1 << 10;

  /** So many pieces have a number. */
  private static final long MOST_PIECES = 1L << 24;

  /**
   * Data from another node.
   *
   * @param bytes how many, at least 1
   * @param bytesPerSec at which the other node reads them, at least 1
   * @param latencyPs before the first one, at least 0
   */
  public record Transfer(long bytes, long bytesPerSec, long latencyPs) {
    /** From the beginning until so many bytes have been read. */
    long readPs(long count) {
      return Math.addExact(latencyPs, Units.transferPs(count, bytesPerSec));
    }

    /** Messages of at most so many bytes. */
    int pieces(long pieceBytes) {
      return Math.toIntExact((bytes + pieceBytes - 1) / pieceBytes);
    }
  }

  /** Where weights come from. */
  private enum Source {
    FLASH,
    PEER,
    STORAGE
  }

  /** How the KV cache comes to a spare. */
  private enum Way {
    COPY,
    RECOMPUTE
  }

  /** What a restore loads. */
  private enum Over {
    PATH,
    NETWORK
  }

  /** Checks the ranges given above. */
  public RestoreSpec {
    if (pathPs < 0 || thenPs < 0 || pieceBytes < 1 || window < 1) {
      throw new IllegalArgumentException(
          "restored after "
              + pathPs
              + " ps and "
              + thenPs
              + " ps, pieces of "
              + pieceBytes
              + " B, "
              + window
              + " at a time: needs times of at least 0, the rest at least 1");
    }
  }

  /** A restore that takes a time and loads nothing. */
  static RestoreSpec after(long timePs) {
    return new RestoreSpec(timePs, null, null, 0, 1, 1);
  }

  /** Whether messages go over the network. */
  boolean isOverNetwork() {
    return weights != null || kv != null;
  }

  /** Reads {@code weights}, {@code kv} and {@code restore} of a section {@code node_failures}. */
  static RestoreSpec read(Config config) {
    Over[] over = {Over.PATH};
    long[] pieceBytes = {1};
    int[] window = {1};
    config
        .optionalSection("restore", "What a restore loads")
        .ifPresent(
            part -> {
              over[0] = part.choice("over", Over.PATH, "What carries weights and KV");
              part.variesBy("over");
              if (over[0] == Over.NETWORK) {
                pieceBytes[0] =
                    part.quantity("piece", Dimension.SIZE, PIECE, "Most bytes of a message");
                if (pieceBytes[0] < 1) {
                  part.fault("piece", "must be at least 1 B");
                  pieceBytes[0] = 1 << 16;
                }
                window[0] =
                    (int) part.integer("window", 1, MOST_WINDOW, WINDOW, "Messages at a time");
              }
              part.finish();
            });
    boolean isNetwork = over[0] == Over.NETWORK;
    boolean[] isPeer = {false};
    boolean[] recomputes = {false};
    Optional<Config> weightsPart =
        config.optionalSection("weights", "What a spare loads before it can go on");
    Optional<Transfer> weights =
        weightsPart.map(
            part -> {
              isPeer[0] = part.choice("from", Source.class, "Where they come from") == Source.PEER;
              return transfer(part, isNetwork && isPeer[0] ? pieceBytes[0] : Long.MAX_VALUE);
            });
    Optional<Config> kvPart = config.optionalSection("kv", "The KV cache that the dead node had");
    Optional<Transfer> kv =
        kvPart.map(
            part -> {
              recomputes[0] = part.choice("by", Way.class, "How it comes back") == Way.RECOMPUTE;
              return transfer(part, isNetwork && !recomputes[0] ? pieceBytes[0] : Long.MAX_VALUE);
            });
    Transfer weightsOver = isNetwork && isPeer[0] ? weights.orElse(null) : null;
    Transfer kvOver = isNetwork && !recomputes[0] ? kv.orElse(null) : null;
    if (isNetwork && weightsOver == null && kvOver == null) {
      config.fault(
          "restore", "nothing goes over the network: needs weights from peer, or kv by copy");
    }
    weightsOver = orNull(weightsOver);
    kvOver = orNull(kvOver);
    long weightsPs =
        weightsOver == null ? weights.map(one -> one.readPs(one.bytes())).orElse(0L) : 0;
    long kvPs = kvOver == null ? kv.map(one -> one.readPs(one.bytes())).orElse(0L) : 0;
    return new RestoreSpec(
        recomputes[0] ? weightsPs : Math.max(weightsPs, kvPs),
        weightsOver,
        kvOver,
        recomputes[0] ? kvPs : 0,
        pieceBytes[0],
        window[0]);
  }

  /** Nothing to send takes its latency only, without the network. */
  private static @Nullable Transfer orNull(@Nullable Transfer transfer) {
    return transfer == null || transfer.bytes() == 0 ? null : transfer;
  }

  private static Transfer transfer(Config part, long pieceBytes) {
    long bytes = part.quantity("bytes", Dimension.SIZE, "How much");
    long rate = part.quantity("rate", Dimension.BYTE_RATE, "Bytes a second");
    long latencyPs = part.quantity("latency", Dimension.TIME, "0 ps", "Before the first byte");
    if (rate < 1) {
      part.fault("rate", "must be more than 0");
      rate = 1;
    }
    Transfer transfer = new Transfer(bytes, rate, latencyPs);
    try {
      transfer.readPs(bytes);
    } catch (ArithmeticException e) {
      part.fault("bytes", "takes longer than the clock goes");
      transfer = new Transfer(0, rate, latencyPs);
    }
    if (bytes / pieceBytes >= MOST_PIECES) {
      part.fault("bytes", "more than " + MOST_PIECES + " pieces; 'restore.piece' must be larger");
      transfer = new Transfer(0, rate, latencyPs);
    }
    part.finish();
    return transfer;
  }
}
