package memwall.network.endpoint;

import java.util.Locale;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.network.reduce.Stragglers;
import memwall.network.router.FabricFaultReader;
import memwall.network.router.FabricFaultSpec;
import memwall.network.router.FabricSpec;
import memwall.network.router.MessageSpec;
import org.jspecify.annotations.Nullable;

/**
 * A network of routers with ranks at its nodes.
 *
 * @param fabric the network
 * @param messages how messages become packets
 * @param endpoint what messages cost at their ends
 * @param fast whether the network may follow episodes that it has seen
 * @param seed of all that is drawn
 * @param faults what fails; null if nothing can
 * @param stragglers ranks that begin late
 * @param deadline how long receivers wait; null if for ever
 * @param repeat how often the same is done
 * @param nodeFailures nodes that die and their spares; null if none can
 */
public record FabricRunSpec(
    FabricSpec fabric,
    MessageSpec messages,
    EndpointSpec endpoint,
    boolean fast,
    long seed,
    @Nullable FabricFaultSpec faults,
    Stragglers stragglers,
    @Nullable MessageDeadline deadline,
    RepeatSpec repeat,
    @Nullable NodeFailures nodeFailures) {
  /** Fidelities of a network of routers. */
  private enum Fidelity {
    EXACT,
    FAST
  }

  /**
   * Reads {@code fabric}, {@code messages}, {@code endpoint}, {@code fidelity}, {@code seed},
   * {@code faults}, {@code stragglers}, {@code deadline}, {@code repeat}, {@code node_failures}.
   */
  public static FabricRunSpec read(Config config) {
    FabricSpec fabric =
        FabricSpec.read(config.preset("fabric", FabricSpec.KIND, "What carries the messages"));
    NodeFailures nodeFailures =
        config
            .optionalSection("node_failures", "Nodes that die, and what takes their place")
            .map(part -> NodeFailures.read(part, fabric, config.isPlaceholder("fabric")))
            .orElse(null);
    MessageDeadline deadline =
        config
            .optionalSection("deadline", "How long receivers wait, and what they take then")
            .map(MessageDeadline::read)
            .orElse(null);
    return new FabricRunSpec(
        fabric,
        readMessages(config),
        readEndpoint(config),
        config.choice("fidelity", Fidelity.FAST, "Whether what was seen is simulated again")
            == Fidelity.FAST,
        config.integer("seed", 0, Long.MAX_VALUE, 1, "Seed of all that is drawn"),
        config
            .optionalSection("faults", "What fails, and what is done about it")
            .map(part -> FabricFaultReader.read(part, fabric, config.isPlaceholder("fabric")))
            .orElse(null),
        config
            .optionalSection("stragglers", "Ranks that begin late by chance")
            .map(Stragglers::read)
            .orElse(Stragglers.NONE),
        deadline,
        config
            .optionalSection("repeat", "How often the same is done")
            .map(RepeatSpec::read)
            .orElse(RepeatSpec.ONCE),
        nodeFailures);
  }

  /** The same with receivers that wait for ever, and count how often beyond the deadline. */
  public FabricRunSpec waiting() {
    return new FabricRunSpec(
        fabric,
        messages,
        endpoint,
        fast,
        seed,
        faults,
        stragglers,
        deadline == null ? null : deadline.waiting(),
        repeat,
        nodeFailures);
  }

  /** Whether what is done is a stream of operations, in each of which ranks may be late. */
  public boolean isStream() {
    return deadline != null || repeat.count() > 1 || nodeFailures != null;
  }

  /** Reads the section {@code messages}, which may be left out. */
  public static MessageSpec readMessages(Config config) {
    return config.has("messages")
        ? messages(config.section("messages", "How messages become packets"))
        : new MessageSpec(256, 16);
  }

  /** Reads the section {@code endpoint}, which may be left out. */
  public static EndpointSpec readEndpoint(Config config) {
    return config.has("endpoint")
        ? EndpointSpec.read(config.section("endpoint", "What messages cost at their ends"))
        : EndpointSpec.FREE;
  }

  private static MessageSpec messages(Config messages) {
    long payloadBytes =
        messages.quantity(
            "payload", Dimension.SIZE, "256 B", "Most bytes of a message in one packet");
    long headerBytes =
        messages.quantity("header", Dimension.SIZE, "16 B", "What a packet carries beside them");
    messages.finish();
    try {
      return new MessageSpec(payloadBytes, headerBytes);
    } catch (IllegalArgumentException e) {
      messages.fault("payload", String.valueOf(e.getMessage()));
      return new MessageSpec(1, 0);
    }
  }

  /** In words, for reports. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s, %s; packets of %d B and %d B of header",
        fabric.name(),
        fabric.shape().text(),
        messages.payloadBytes(),
        messages.headerBytes());
  }
}
