package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPimCommandTest {
  private static Outcome pim(String... options) {
    List<String> all = new ArrayList<>(List.of("memory", "pim"));
    all.addAll(List.of(options));
    return Commands.run((Object[]) all.toArray(new String[0]));
  }

  @Test
  void aProductOnFourCubes() throws Exception {
    String[] asked = {"--device", "hbm-pim-aquabolt-xl", "--devices", "4", "--gemv", "4096x4096"};
    Outcome table = pim(asked);
    assertThat(table.err()).isEmpty();
    assertThat(table.code()).isZero();
    assertThat(table.out())
        .contains("\ntime ", "\nclosed form ", "\nbound              6.827 us ", "\nhost held ")
        .contains("\nproducts         16,777,216  asked for\n")
        .doesNotContain("host reads");
    List<String> more = new ArrayList<>(List.of(asked));
    more.addAll(List.of("--json", "--host-load", "0.05", "--set", "pim.launch=1.3 us"));
    JsonNode node = new ObjectMapper().readTree(pim(more.toArray(new String[0])).out());
    assertThat(node.get("time_ps").asDouble()).isBetween(12.9e6, 13.2e6);
    assertThat(node.get("launch_ps").asLong()).isEqualTo(1_300_000);
    assertThat(node.get("host_reads").asLong()).isPositive();
  }

  @Test
  void twiceTheSame() {
    String[] asked = {"--device", "neupims", "--gemv", "512x512x2", "--host-load", "0.2"};
    assertThat(pim(asked).out()).isEqualTo(pim(asked).out()).contains("host p99");
  }

  @Test
  void anEngineBesideTheMemory() {
    Outcome outcome = pim("--device", "axdimm", "--attention", "1x2x4x64x128");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("\nflops              262,144  of the kernel\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "gddr6-aim --gemv 4096|--gemv: '4096' is not ROWSxCOLUMNS[xVECTORS], whole numbers above 0",
        "gddr6-aim --gemv 0x5|--gemv: '0x5' is not ROWSxCOLUMNS[xVECTORS], whole numbers above 0",
        "gddr6-aim --gemv 1x5x70000|--gemv: 70000; allowed are 1 to 65536",
        "gddr6-aim --attention 1x2|--attention: '1x2' is not"
            + " SEQUENCESxKV_HEADSxGROUPxHEAD_SIZExCONTEXT, whole numbers above 0",
        "gddr6-aim --gemv 8x8 --format fp16|gddr6-aim multiplies [BF16], not FP16",
        "gddr6-aim --gemv 8x8 --format half|--format: 'half' is not a format (known: [fp16, bf16,"
            + " fp8, int8, int32])",
        "gddr6-aim --gemv 8x8 --devices 0|--devices: 0; at least 1 is needed",
        "axdimm --gemv 8x8 --devices 2|--devices: only for devices of kind pim; use --set"
            + " pnm.devices=2",
        "gddr6-aim --gemv 8x8 --host-load 2|--host-load: 2.0; allowed is 0 to 1",
        "gddr6-aim --gemv 90000x90000|the matrix needs more than the 32768 rows that each bank of"
            + " gddr6-aim has: use more devices or a smaller matrix"
      })
  void misuse(String options, String said) {
    Outcome outcome = pim(("--device " + options).split(" "));
    assertThat(outcome.errors()).containsExactly(said);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void anUnknownDevice() {
    Outcome outcome = pim("--device", "axdim", "--gemv", "8x8");
    assertThat(outcome.err())
        .startsWith(
            "--device: 'axdim' is not a preset of kind pim or pnm; did you mean 'axdimm'? (known:");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void refreshOfSingleBanks() {
    Outcome outcome =
        pim("--device", "gddr6-aim", "--gemv", "8x8", "--set", "controller.refresh=per-bank");
    assertThat(outcome.err()).contains("memory that computes needs the refresh all-bank or none");
    assertThat(outcome.code()).isEqualTo(2);
  }
}
