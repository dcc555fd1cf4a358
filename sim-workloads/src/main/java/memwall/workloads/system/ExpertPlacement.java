package memwall.workloads.system;

import java.util.List;
import memwall.core.config.Config;
import memwall.memory.Usage;
import memwall.workloads.model.MixtureOfExperts;

/**
 * Where the weights of routed experts lie, if not with all others.
 *
 * @param tier index of the tier that holds them
 * @param hotTier index of the tier that holds the most popular of them instead; {@code tier} if
 *     none does
 * @param hotShare share of the experts of a layer that lie there, in [0, 1]
 * @param routing whether it is known early which experts a step visits
 */
public record ExpertPlacement(int tier, int hotTier, double hotShare, Routing routing) {
  /** When it is known which experts a step visits. */
  public enum Routing {
    /** When the router of the layer is done: their reads cannot be announced. */
    UNKNOWN,
    /** A layer ahead, by prediction: their reads are announced like those of other weights. */
    KNOWN
  }

  static ExpertPlacement read(Config config, List<TierSpec> tiers) {
    String name = config.text("memory", "Memory that holds the weights of experts");
    boolean hot = config.has("hot_memory") || config.has("hot_share");
    String hotName =
        hot ? config.text("hot_memory", "Memory that holds the most popular experts") : "";
    int tier = ChipSpec.holder(config, "memory", name, Usage.WEIGHTS, tiers);
    ExpertPlacement placement =
        new ExpertPlacement(
            tier,
            hot ? ChipSpec.holder(config, "hot_memory", hotName, Usage.WEIGHTS, tiers) : tier,
            hot
                ? config.number(
                    "hot_share", 0, 1, "Share of the experts of a layer that are kept there")
                : 0,
            config.choice(
                "routing",
                Routing.UNKNOWN,
                "Whether it is known a layer ahead which experts a step visits"));
    if (hot && hotName.equals(name)) {
      config.fault(
          "hot_memory",
          "'"
              + name
              + "' holds the other experts too; name another memory, or leave hot_memory and"
              + " hot_share out");
    }
    config.finish();
    return placement;
  }

  /** How many experts of a layer lie in the hot tier: the share, rounded to whole experts. */
  public int hotExperts(MixtureOfExperts moe) {
    return (int) Math.round(hotShare * moe.experts());
  }
}
