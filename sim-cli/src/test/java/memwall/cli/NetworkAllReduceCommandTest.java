package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.cli.Commands.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code memwall network all-reduce}. */
class NetworkAllReduceCommandTest {
  @TempDir Path temp;

  @Test
  void printsTimesAndChanges() {
    Outcome outcome =
        Commands.run(
            "network",
            "all-reduce",
            "dgx-a100",
            "--libraries",
            "sglang-0-5-10,sglang-0-5-10-eager",
            "--ranks",
            "2,8",
            "--sizes",
            "64 KiB,32 MiB");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .isEqualTo(
            """
            network      dgx-a100

            library              ranks    size  implementation     time, us    bus rate  bound by
            sglang-0-5-10            2  64 KiB  custom-one-shot-2     5.611  11.68 GB/s
            sglang-0-5-10            2  32 MiB  nccl-simple-2       224.332  149.6 GB/s
            sglang-0-5-10            8  64 KiB  custom-one-shot       8.595  13.34 GB/s
            sglang-0-5-10            8  32 MiB  nccl-simple         347.133  169.2 GB/s
            sglang-0-5-10-eager      2  64 KiB  custom-one-shot-2    41.600  1.575 GB/s  host
            sglang-0-5-10-eager      2  32 MiB  nccl-simple-2       263.623  127.3 GB/s  copy
            sglang-0-5-10-eager      8  64 KiB  custom-one-shot      41.700   2.75 GB/s  host
            sglang-0-5-10-eager      8  32 MiB  nccl-simple         386.424    152 GB/s  copy

            library              ranks          from  implementation
            sglang-0-5-10            2           1 B  custom-one-shot-2
            sglang-0-5-10            2   8,388,609 B  nccl-simple-2
            sglang-0-5-10            2  39,781,173 B  nccl-simple
            sglang-0-5-10            8           1 B  custom-one-shot
            sglang-0-5-10            8     262,144 B  custom-two-shot
            sglang-0-5-10            8   8,388,609 B  nccl-ll128
            sglang-0-5-10            8   9,656,641 B  nccl-simple
            sglang-0-5-10-eager      2           1 B  custom-one-shot-2
            sglang-0-5-10-eager      2   8,388,609 B  nccl-simple-2
            sglang-0-5-10-eager      2  39,781,173 B  nccl-simple
            sglang-0-5-10-eager      8           1 B  custom-one-shot
            sglang-0-5-10-eager      8     262,144 B  custom-two-shot
            sglang-0-5-10-eager      8   8,388,609 B  nccl-ll128
            sglang-0-5-10-eager      8   9,656,641 B  nccl-simple
            """);
  }

  @Test
  void writesAFolder() throws IOException {
    Path folder = temp.resolve("out");
    Outcome outcome =
        Commands.run(
            "network", "all-reduce", "nvlink4-8", "--json", "--ranks", "1,8", "-o", folder);
    assertThat(outcome.code()).isZero();
    JsonNode json = new ObjectMapper().readTree(outcome.out());
    assertThat(json.path("schema").asText()).isEqualTo("memwall.network-all-reduce/1");
    assertThat(json.path("runs")).hasSize(10);
    for (JsonNode run : json.path("runs")) {
      assertThat(run.path("library").asText()).isEqualTo("auto");
      assertThat(run.path("time_ps").asLong()).isEqualTo(run.path("formula_ps").asLong());
    }
    assertThat(json.path("runs").get(0).path("bus_bytes_per_sec").isNull()).isTrue();
    assertThat(json.path("changes").size()).isGreaterThan(3);
    assertThat(Files.readAllLines(folder.resolve("all-reduce.csv"))).hasSize(11);
    assertThat(Files.readString(folder.resolve("summary.json"))).isEqualTo(outcome.out());
  }

  @Test
  void everyLibraryOfABoxRuns() {
    for (String box : List.of("dgx-a100", "dgx-h100", "dgx-b200")) {
      Outcome outcome =
          Commands.run(
              "network",
              "all-reduce",
              box,
              "--libraries",
              "all",
              "--ranks",
              "2,3,4,6,8",
              "--sizes",
              "64 B,1 MiB,24 MiB");
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.code()).isZero();
    }
  }

  @Test
  void faultsAreSaidTogether() {
    Outcome outcome =
        Commands.run(
            "network",
            "all-reduce",
            "dgx-h100",
            "--libraries",
            "ncll",
            "--ranks",
            "0,9",
            "--sizes",
            "1 XB,1 TiB");
    assertThat(outcome.code()).isNotZero();
    assertThat(outcome.err())
        .contains("--libraries: 'ncll' is not a library or an implementation; did you mean 'nccl'?")
        .contains("--ranks: 0 is not from 1 to 8, its ports")
        .contains("--ranks: 9 is not from 1 to 8, its ports")
        .contains("--sizes: ")
        .contains("1 TiB is more than 16 GiB");
    assertThat(Commands.run("network", "all-reduce", "dgx-h10").err())
        .contains("'dgx-h10' is not a preset of kind network; did you mean 'dgx-h100'?");
    assertThat(Commands.run("network", "all-reduce", "nvlink4-8", "--libraries", "all").err())
        .contains("--libraries: this network has no libraries");
    assertThat(Commands.run("network", "all-reduce", "nvl72").err())
        .contains("'nvl72' is a network of routers, whose all-reduces have no libraries");
  }
}
