package memwall.workloads.model;

/** The models of the catalog, written out, for tests of all packages. */
public final class TestModels {
  public static final ModelSpec LLAMA_8B =
      llama("Llama-3.1-8B", 32, 4096, 14336, 32, MixtureOfExperts.NONE, 128256);
  public static final ModelSpec LLAMA_70B =
      llama("Llama-3.1-70B", 80, 8192, 28672, 64, MixtureOfExperts.NONE, 128256);
  public static final ModelSpec LLAMA_405B =
      llama("Llama-3.1-405B", 126, 16384, 53248, 128, MixtureOfExperts.NONE, 128256);
  public static final ModelSpec MIXTRAL_8X7B =
      llama("Mixtral-8x7B", 32, 4096, 14336, 32, new MixtureOfExperts(8, 2, 0, 14336, 0, 1), 32000);
  public static final ModelSpec DEEPSEEK_V3 =
      deepseek("DeepSeek-V3", 128, 129280, new MixtureOfExperts(256, 8, 1, 2048, 3, 1));
  public static final ModelSpec KIMI_K2 =
      deepseek("Kimi-K2", 64, 163840, new MixtureOfExperts(384, 8, 1, 2048, 1, 1));
  public static final ModelSpec MAVERICK =
      new ModelSpec(
          "Llama-4-Maverick",
          48,
          5120,
          16384,
          202048,
          false,
          true,
          1048576,
          new GroupedQueryAttention(40, 8, 128),
          new AttentionWindow(8192, 4),
          new MixtureOfExperts(128, 1, 1, 8192, 0, 2));
  public static final ModelSpec QWEN3_30B =
      new ModelSpec(
          "Qwen3-30B-A3B",
          48,
          2048,
          0,
          151936,
          false,
          true,
          40960,
          new GroupedQueryAttention(32, 4, 128),
          AttentionWindow.NONE,
          new MixtureOfExperts(128, 8, 0, 768, 0, 1));
  public static final ModelSpec GPT_OSS_120B =
      new ModelSpec(
          "gpt-oss-120b",
          36,
          2880,
          0,
          201088,
          false,
          true,
          131072,
          new GroupedQueryAttention(64, 8, 64),
          new AttentionWindow(128, 2),
          new MixtureOfExperts(128, 4, 0, 2880, 0, 1));

  private TestModels() {}

  private static ModelSpec llama(
      String name,
      int layers,
      int hidden,
      int ffn,
      int heads,
      MixtureOfExperts moe,
      int vocabulary) {
    return new ModelSpec(
        name,
        layers,
        hidden,
        moe.experts() == 0 ? ffn : 0,
        vocabulary,
        false,
        true,
        moe.experts() == 0 ? 131072 : 32768,
        new GroupedQueryAttention(heads, 8, 128),
        AttentionWindow.NONE,
        moe);
  }

  private static ModelSpec deepseek(String name, int heads, int vocabulary, MixtureOfExperts moe) {
    return new ModelSpec(
        name,
        61,
        7168,
        18432,
        vocabulary,
        false,
        true,
        163840,
        new LatentAttention(heads, 1536, 512, 128, 64, 128),
        AttentionWindow.NONE,
        moe);
  }
}
