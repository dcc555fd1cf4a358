package memwall.workloads.model;

/** A model as the YAML that {@link ModelSpec#bind} reads. */
public final class ModelText {
  private final StringBuilder text = new StringBuilder();

  private ModelText() {}

  /** Keys and values, without description and source. */
  public static String yaml(ModelSpec model) {
    ModelText yaml = new ModelText();
    yaml.write(model);
    return yaml.text.toString();
  }

  private void write(ModelSpec model) {
    text.append("name: '").append(model.name().replace("'", "''")).append("'\n");
    line("layers", model.layers());
    line("hidden_size", model.hiddenSize());
    if (model.ffnSize() > 0) {
      line("ffn_size", model.ffnSize());
    }
    line("vocabulary", model.vocabulary());
    text.append("tied_embeddings: ").append(model.tiedEmbeddings()).append('\n');
    text.append("gated_mlp: ").append(model.gatedMlp()).append('\n');
    line("max_context", model.maxContext());
    text.append("attention:\n");
    if (model.attention() instanceof LatentAttention latent) {
      text.append("  kind: latent\n");
      line("  heads", latent.heads());
      line("  query_rank", latent.queryRank());
      line("  kv_rank", latent.kvRank());
      line("  nope_size", latent.nopeSize());
      line("  rope_size", latent.ropeSize());
      line("  value_size", latent.valueSize());
    } else if (model.attention() instanceof GroupedQueryAttention grouped) {
      text.append("  kind: grouped-query\n");
      line("  heads", grouped.heads());
      line("  kv_heads", grouped.kvHeads());
      line("  head_size", grouped.headSize());
    }
    if (model.window().globalEvery() != 1) {
      text.append("window:\n");
      line("  tokens", model.window().tokens());
      line("  global_every", model.window().globalEvery());
    }
    MixtureOfExperts moe = model.moe();
    if (moe.experts() > 0) {
      text.append("moe:\n");
      line("  experts", moe.experts());
      line("  active_experts", moe.activeExperts());
      line("  shared_experts", moe.sharedExperts());
      line("  ffn_size", moe.ffnSize());
      line("  first_dense_layers", moe.firstDenseLayers());
      line("  interleave", moe.interleave());
      text.append("  popularity: ").append(moe.popularity()).append('\n');
    }
  }

  private void line(String key, int value) {
    text.append(key).append(": ").append(value).append('\n');
  }
}
