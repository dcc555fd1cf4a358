package memwall.workloads.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of clients as ServeGen records them. */
final class ClientTraceTest {
  @TempDir Path folder;

  private static GeneratorSpec spec(String text) {
    Faults faults = new Faults();
    GeneratorSpec spec = GeneratorSpec.read(ConfigLoader.fromText("g.yaml", text, faults));
    faults.throwIfAny();
    return spec;
  }

  private void client(int number, String table, String dataset) throws IOException {
    Files.writeString(folder.resolve("chunk-" + number + "-trace.csv"), table);
    if (!dataset.isEmpty()) {
      Files.writeString(folder.resolve("chunk-" + number + "-dataset.json"), dataset);
    }
  }

  /**
   * Rate and means of the files, as another program counts them: that weights a dataset with the
   * rate of the one window in which it begins.
   */
  @Test
  void filesOfReasoningClients() {
    double[] sums = sums(600 * 36);
    assertThat(sums[1] / sums[0]).isCloseTo(1066.7, within(0.05));
    assertThat(sums[2] / sums[0]).isCloseTo(2707.3, within(0.05));
    assertThat(sums[3] / sums[0]).isCloseTo(0.735, within(0.0005));
    assertThat(sums(600)[0] / 144).isCloseTo(10.847, within(0.0005));
  }

  /** Rate, and input, output and share of thinking weighted by it, of windows so far apart. */
  private static double[] sums(int stepSeconds) {
    List<ClientFiles.Client> clients =
        ClientFiles.read(Shared.trace("servegen/reason/deepseek-r1"));
    assertThat(clients).hasSize(10);
    double[] sums = new double[4];
    for (ClientFiles.Client client : clients) {
      assertThat(client.perSecond()).hasSize(144);
      assertThat(client.windowSeconds()).isEqualTo(600);
      for (int i = 0; i < 144; i += stepSeconds / 600) {
        double rate = client.perSecond().get(i);
        sums[0] += rate;
        Map<String, Shares> fields = client.datasets().floorEntry(600L * i).getValue();
        if (rate > 0) {
          sums[1] += rate * fields.get("input_tokens").mean();
          sums[2] += rate * fields.get("output_tokens").mean();
          sums[3] += rate * fields.get("reason_ratio").mean();
        }
      }
    }
    return sums;
  }

  /** What is generated has the rate and the means of the files, window by window. */
  @Test
  void aDayOfReasoning() {
    Path day = Shared.trace("servegen/reason/deepseek-r1");
    TraceStatistics statistics =
        TraceInspector.inspect(spec("name: r1\nclients: " + day + "\n").open(1));
    double[] sums = sums(600);
    assertThat(statistics.requests() / 86_400.0).isCloseTo(sums[0] / 144, within(0.1));
    assertThat(statistics.prompt().mean()).isCloseTo(sums[1] / sums[0], within(12.0));
    assertThat(statistics.output().mean()).isCloseTo(sums[2] / sums[0], within(20.0));
    assertThat((double) statistics.thinkTokens() / statistics.outputTokens()).isBetween(0.6, 0.9);
    assertThat(statistics.durationPs() / 1e12).isBetween(85_000.0, 86_400.0);
  }

  @Test
  void imagesOfMultimodalClients() {
    Path clients = Shared.trace("servegen/multimodal/mm-image");
    RequestTrace trace = spec("clients: " + clients + "\nfrom: 8 h\nto: 12 h\n").open(3);
    long requests = 0;
    long images = 0;
    for (Request request = trace.next(); request != null; request = trace.next()) {
      requests++;
      assertThat(request.arrivalPs()).isLessThan(4L * 3600 * 1_000_000_000_000L);
      int media = 0;
      for (RequestExtras.Media one : request.extras().media()) {
        images += one.kind().equals("image") ? 1 : 0;
        media += one.tokens();
      }
      assertThat(media).isLessThan(request.promptTokens());
    }
    assertThat(requests).isGreaterThan(50_000);
    assertThat((double) images / requests).isBetween(1.0, 3.0);
  }

  /** Clients keep their numbers whoever else is there; the cut is that of the whole in time. */
  @Test
  void windowsAndStreams() throws IOException {
    client(0, "0,2,1,Gamma,1,1\n600,0,0,,0,0\n1200,4,3,Weibull,1,1\n", "");
    client(3, "0,1,1,Gamma,1,1\n600,1,1,Gamma,1,1\n1200,1,1,Gamma,1,1\n", DATASET);
    String laws =
        "input: {distribution: constant, value: 5}\noutput: {distribution: constant, value: 6}\n";
    String text = "clients: " + folder + "\n" + laws;
    long[] count = new long[3];
    long others = 0;
    RequestTrace trace = spec(text).open(7);
    long lastPs = 0;
    for (Request request = trace.next(); request != null; request = trace.next()) {
      assertThat(request.arrivalPs()).isGreaterThanOrEqualTo(lastPs);
      lastPs = request.arrivalPs();
      int window = (int) (request.arrivalPs() / 600_000_000_000_000L);
      if ("client-0".equals(request.extras().tenant())) {
        count[window]++;
        assertThat(request.promptTokens()).isEqualTo(5);
      } else {
        others++;
        assertThat(request.promptTokens()).isEqualTo(window == 2 ? 9 : 7);
        assertThat(request.outputTokens()).isEqualTo(10);
        assertThat(request.phases()).isEqualTo(Phases.thinkThenAnswer(3, 7));
      }
    }
    assertThat(count[0]).isBetween(1_080L, 1_320L);
    assertThat(count[1]).isZero();
    assertThat(count[2]).isBetween(1_900L, 2_900L);
    assertThat(others).isBetween(1_650L, 1_950L);
    // Ten minutes from the middle of nothing on.
    TraceStatistics cut = TraceInspector.inspect(spec(text + "from: 15 min\nto: 25 min\n").open(7));
    assertThat(cut.durationPs() / 1e12).isBetween(590.0, 600.0);
    assertThat(spec(text + "requests: 3\n").open(7).next()).isEqualTo(spec(text).open(7).next());
  }

  private static final String DATASET =
      """
      {"0": {"input_tokens": "{7: 1.0}", "output_tokens": "{10: 0.5, 10.2: 0.5}", "reason_ratio": "{0.3: 1}"},
       "1200": {"input_tokens": "{9: 3}", "output_tokens": "{10: 1}", "reason_ratio": "{0.3: 1}"}}
      """;

  @Test
  void wrongFiles() throws IOException {
    assertThatThrownBy(() -> spec("clients: " + folder + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no files of clients such as chunk-0-trace.csv");
    assertThatThrownBy(() -> spec("clients: " + folder.resolve("none") + "\n"))
        .hasMessageContaining("cannot be read");
    client(0, "0,2,1,Gamma,1,1\n600,-1,1,Gamma,1,1\n1300,2,1,Gauss,1,1\n7\n", "{\"x\": 1,}");
    client(1, "0,2,1,Gamma,1,1\n600,1,1,Gamma,1,1\n", "{\"x\": {\"input_tokens\": \"{1; 2}\"}}");
    assertThatThrownBy(() -> spec("clients: " + folder + "\n"))
        .hasMessageContaining("chunk-0-trace.csv:2: column 2: '-1' given, expected a number from 0")
        .hasMessageContaining("chunk-0-trace.csv:3: column 4: 'Gauss' given, expected Gamma")
        .hasMessageContaining("chunk-0-trace.csv:4: found 1 columns")
        .hasMessageContaining("chunk-1-dataset.json: window 'x', 'input_tokens'")
        .hasMessageContaining("key 'x' given, expected the begin");
    client(0, "0,2,1,Gamma,1,1\n600,1,1,Gamma,1,1\n1300,2,1,Gamma,1,1\n", "{\"x\": 1,}");
    assertThatThrownBy(() -> spec("clients: " + folder + "\n"))
        .hasMessageContaining("chunk-0-trace.csv:3:1: a window from 1300.0 s given");
    client(0, "0,2,1,Gamma,1,1\n600,1,1,Gamma,1,1\n", "{\"x\": 1,}");
    assertThatThrownBy(() -> spec("clients: " + folder + "\n"))
        .hasMessageContaining("chunk-0-dataset.json:1: not valid JSON");
    Files.delete(folder.resolve("chunk-0-dataset.json"));
    Files.delete(folder.resolve("chunk-1-dataset.json"));
    assertThatThrownBy(() -> spec("clients: " + folder + "\nto: 1 h\nrequest: 5\n"))
        .hasMessageContaining("client-0 has no dataset; give 'input' and 'output'")
        .hasMessageContaining("the tables go from 0 to 1200.0 s")
        .hasMessageContaining("unknown key 'request'");
  }
}
