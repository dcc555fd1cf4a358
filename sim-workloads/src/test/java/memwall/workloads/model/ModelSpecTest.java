package memwall.workloads.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import memwall.core.config.ConfigException;
import org.junit.jupiter.api.Test;

final class ModelSpecTest {

  @Test
  void parametersEqualTheCatalog() {
    assertThat(TestModels.LLAMA_8B.parameterCount()).isEqualTo(8_029_995_008L);
    assertThat(TestModels.LLAMA_70B.parameterCount()).isEqualTo(70_552_387_584L);
    assertThat(TestModels.LLAMA_405B.parameterCount()).isEqualTo(405_849_243_648L);
    assertThat(TestModels.MIXTRAL_8X7B.parameterCount()).isEqualTo(46_702_526_464L);
    assertThat(TestModels.DEEPSEEK_V3.parameterCount()).isEqualTo(671_025_397_760L);
    assertThat(TestModels.KIMI_K2.parameterCount()).isEqualTo(1_026_407_202_816L);
    assertThat(TestModels.QWEN3_30B.parameterCount()).isEqualTo(30_531_911_680L);
    assertThat(TestModels.GPT_OSS_120B.parameterCount()).isEqualTo(116_788_838_400L);
  }

  @Test
  void activeParametersEqualTheCatalog() {
    assertThat(TestModels.LLAMA_8B.activeParameterCount()).isEqualTo(7_504_658_432L);
    assertThat(TestModels.LLAMA_70B.activeParameterCount()).isEqualTo(69_501_714_432L);
    assertThat(TestModels.LLAMA_405B.activeParameterCount()).isEqualTo(403_747_897_344L);
    assertThat(TestModels.MIXTRAL_8X7B.activeParameterCount()).isEqualTo(12_748_587_008L);
    assertThat(TestModels.DEEPSEEK_V3.activeParameterCount()).isEqualTo(36_624_596_992L);
    assertThat(TestModels.KIMI_K2.activeParameterCount()).isEqualTo(31_686_066_176L);
    assertThat(TestModels.QWEN3_30B.activeParameterCount()).isEqualTo(3_041_656_832L);
    assertThat(TestModels.GPT_OSS_120B.activeParameterCount()).isEqualTo(5_131_100_160L);
  }

  @Test
  void maverickByHand() {
    long attention = 48L * (2L * 5120 * 5120 + 2L * 5120 * 1024);
    long dense = 24L * 3 * 5120 * 16384;
    long expert = 3L * 5120 * 8192;
    long router = 24L * 5120 * 128;
    long embeddings = 2L * 202048 * 5120;
    assertThat(attention).isEqualTo(3_019_898_880L);
    assertThat(dense).isEqualTo(6_039_797_760L);
    assertThat(24 * 129 * expert).isEqualTo(389_566_955_520L);
    assertThat(TestModels.MAVERICK.parameterCount())
        .isEqualTo(attention + dense + 24 * 129 * expert + router + embeddings)
        .isEqualTo(400_711_352_320L);
    assertThat(TestModels.MAVERICK.activeParameterCount())
        .isEqualTo(attention + dense + 24 * 2 * expert + router + embeddings / 2)
        .isEqualTo(16_149_708_800L);
    // Son et al. state 746 "GB" of weights: GiB of BF16, cut down to whole ones.
    assertThat(TestModels.MAVERICK.parameterCount() * 2 / (1L << 30)).isEqualTo(746);
  }

  /** With norms, the totals are those of the published checkpoints. */
  @Test
  void normsMakeThePublishedTotal() {
    assertThat(TestModels.LLAMA_8B.parameterCount() + TestModels.LLAMA_8B.normElements())
        .isEqualTo(8_030_261_248L);
    assertThat(TestModels.MIXTRAL_8X7B.normElements()).isEqualTo(65L * 4096);
    assertThat(TestModels.DEEPSEEK_V3.normElements())
        .isEqualTo(61L * (2 * 7168 + 1536 + 512) + 7168);
  }

  @Test
  void kvBytesPerTokenEqualTheCatalog() {
    assertThat(TestModels.LLAMA_8B.kvBytesPerToken(Precision.BF16)).isEqualTo(131_072);
    assertThat(TestModels.LLAMA_70B.kvBytesPerToken(Precision.BF16)).isEqualTo(327_680);
    assertThat(TestModels.LLAMA_405B.kvBytesPerToken(Precision.BF16)).isEqualTo(516_096);
    assertThat(TestModels.MIXTRAL_8X7B.kvBytesPerToken(Precision.BF16)).isEqualTo(131_072);
    assertThat(TestModels.DEEPSEEK_V3.kvBytesPerToken(Precision.BF16)).isEqualTo(70_272);
    assertThat(TestModels.MAVERICK.kvBytesPerToken(Precision.BF16)).isEqualTo(196_608);
    assertThat(TestModels.GPT_OSS_120B.kvBytesPerToken(Precision.BF16)).isEqualTo(73_728);
    assertThat(TestModels.LLAMA_70B.kvBytesPerToken(Precision.FP8)).isEqualTo(163_840);
  }

  @Test
  void windowedLayersKeepNoMoreThanTheWindow() {
    ModelSpec model = TestModels.MAVERICK;
    assertThat(model.globalLayers()).isEqualTo(12);
    assertThat(model.moeLayers()).isEqualTo(24);
    assertThat(model.kvBytes(8192, Precision.BF16)).isEqualTo(8192L * 196_608);
    assertThat(model.kvBytes(8193, Precision.BF16)).isEqualTo(8192L * 196_608 + 12 * 4096);
    assertThat(TestModels.LLAMA_8B.kvBytes(100_000, Precision.BF16)).isEqualTo(100_000L * 131_072);
  }

  @Test
  void everyLayerWindowed() {
    AttentionWindow window = new AttentionWindow(4096, 0);
    assertThat(window.isGlobal(0)).isFalse();
    assertThat(window.isGlobal(3)).isFalse();
    assertThat(window.limit()).isEqualTo(4096);
    assertThat(AttentionWindow.NONE.isGlobal(17)).isTrue();
  }

  @Test
  void tiedEmbeddingsAreOneMatrix() {
    ModelSpec tied =
        new ModelSpec(
            "Qwen3-0.6B",
            28,
            1024,
            3072,
            151936,
            true,
            true,
            40960,
            new GroupedQueryAttention(16, 8, 128),
            AttentionWindow.NONE,
            MixtureOfExperts.NONE);
    assertThat(tied.parameterCount()).isEqualTo(595_984_384L);
    assertThat(tied.activeParameterCount()).isEqualTo(595_984_384L);
  }

  @Test
  void queriesWithoutCompression() {
    LatentAttention direct = new LatentAttention(16, 0, 512, 128, 64, 128);
    // DeepSeek-V2-Lite: hidden 2048.
    assertThat(direct.matrixElements(2048))
        .isEqualTo(2048L * 16 * 192 + 2048 * 576 + 512L * 16 * 256 + 16L * 128 * 2048);
  }

  @Test
  void allFaultsOfAShapeAtOnce() {
    assertThatThrownBy(
            () ->
                new ModelSpec(
                    "x",
                    0,
                    -1,
                    -2,
                    0,
                    false,
                    true,
                    0,
                    new GroupedQueryAttention(1, 1, 1),
                    AttentionWindow.NONE,
                    MixtureOfExperts.NONE))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        "layers: 0 is not allowed, at least 1",
                        "hidden_size: -1 is not allowed, at least 1",
                        "ffn_size: -2 is not allowed, at least 0",
                        "vocabulary: 0 is not allowed, at least 1",
                        "max_context: 0 is not allowed, at least 1"));
  }

  @Test
  void headsThatDoNotDivide() {
    assertThatThrownBy(() -> new GroupedQueryAttention(32, 5, 128))
        .isInstanceOf(ConfigException.class)
        .hasMessage("heads: 32 cannot be divided into 5 equal groups (kv_heads)");
  }

  @Test
  void badLatentAttention() {
    assertThatThrownBy(() -> new LatentAttention(0, -1, 0, 0, 0, 0))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        "heads: 0 is not allowed, at least 1",
                        "query_rank: -1 is not allowed, at least 0",
                        "kv_rank: 0 is not allowed, at least 1",
                        "nope_size: 0 is not allowed, at least 1",
                        "rope_size: 0 is not allowed, at least 1",
                        "value_size: 0 is not allowed, at least 1"));
  }

  @Test
  void moreActiveThanExperts() {
    assertThatThrownBy(() -> new MixtureOfExperts(8, 9, 0, 64, 0, 1))
        .hasMessage("moe.experts: 8 are fewer than active_experts, 9");
  }

  @Test
  void activeWithoutExperts() {
    assertThatThrownBy(() -> new MixtureOfExperts(0, 2, 0, 64, 0, 1))
        .hasMessage("moe.experts: 0 is not allowed with active or shared experts");
  }

  @Test
  void expertsInNoLayer() {
    assertThatThrownBy(
            () -> dense(new MixtureOfExperts(8, 2, 0, 64, 4, 1), AttentionWindow.NONE, 64))
        .hasMessage(
            "layers: none of 4 has experts with moe.first_dense_layers 4 and moe.interleave 1");
  }

  @Test
  void denseLayersWithoutFfn() {
    assertThatThrownBy(
            () -> dense(new MixtureOfExperts(8, 2, 0, 64, 1, 1), AttentionWindow.NONE, 0))
        .hasMessage("ffn_size: missing, 1 of 4 layers are dense");
  }

  @Test
  void windowWithoutTokens() {
    assertThatThrownBy(() -> new AttentionWindow(0, 4))
        .hasMessage("window.tokens: 0 is not allowed, at least 1");
    assertThatThrownBy(() -> new AttentionWindow(128, 1))
        .hasMessage("window.tokens: 128 without a windowed layer, only 0 is allowed");
  }

  @Test
  void windowWithLatentAttention() {
    assertThatThrownBy(
            () ->
                new ModelSpec(
                    "x",
                    4,
                    64,
                    64,
                    64,
                    false,
                    true,
                    64,
                    new LatentAttention(1, 0, 1, 1, 1, 1),
                    new AttentionWindow(8, 2),
                    MixtureOfExperts.NONE))
        .hasMessage("window: not modelled together with latent attention");
  }

  private static ModelSpec dense(MixtureOfExperts moe, AttentionWindow window, int ffn) {
    return new ModelSpec(
        "x", 4, 64, ffn, 64, false, true, 64, new GroupedQueryAttention(1, 1, 1), window, moe);
  }
}
