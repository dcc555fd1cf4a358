package memwall.workloads.tables;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.model.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Measured times of the operators of a model on a board, in the form in which LLMServingSim's
 * profiler writes them: per tensor-parallel degree a folder {@code tp<n>} with {@code dense.csv},
 * {@code per_sequence.csv}, {@code attention.csv}, and, where there are any, {@code moe.csv} and
 * {@code skew_fit.csv}.
 */
public final class OperatorTables {
  /** When attention is corrected for unequal contexts. */
  public enum Skew {
    /** If {@code skew_fit} of {@code meta.yaml} says so, or there is no such file. */
    AUTO,
    /** Whenever there is {@code skew_fit.csv}. */
    ALWAYS,
    /** Not at all. */
    NEVER
  }

  static final String EMBEDDING = "embedding";
  static final String FINAL_NORM = "final_layernorm";
  static final String NORM = "layernorm";
  static final String MOE = "moe";

  /** Operators of a layer's feed-forward part, where it has no experts. */
  static final List<String> FEED_FORWARD = List.of("gate_up_proj", "act_fn", "down_proj");

  private static final List<String> EVERY =
      List.of(EMBEDDING, NORM, "qkv_proj", "rotary_emb", "o_proj", FINAL_NORM);
  private static final List<String> HEAD = List.of("lm_head", "sampler");

  private final SortedMap<String, Curve> dense;
  private final SortedMap<String, Curve> perSequence;
  private final AttentionTable attention;
  private final @Nullable MoeTable moe;
  private final @Nullable SkewTable skew;

  private OperatorTables(
      SortedMap<String, Curve> dense,
      SortedMap<String, Curve> perSequence,
      AttentionTable attention,
      @Nullable MoeTable moe,
      @Nullable SkewTable skew) {
    this.dense = Collections.unmodifiableSortedMap(dense);
    this.perSequence = Collections.unmodifiableSortedMap(perSequence);
    this.attention = attention;
    this.moe = moe;
    this.skew = skew;
  }

  /**
   * Reads the tables of a tensor-parallel degree.
   *
   * @param folder that has the folders {@code tp<n>} and, if there is one, {@code meta.yaml}
   * @param use of the correction for unequal contexts
   * @throws ConfigException if a file is missing or has faults
   */
  public static OperatorTables read(Path folder, int tensorParallel, Skew use) {
    Path rank = folder.resolve("tp" + tensorParallel);
    if (!Files.isDirectory(rank)) {
      throw new ConfigException(
          List.of(
              folder
                  + ": no folder 'tp"
                  + tensorParallel
                  + "' with the tables of a rank of "
                  + tensorParallel));
    }
    Path moe = rank.resolve("moe.csv");
    Path skew = rank.resolve("skew_fit.csv");
    return new OperatorTables(
        curves(rank.resolve("dense.csv"), "tokens"),
        curves(rank.resolve("per_sequence.csv"), "sequences"),
        AttentionTable.read(
            TableFile.read(
                rank.resolve("attention.csv"),
                List.of("prefill_chunk", "kv_prefill", "n_decode", "kv_decode", "time_us"))),
        Files.exists(moe) ? MoeTable.read(moe) : null,
        wanted(folder, use) && Files.exists(skew)
            ? SkewTable.read(
                TableFile.read(
                    skew,
                    List.of(
                        "pc",
                        "n_label",
                        "skew_rate_label",
                        "kv_big_label",
                        "kp_label",
                        "alpha",
                        "n_samples")))
            : null);
  }

  private static boolean wanted(Path folder, Skew use) {
    Path meta = folder.resolve("meta.yaml");
    if (use != Skew.AUTO || !Files.exists(meta)) {
      return use != Skew.NEVER;
    }
    Faults faults = new Faults();
    Config config = ConfigLoader.load(meta, List.of(), Presets.builtIn(), faults);
    boolean enabled =
        config
            .optionalSection("skew_fit", "Correction for unequal contexts")
            .map(fit -> fit.bool("enabled", true, "Whether it is to be used"))
            .orElse(true);
    faults.throwIfAny();
    return enabled;
  }

  private static SortedMap<String, Curve> curves(Path path, String property) {
    TableFile file = TableFile.read(path, List.of("layer", property, "time_us"));
    TreeMap<String, TreeMap<Integer, Double>> points = new TreeMap<>();
    for (int row = 0; row < file.size(); row++) {
      TreeMap<Integer, Double> curve =
          points.computeIfAbsent(file.text(row, 0), name -> new TreeMap<>());
      if (curve.put(file.count(row, 1), file.timePs(row, 2)) != null) {
        file.bad(row, "the same as in a line before");
      }
    }
    file.throwIfFaulty();
    TreeMap<String, Curve> curves = new TreeMap<>();
    points.forEach((name, curve) -> curves.put(name, new Curve(curve)));
    return curves;
  }

  /**
   * Checks that the tables have what a model needs.
   *
   * @throws ConfigException naming all that is missing
   */
  public void check(ModelSpec model, Path folder) {
    List<String> missing = new ArrayList<>();
    boolean hasExperts = model.moe().experts() > 0;
    boolean hasOthers = false;
    for (int layer = 0; layer < model.layers(); layer++) {
      hasOthers |= !model.moe().isMoe(layer);
    }
    for (String name : EVERY) {
      if (!dense.containsKey(name)) {
        missing.add("'" + name + "' in dense.csv");
      }
    }
    for (String name : FEED_FORWARD) {
      if (hasOthers && !dense.containsKey(name)) {
        missing.add("'" + name + "' in dense.csv");
      }
    }
    for (String name : HEAD) {
      if (!perSequence.containsKey(name)) {
        missing.add("'" + name + "' in per_sequence.csv");
      }
    }
    if (hasExperts && moe == null) {
      missing.add("moe.csv");
    }
    if (!missing.isEmpty()) {
      throw new ConfigException(
          List.of(folder + ": " + model.name() + " needs " + String.join(", ", missing)));
    }
  }

  /** Operators whose times go by tokens. */
  SortedMap<String, Curve> dense() {
    return dense;
  }

  /** Operators whose times go by rows of logits. */
  SortedMap<String, Curve> perSequence() {
    return perSequence;
  }

  AttentionTable attention() {
    return attention;
  }

  /** Null if no model of the tables has experts. */
  @Nullable MoeTable moe() {
    return moe;
  }

  /** Null if unequal contexts are not corrected for. */
  @Nullable SkewTable skew() {
    return skew;
  }
}
