package memwall.workloads.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import memwall.core.Randomized;
import memwall.core.Simulation;
import memwall.core.config.ConfigException;
import memwall.core.stat.Stats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables made of known laws, and tables with faults. */
final class OperatorTablesTest {
  private static final int[] CHUNKS = {0, 16, 64, 256};
  private static final int[] DECODES = {0, 1, 4, 16};
  private static final int[] KV = {16, 64, 1024};

  @TempDir Path folder;

  private final Stats stats = new Stats();
  private final Lookups lookups = new Lookups(stats);

  /** A microsecond of a law: linear in each property, and apart for mixed batches. */
  private static double law(double chunk, double history, double decodes, double context) {
    double alone = chunk * (1 + 0.01 * history) + decodes * (2 + 0.02 * context);
    return 5 + alone + (chunk > 0 && decodes > 0 ? 100 + 0.5 * alone : 0);
  }

  /** Writes tables; what {@code holes} says of chunk and sequences is left out. */
  static void write(Path folder, DoubleBinaryOperator holes) throws IOException {
    Path rank = Files.createDirectories(folder.resolve("tp1"));
    StringBuilder dense = new StringBuilder("layer,tokens,time_us\n");
    for (String name :
        new String[] {
          "embedding",
          "layernorm",
          "qkv_proj",
          "rotary_emb",
          "o_proj",
          "gate_up_proj",
          "act_fn",
          "down_proj",
          "final_layernorm"
        }) {
      dense.append(name).append(",1,2\n").append(name).append(",101,12\n");
    }
    Files.writeString(rank.resolve("dense.csv"), dense);
    Files.writeString(
        rank.resolve("per_sequence.csv"),
        "layer,sequences,time_us\nlm_head,1,10\nlm_head,11,20\nsampler,1,3\nsampler,11,3\n");
    StringBuilder text = new StringBuilder("prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n");
    for (int chunk : CHUNKS) {
      for (int decodes : DECODES) {
        if ((chunk == 0 && decodes == 0) || holes.applyAsDouble(chunk, decodes) > 0) {
          continue;
        }
        for (int history : chunk == 0 ? new int[] {0} : new int[] {0, 512, 2048}) {
          for (int context : decodes == 0 ? new int[] {0} : KV) {
            text.append(
                String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%d,%.6f%n",
                    chunk,
                    history,
                    decodes,
                    context,
                    law(chunk, history, decodes, context)));
          }
        }
      }
    }
    Files.writeString(rank.resolve("attention.csv"), text);
  }

  private OperatorTables tables() {
    return OperatorTables.read(folder, 1, OperatorTables.Skew.AUTO);
  }

  private long beyond() {
    lookups.count(1);
    return Math.round(stats.snapshot(new Simulation(1).nowPs()).number("beyond"));
  }

  /** The law is linear in each property, so that it comes out exactly, inside and beyond. */
  @Test
  void attentionIsLinearBetweenWhatWasMeasured() throws IOException {
    write(folder, (chunk, decodes) -> 0);
    AttentionTable attention = tables().attention();
    Randomized.check(
        200,
        random -> {
          double chunk = random.nextInt(3) == 0 ? 0 : random.nextDouble(16, 256);
          double decodes = chunk > 0 && random.nextBoolean() ? 0 : random.nextDouble(1, 16);
          double history = chunk == 0 ? 0 : random.nextDouble(0, 2048);
          double context = decodes == 0 ? 0 : random.nextDouble(16, 1024);
          assertThat(attention.ps(chunk, history, decodes, context, lookups))
              .isCloseTo(1e6 * law(chunk, history, decodes, context), within(5.0));
        });
    assertThat(beyond()).isZero();
    assertThat(attention.ps(512, 4096, 32, 4096, lookups))
        .isCloseTo(1e6 * law(512, 4096, 32, 4096), within(1000.0));
    assertThat(beyond()).isEqualTo(1);
    // A chunk smaller than all that were measured takes as long as the smallest.
    assertThat(attention.ps(3, 0, 0, 0, lookups)).isCloseTo(1e6 * law(16, 0, 0, 0), within(1.0));
    assertThat(attention.ps(0, 0, 0, 0, lookups)).isZero();
  }

  /** Nothing at 256 tokens and 16 sequences: the other three corners of the cell stand for it. */
  @Test
  void aHoleIsFilledFromWhatIsAround() throws IOException {
    write(folder, (chunk, decodes) -> chunk == 256 && decodes == 16 ? 1 : 0);
    double ps = tables().attention().ps(160, 0, 10, 64, lookups);
    assertThat(ps).isBetween(1e6 * law(64, 0, 4, 64), 1e6 * law(256, 0, 16, 64));
    assertThat(beyond()).isEqualTo(1);
  }

  @Test
  void curvesAreLinearAndContinued() throws IOException {
    write(folder, (chunk, decodes) -> 0);
    Curve curve = tables().dense().get("o_proj");
    assertThat(curve.ps(1, lookups)).isEqualTo(2e6);
    assertThat(curve.ps(51, lookups)).isEqualTo(7e6);
    assertThat(beyond()).isZero();
    assertThat(curve.ps(201, lookups)).isEqualTo(22e6);
    assertThat(beyond()).isEqualTo(1);
  }

  @Test
  void skewGoesByBuckets() throws IOException {
    write(folder, (chunk, decodes) -> 0);
    Files.writeString(
        folder.resolve("tp1/skew_fit.csv"),
        """
        pc,n_label,skew_rate_label,kv_big_label,kp_label,alpha,n_samples
        0,n<=4,sr<=15%,kvB<=1k,kp=0,0.1,1
        0,n<=4,sr>70%,kvB<=1k,kp=0,0.2,1
        0,n>4,sr>70%,kvB<=1k,kp=0,0.3,2
        64,n>4,sr>70%,kvB>1k,kp<=2k,0.4,4
        """);
    SkewTable skew = tables().skew();
    assertThat(skew.mean()).isEqualTo((0.1 + 0.2 + 2 * 0.3 + 4 * 0.4) / 8);
    assertThat(skew.alpha(0, 4, 0.15, 1024, 0)).isEqualTo(0.1);
    assertThat(skew.alpha(0, 4, 0.16, 1024, 0)).isEqualTo(0.2);
    assertThat(skew.alpha(0, 5, 1, 1, 0)).isEqualTo(0.3);
    assertThat(skew.alpha(3, 5, 1, 1025, 1)).isEqualTo(0.4);
    // A bucket without samples.
    assertThat(skew.alpha(0, 4, 0.15, 4096, 0)).isEqualTo(skew.mean());
    assertThat(OperatorTables.read(folder, 1, OperatorTables.Skew.NEVER).skew()).isNull();
    Files.writeString(folder.resolve("meta.yaml"), "gpu: any\nskew_fit:\n  enabled: false\n");
    assertThat(tables().skew()).isNull();
    assertThat(OperatorTables.read(folder, 1, OperatorTables.Skew.ALWAYS).skew()).isNotNull();
    Files.writeString(folder.resolve("meta.yaml"), "skew_fit: { enabled: maybe }\n");
    assertThatThrownBy(this::tables)
        .hasMessageContaining("meta.yaml")
        .hasMessageContaining("maybe");
  }

  @Test
  void expertsGoByTokensAndExperts() throws IOException {
    write(folder, (chunk, decodes) -> 0);
    Files.writeString(
        folder.resolve("tp1/moe.csv"),
        "tokens,activated_experts,time_us\n1,8,10\n11,8,20\n2,16,30\n12,16,50\n");
    MoeTable moe = tables().moe();
    assertThat(moe.ps(6, 8, lookups)).isEqualTo(15e6);
    assertThat(moe.ps(7, 12, lookups)).isEqualTo((16e6 + 40e6) / 2);
    assertThat(beyond()).isZero();
    assertThat(moe.ps(7, 24, lookups)).isEqualTo(16e6 + 2 * (40e6 - 16e6));
    assertThat(beyond()).isEqualTo(1);
  }

  @Test
  void faultsNameFileAndLine() throws IOException {
    write(folder, (chunk, decodes) -> 0);
    Path dense = folder.resolve("tp1/dense.csv");
    Files.writeString(dense, "layer,tokens,time_us\na,1,2\na,1,3\na,-2,0\na,b,NaN\na,1\n");
    assertThatThrownBy(this::tables)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(dense + ":3: the same as in a line before")
        .hasMessageContaining(":4: 'tokens': '-2' is not a whole number of 0 or more")
        .hasMessageContaining(":4: 'time_us': '0' is not a time in microseconds of more than 0")
        .hasMessageContaining(":5: 'tokens': 'b' is not a whole number of 0 or more")
        .hasMessageContaining(":5: 'time_us': 'NaN' is not a number")
        .hasMessageContaining(":6: 2 fields; wanted are 3");
    Files.writeString(dense, "layer,time_us\n");
    assertThatThrownBy(this::tables)
        .hasMessageContaining(
            dense + ":1: the columns are 'layer,time_us'; wanted are layer,tokens,time_us");
    Files.delete(dense);
    assertThatThrownBy(this::tables).hasMessageContaining("dense.csv: cannot be read");
    assertThatThrownBy(() -> OperatorTables.read(folder, 4, OperatorTables.Skew.AUTO))
        .hasMessageContaining("no folder 'tp4' with the tables of a rank of 4");
  }

  @Test
  void labelsThatAreNoBuckets() throws IOException {
    write(folder, (chunk, decodes) -> 0);
    Path skew = folder.resolve("tp1/skew_fit.csv");
    Files.writeString(
        skew,
        """
        pc,n_label,skew_rate_label,kv_big_label,kp_label,alpha,n_samples
        0,many,sr<=15%,kvB<=1k,kp=0,0.1,1
        """);
    assertThatThrownBy(this::tables)
        .hasMessageContaining(
            skew + ":2: 'n_label': 'many' is no bucket like 'n<=128', 'sr>70%' or 'kp=0'");
  }
}
