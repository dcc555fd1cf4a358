package memwall.workloads.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.model.Precision;
import memwall.workloads.model.TestModels;
import memwall.workloads.shard.ShardingPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the worked decode numbers (equations of the facts, evaluated independently in
 * Python). They count no norm vectors and no embedding rows; both are added here, exactly.
 */
final class WorkedDecodeNumbersTest {
  private static final Path FILE =
      Path.of(System.getProperty("memwall.root", "."))
          .resolve("../shared/reference/llm/worked_decode_numbers.csv");

  private static final Map<String, ModelSpec> MODELS =
      Stream.of(
              TestModels.LLAMA_8B,
              TestModels.LLAMA_70B,
              TestModels.MIXTRAL_8X7B,
              TestModels.QWEN3_30B,
              TestModels.DEEPSEEK_V3,
              TestModels.KIMI_K2,
              TestModels.GPT_OSS_120B)
          .collect(Collectors.toMap(ModelSpec::name, m -> m));

  /** One row; empty columns stay empty text. */
  record Row(
      String model,
      int batch,
      int context,
      long kvBytesPerSequence,
      long flopsPerToken,
      String distinctExperts,
      BigDecimal weightBytes,
      long kvBytesRead,
      long allReduceBytes) {
    static Row of(String line) {
      String[] cells = line.split(",", -1);
      assertThat(cells).as(line).hasSize(17);
      return new Row(
          cells[0],
          Integer.parseInt(cells[3]),
          Integer.parseInt(cells[4]),
          Long.parseLong(cells[6]),
          Long.parseLong(cells[7]),
          cells[8],
          new BigDecimal(cells[9]),
          Long.parseLong(cells[10]),
          Long.parseLong(cells[15]));
    }

    @Override
    public String toString() {
      return model + " B=" + batch + " S=" + context;
    }
  }

  static List<Row> rows() {
    if (!Files.exists(FILE)) {
      // One visible, skipped test instead of none.
      return List.of(new Row("reference data absent", 0, 0, 0, 0, "", BigDecimal.ZERO, 0, 0));
    }
    try (Stream<String> lines = Files.lines(FILE)) {
      return lines.skip(1).map(Row::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void allRowsAreThere() {
    assumeThat(FILE).as("reference data, see docs/models.md").exists();
    assertThat(rows()).hasSize(49);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void equalsTheRow(Row row) {
    assumeThat(FILE).as("reference data, see docs/models.md").exists();
    ModelSpec model = MODELS.get(row.model());
    assertThat(model).as(row.model()).isNotNull();
    OperatorPlan plan = filled(row, model, ShardingPlan.SINGLE);

    assertThat(plan.totalFlops()).isEqualTo(row.batch() * row.flopsPerToken());
    assertThat(plan.totalKvReadBytes()).isEqualTo(row.kvBytesRead());
    assertThat(model.kvBytes(row.context(), Precision.BF16)).isEqualTo(row.kvBytesPerSequence());
    assertThat(plan.totalKvWriteBytes())
        .isEqualTo(row.batch() * model.kvBytesPerToken(Precision.BF16));
    assertThat(plan.totalCollectiveBytes()).isZero();

    long normBytes = 2 * model.normElements();
    long embeddingRowBytes = 2L * row.batch() * model.hiddenSize();
    long counted = plan.totalWeightBytes() - normBytes - embeddingRowBytes;
    if (row.distinctExperts().isEmpty()) {
      assertThat(BigDecimal.valueOf(counted)).isEqualByComparingTo(row.weightBytes());
    } else {
      moeWeights(row, model, plan, counted);
    }
  }

  /** The rows keep the fraction of a byte of each layer; a plan rounds up once per layer. */
  private static void moeWeights(Row row, ModelSpec model, OperatorPlan plan, long counted) {
    assertThat(BigDecimal.valueOf(plan.distinctExperts()).setScale(3, RoundingMode.HALF_EVEN))
        .isEqualByComparingTo(new BigDecimal(row.distinctExperts()));
    long moeLayers = model.moeLayers();
    long otherBytes =
        2
            * (model.activeParameterCount()
                - moeLayers * model.moe().activeExperts() * model.expertElements());
    BigDecimal expertBytesPerLayer =
        row.weightBytes()
            .subtract(BigDecimal.valueOf(otherBytes))
            .divide(BigDecimal.valueOf(moeLayers), 6, RoundingMode.HALF_EVEN)
            // The rows are printed doubles: their last digit is below a thousandth of a byte.
            .subtract(new BigDecimal("0.001"))
            .setScale(0, RoundingMode.CEILING);
    assertThat(counted).isEqualTo(otherBytes + moeLayers * expertBytesPerLayer.longValueExact());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void allReducesCarryTheRowsBytes(Row row) {
    assumeThat(FILE).as("reference data, see docs/models.md").exists();
    ModelSpec model = MODELS.get(row.model());
    OperatorPlan plan = filled(row, model, new ShardingPlan(2));
    int found = 0;
    for (int i = 0; i < plan.size(); i++) {
      if (plan.kind(i) == OperatorKind.ALL_REDUCE) {
        assertThat(plan.collectiveBytes(i)).isEqualTo(row.allReduceBytes());
        found++;
      } else {
        assertThat(plan.collectiveBytes(i)).isZero();
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(3);
    assertThat(plan.totalCollectiveBytes())
        .isEqualTo((2L * model.layers() + 1) * row.allReduceBytes());
  }

  private static OperatorPlan filled(Row row, ModelSpec model, ShardingPlan sharding) {
    StepShape shape = new StepShape(model);
    for (int i = 0; i < row.batch(); i++) {
      shape.addDecode(row.context());
    }
    OperatorPlan plan = new OperatorPlan(model, Precision.BF16, sharding);
    plan.fill(shape);
    return plan;
  }
}
