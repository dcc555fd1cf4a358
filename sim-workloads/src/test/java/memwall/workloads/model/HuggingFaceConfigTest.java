package memwall.workloads.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published config.json files: parameters as counted by another program, or what is not modelled.
 */
final class HuggingFaceConfigTest {
  @TempDir Path folder;

  private static Path reference() {
    Path path =
        Path.of(System.getProperty("memwall.root", ".."))
            .resolve("../shared/reference/llm")
            .normalize();
    assumeTrue(Files.exists(path), "skipped: reference data " + path + " is absent");
    return path;
  }

  /** Every file of which the catalogue has the number of parameters, the active ones and the KV. */
  @Test
  void parametersOfTheCatalogue() throws IOException {
    Map<String, NamedCsvRecord> rows = new HashMap<>();
    try (CsvReader<NamedCsvRecord> csv =
        CsvReader.builder().ofNamedCsvRecord(reference().resolve("model_catalog.csv"))) {
      for (NamedCsvRecord row : csv) {
        String source = row.getField("source");
        if (source.contains("model_configs/") && !row.getField("params_computed").isEmpty()) {
          rows.put(source.substring(source.lastIndexOf('/') + 1), row);
        }
      }
    }
    assertThat(rows).hasSizeGreaterThan(15);
    rows.forEach(
        (file, row) -> {
          ModelSpec model =
              HuggingFaceConfig.read(reference().resolve("hf_model_configs").resolve(file), file);
          assertThat(model.parameterCount())
              .as(file)
              .isEqualTo(Long.parseLong(row.getField("params_computed")));
          assertThat(model.activeParameterCount())
              .as(file)
              .isEqualTo(Long.parseLong(row.getField("active_params_computed")));
          assertThat(model.kvBytesPerToken(Precision.BF16))
              .as(file)
              .isEqualTo(Long.parseLong(row.getField("kv_bytes_per_token_bf16_uncapped")));
          assertThat(model.maxContext())
              .as(file)
              .isEqualTo(Integer.parseInt(row.getField("max_context")));
        });
  }

  /** Shipped presets say the same as the files that they name as their source. */
  @ParameterizedTest
  @CsvSource({
    "meta-llama--Meta-Llama-3.1-8B, llama-3.1-8b",
    "meta-llama--Meta-Llama-3.1-70B, llama-3.1-70b",
    "meta-llama--Meta-Llama-3.1-405B, llama-3.1-405b",
    "mistralai--Mixtral-8x7B-v0.1, mixtral-8x7b",
    "deepseek-ai--DeepSeek-V3, deepseek-v3",
    "meta-llama--Llama-4-Maverick-17B-128E-Instruct, llama-4-maverick",
    "meta-llama--Llama-4-Scout-17B-16E-Instruct, llama-4-scout",
    "mistralai--Mixtral-8x22B-v0.1, mixtral-8x22b",
    "Qwen--Qwen3-8B, qwen3-8b",
    "Qwen--Qwen3-32B, qwen3-32b",
    "Qwen--Qwen3-30B-A3B, qwen3-30b-a3b",
    "Qwen--Qwen3-235B-A22B, qwen3-235b-a22b",
    "moonshotai--Kimi-K2-Instruct, kimi-k2",
    "openai--gpt-oss-120b, gpt-oss-120b",
  })
  void presets(String file, String preset) {
    ModelSpec shipped = bind("model: " + preset + "\n");
    assertThat(
            HuggingFaceConfig.read(
                reference().resolve("hf_model_configs").resolve(file + "_config.json"),
                shipped.name()))
        .isEqualTo(shipped);
  }

  private static ModelSpec bind(String text) {
    Faults faults = new Faults();
    ModelSpec model =
        ModelSpec.bind(
            ConfigLoader.fromText("run.yaml", text, List.of(), Presets.builtIn(), faults)
                .preset("model", "model", "A model"));
    faults.throwIfAny();
    return model;
  }

  /** Each file is read, and what is written of it is the same model, or it says why not. */
  @Test
  void everyFile() throws IOException {
    int read = 0;
    int refused = 0;
    try (Stream<Path> files = Files.list(reference().resolve("hf_model_configs"))) {
      for (Path file : files.sorted().toList()) {
        ModelSpec model;
        try {
          model = HuggingFaceConfig.read(file, "it's");
        } catch (ConfigException e) {
          assertThat(e.getMessage()).containsAnyOf("not modelled", "is not known");
          refused++;
          continue;
        }
        read++;
        String yaml = ModelText.yaml(model).indent(2);
        assertThat(bind("model:\n" + yaml)).as(file.toString()).isEqualTo(model);
      }
    }
    assertThat(read).isEqualTo(29);
    assertThat(refused).isEqualTo(13);
  }

  @Test
  void windows() throws IOException {
    Path file = reference().resolve("hf_model_configs/openai--gpt-oss-120b_config.json");
    ModelSpec model = HuggingFaceConfig.read(file, "x");
    assertThat(model.window()).isEqualTo(new AttentionWindow(128, 2));
    assertThat(model.globalLayers()).isEqualTo(18);
    String gemma =
        """
        {"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "hidden_size": 1152,
         "num_hidden_layers": 26, "num_attention_heads": 4, "num_key_value_heads": 1,
         "head_dim": 256, "intermediate_size": 6912, "vocab_size": 262144, "sliding_window": 512,
         "sliding_window_pattern": 6, "max_position_embeddings": 32768}}
        """;
    Path text = Files.writeString(folder.resolve("config.json"), gemma);
    ModelSpec one = HuggingFaceConfig.read(text, "Gemma-3-1B");
    assertThat(one.window()).isEqualTo(new AttentionWindow(512, 6));
    assertThat(one.parameterCount()).isEqualTo(999_751_680);
  }

  @Test
  void wrongFiles() throws IOException {
    assertFaults("{\"model_type\": \"lama\"}", "'model_type': 'lama' is not known; did you mean");
    assertFaults("[1]", "no JSON object");
    assertFaults("{\"model_type\": }", "config.json:1: not valid JSON");
    assertFaults(
        "{\"model_type\": \"llama\", \"hidden_size\": 100, \"num_attention_heads\": 3,"
            + " \"num_hidden_layers\": 0, \"vocab_size\": \"x\", \"max_position_embeddings\": 9}",
        "'num_hidden_layers' is 0, expected a whole number of 1 or more",
        "'head_dim' is missing, and hidden_size is no multiple of the heads",
        "'intermediate_size' is missing",
        "'vocab_size' is \"x\", expected");
    assertFaults(
        "{\"model_type\": \"nemotron_h\", \"hybrid_override_pattern\": \"M-\"}",
        "'hybrid_override_pattern': state-space layers: not modelled",
        "'model_type': 'nemotron_h' is not known");
    assertThatThrownBy(() -> HuggingFaceConfig.read(folder.resolve("none"), "x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be read");
  }

  private void assertFaults(String json, String... messages) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), json);
    assertThatThrownBy(() -> HuggingFaceConfig.read(file, "x"))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(messages);
  }
}
