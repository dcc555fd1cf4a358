package memwall.workloads.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import memwall.core.config.ConfigException;
import memwall.core.config.Suggestion;
import memwall.core.input.InputFaults;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a model from a {@code config.json} of Hugging Face; of a multimodal one, its
 * language model. Only architectures are read whose layers we know how to count: what a file of
 * another one means, its name does not say.
 */
public final class HuggingFaceConfig {
  /** Python writes Infinity, which is no JSON. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final int MOST_BYTES = 16 << 20;

  /** What is special about an architecture besides what its file says. */
  private enum Family {
    PLAIN,
    LATENT,
    /** Windowed and global layers in turns, as listed or every second. */
    ALTERNATING,
    /** One shared expert, chunked attention but in each fourth layer, two sizes of networks. */
    LLAMA_4
  }

  private static final Map<String, Family> KNOWN =
      Map.ofEntries(
          Map.entry("llama", Family.PLAIN),
          Map.entry("mistral", Family.PLAIN),
          Map.entry("mixtral", Family.PLAIN),
          Map.entry("qwen2", Family.PLAIN),
          Map.entry("qwen2_moe", Family.PLAIN),
          Map.entry("qwen3", Family.PLAIN),
          Map.entry("qwen3_moe", Family.PLAIN),
          Map.entry("qwen3_vl_text", Family.PLAIN),
          Map.entry("qwen3_vl_moe_text", Family.PLAIN),
          Map.entry("mimo", Family.PLAIN),
          Map.entry("minimax_m2", Family.PLAIN),
          Map.entry("phi3", Family.PLAIN),
          Map.entry("phimoe", Family.PLAIN),
          Map.entry("gemma", Family.PLAIN),
          Map.entry("gemma2", Family.ALTERNATING),
          Map.entry("gemma3_text", Family.ALTERNATING),
          Map.entry("gpt_oss", Family.ALTERNATING),
          Map.entry("deepseek_v2", Family.LATENT),
          Map.entry("deepseek_v3", Family.LATENT),
          Map.entry("kimi_k2", Family.LATENT),
          Map.entry("llama4_text", Family.LLAMA_4));

  /** Keys of what is not modelled; a file that has one with a value is refused. */
  private static final Map<String, String> FOREIGN =
      Map.of(
          "hybrid_override_pattern", "state-space layers",
          "linear_num_value_heads", "linear attention",
          "mamba_num_heads", "state-space layers",
          "index_topk", "attention to entries chosen by an index",
          "swa_head_dim", "windowed layers with heads of their own",
          "global_head_dim", "global layers with heads of their own",
          "cross_attention_layers", "layers that attend to images alone");

  private final InputFaults faults;
  private final JsonNode root;
  private final JsonNode text;

  private HuggingFaceConfig(InputFaults faults, JsonNode root) {
    this.faults = faults;
    this.root = root;
    this.text = root.path("text_config").isObject() ? root.path("text_config") : root;
  }

  /**
   * Reads a file.
   *
   * @param name of the model, for reports
   * @throws ConfigException with every fault if it cannot be read, is none of the architectures
   *     known, or the shape is impossible
   */
  public static ModelSpec read(Path file, String name) {
    InputFaults faults = new InputFaults(file.toString());
    JsonNode root;
    try {
      if (Files.size(file) > MOST_BYTES) {
        faults.add("is larger than " + MOST_BYTES + " bytes, expected a config.json");
        throw faults.exception();
      }
      root = JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      long line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      faults.add(line, "not valid JSON: " + e.getOriginalMessage());
      throw faults.exception();
    } catch (IOException e) {
      faults.add("cannot be read: " + e.getMessage());
      throw faults.exception();
    }
    if (root == null || !root.isObject()) {
      faults.add("no JSON object, expected the config.json of a model");
      throw faults.exception();
    }
    return new HuggingFaceConfig(faults, root).model(name);
  }

  private ModelSpec model(String name) {
    Family family = family();
    int layers = count("num_hidden_layers");
    int hidden = count("hidden_size");
    int heads = count("num_attention_heads");
    Attention attention = family == Family.LATENT ? latent(heads) : grouped(hidden, heads);
    AttentionWindow window = window(family, layers);
    boolean isLlama4 = family == Family.LLAMA_4;
    int experts = experts();
    int expertFfn =
        has("moe_intermediate_size") ? count("moe_intermediate_size") : count("intermediate_size");
    MixtureOfExperts moe = experts == 0 ? MixtureOfExperts.NONE : moe(family, experts, expertFfn);
    int ffn = count(isLlama4 ? "intermediate_size_mlp" : "intermediate_size");
    int vocabulary = count("vocab_size");
    int maxContext = count("max_position_embeddings");
    faults.throwIfAny();
    boolean allMoe = experts > 0 && moe.firstDenseLayers() == 0 && moe.interleave() == 1;
    try {
      return new ModelSpec(
          name,
          layers,
          hidden,
          allMoe ? 0 : ffn,
          vocabulary,
          isTied(),
          true,
          maxContext,
          attention,
          window,
          moe);
    } catch (ConfigException e) {
      e.faults().forEach(faults::add);
      throw faults.exception();
    }
  }

  private Family family() {
    String type = text.path("model_type").asText(root.path("model_type").asText());
    FOREIGN.forEach(
        (key, what) -> {
          if (has(key)) {
            faults.add("'" + key + "': " + what + ": not modelled");
          }
        });
    if (text.path("layer_types").isArray()) {
      Set<String> types = new TreeSet<>();
      text.path("layer_types").forEach(one -> types.add(one.asText()));
      types.removeAll(List.of("full_attention", "sliding_attention", "chunked_attention"));
      if (!types.isEmpty()) {
        faults.add("'layer_types': " + String.join(", ", types) + ": not modelled");
      }
    }
    Family family = KNOWN.get(type);
    if (family == null) {
      TreeSet<String> known = new TreeSet<>(KNOWN.keySet());
      faults.add(
          "'model_type': '"
              + type
              + "' is not known"
              + Suggestion.of(type, List.copyOf(known))
              + " (known: "
              + String.join(", ", known)
              + ")");
      throw faults.exception();
    }
    return family;
  }

  private Attention grouped(int hidden, int heads) {
    int kvHeads = has("num_key_value_heads") ? count("num_key_value_heads") : heads;
    int headSize;
    if (has("head_dim")) {
      headSize = count("head_dim");
    } else {
      headSize = hidden / heads;
      if (headSize * heads != hidden) {
        faults.add("'head_dim' is missing, and hidden_size is no multiple of the heads");
      }
    }
    try {
      return new GroupedQueryAttention(heads, kvHeads, Math.max(1, headSize));
    } catch (ConfigException e) {
      e.faults().forEach(faults::add);
      return new GroupedQueryAttention(1, 1, 1);
    }
  }

  private Attention latent(int heads) {
    return new LatentAttention(
        heads,
        has("q_lora_rank") ? count("q_lora_rank") : 0,
        count("kv_lora_rank"),
        count("qk_nope_head_dim"),
        count("qk_rope_head_dim"),
        count("v_head_dim"));
  }

  private AttentionWindow window(Family family, int layers) {
    if (family == Family.LLAMA_4) {
      // Each fourth layer has no positions and attends to everything.
      return has("attention_chunk_size")
          ? new AttentionWindow(count("attention_chunk_size"), 4)
          : AttentionWindow.NONE;
    }
    boolean isUsed = text.path("use_sliding_window").asBoolean(true);
    if (!isUsed || !has("sliding_window")) {
      return AttentionWindow.NONE;
    }
    int tokens = count("sliding_window");
    if (family != Family.ALTERNATING) {
      return new AttentionWindow(tokens, 0);
    }
    int every = has("sliding_window_pattern") ? count("sliding_window_pattern") : 2;
    if (text.path("layer_types").isArray()) {
      every = globalEvery(layers);
    }
    return every == 1 ? AttentionWindow.NONE : new AttentionWindow(tokens, every);
  }

  /** Of a list of layers in which the last of each group of so many is global. */
  private int globalEvery(int layers) {
    JsonNode types = text.path("layer_types");
    int every = 1;
    while (every <= types.size() && !isGlobal(types, every - 1)) {
      every++;
    }
    boolean isRegular = types.size() == layers;
    for (int layer = 0; layer < types.size(); layer++) {
      isRegular &= isGlobal(types, layer) == ((layer + 1) % every == 0);
    }
    if (!isRegular) {
      faults.add(
          "'layer_types': "
              + types.size()
              + " layers of which not the last of each group of "
              + every
              + " is global: such an order is not modelled");
    }
    return every;
  }

  private static boolean isGlobal(JsonNode types, int layer) {
    return types.path(layer).asText().equals("full_attention");
  }

  private int experts() {
    for (String key : List.of("n_routed_experts", "num_experts", "num_local_experts")) {
      if (has(key)) {
        return count(key);
      }
    }
    return 0;
  }

  private MixtureOfExperts moe(Family family, int experts, int ffn) {
    int shared = 0;
    if (family == Family.LLAMA_4) {
      shared = 1;
    } else if (has("n_shared_experts")) {
      shared = number("n_shared_experts");
    } else if (number("shared_expert_intermediate_size") > 0) {
      int size = number("shared_expert_intermediate_size");
      shared = size / ffn;
      if (shared * ffn != size) {
        faults.add(
            "'shared_expert_intermediate_size': "
                + size
                + " is no multiple of 'moe_intermediate_size' "
                + ffn
                + ": not modelled");
      }
    }
    int interleave = 1;
    for (String key : List.of("interleave_moe_layer_step", "decoder_sparse_step")) {
      interleave = has(key) ? count(key) : interleave;
    }
    if (!text.path("moe_layer_freq").isMissingNode() && number("moe_layer_freq") != 1) {
      faults.add("'moe_layer_freq': only 1 is modelled");
    }
    if (text.path("mlp_only_layers").size() > 0) {
      faults.add("'mlp_only_layers': single layers without experts are not modelled");
    }
    int firstDense = number("first_k_dense_replace");
    try {
      return new MixtureOfExperts(
          experts, count("num_experts_per_tok"), shared, ffn, firstDense, interleave);
    } catch (ConfigException e) {
      e.faults().forEach(faults::add);
      return new MixtureOfExperts(1, 1, 0, 1, 0, 1);
    }
  }

  /** Written where it is not the default: of Gemma's models it is tied. */
  private boolean isTied() {
    JsonNode own = text.path("tie_word_embeddings");
    JsonNode said = own.isBoolean() ? own : root.path("tie_word_embeddings");
    String type = text.path("model_type").asText();
    return said.asBoolean(type.startsWith("gemma"));
  }

  /** Whether a key has a value. */
  private boolean has(String key) {
    @Nullable JsonNode node = text.get(key);
    return node != null && !node.isNull();
  }

  /** A number that must be there, at least 1; 1 after a fault. */
  private int count(String key) {
    JsonNode node = text.path(key);
    if (node.isInt() && node.intValue() >= 1) {
      return node.intValue();
    }
    faults.add(
        "'"
            + key
            + "' is "
            + (node.isMissingNode() ? "missing" : node)
            + ", expected a whole number of 1 or more");
    return 1;
  }

  /** A number that may be missing, then 0. */
  private int number(String key) {
    if (!has(key)) {
      return 0;
    }
    JsonNode node = text.path(key);
    if (node.isInt() && node.intValue() >= 0) {
      return node.intValue();
    }
    faults.add("'" + key + "' is " + node + ", expected a whole number of 0 or more");
    return 0;
  }
}
